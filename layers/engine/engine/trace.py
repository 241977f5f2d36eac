"""What a replayed test is made of: each question chosen again beside the one shown, each result graded again, and why.

The answers are given as they were sent. The words are French, for the jury and the schools.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.content import Release
from engine.errors import CorruptRecordError, InvalidAnswerError, SolutionUnavailableError
from engine.grading import Result, grade
from engine.packing import Answered, Question

RESULTS = {
    Result.OK: "juste",
    Result.KO: "faux",
    Result.SKIPPED: "passé",
    Result.TIMEDOUT: "juste mais hors délai",
    Result.FOCUSEDOUT: "juste mais page quittée",
}
_GRADED_RIGHT = frozenset({Result.OK, Result.TIMEDOUT, Result.FOCUSEDOUT})


@dataclass(frozen=True, slots=True)
class Step:
    """One question: ``chosen`` by the replay, ``shown`` to the pupil (``None`` after the last answer), and why.

    ``contradiction`` says, in French, what the stored result has against it; empty when nothing.
    """

    number: int
    chosen: Question | None
    shown: Question | None
    why: str
    contradiction: str = ""

    @property
    def same(self) -> bool:
        """Whether the replay chose what was shown.

        >>> Step(1, Question(4, 0), Question(4, 1), "").same
        False
        """
        return self.shown is None or self.chosen == self.shown


@dataclass(frozen=True, slots=True)
class Replay:
    """A whole test: its steps, and the reasons for its score, one line each."""

    steps: tuple[Step, ...]
    score: tuple[str, ...]

    @property
    def faithful(self) -> bool:
        """Whether every question shown was chosen again and no stored result is contradicted.

        >>> question = Question(4, 0)
        >>> Replay((Step(1, question, question, ""),), ()).faithful, Replay((Step(1, question, question, "", "faux"),), ()).faithful
        (True, False)
        """
        return all(step.same and not step.contradiction for step in self.steps)

    def text(self) -> str:
        """The trace as it is read.

        >>> print(Replay((Step(1, None, Question(4, 0), "fin"),), ("1.1 : niveau 2",)).text())
          1. fin  ≠ question montrée
        1.1 : niveau 2
        """
        lines = []
        for step in self.steps:
            doubts = ("" if step.same else "  ≠ question montrée") + (f"  ≠ {step.contradiction}" if step.contradiction else "")
            lines.append(f"{step.number:>3}. {step.why}{doubts}")
        return "\n".join((*lines, *self.score))


Chooser = Callable[[Sequence[Answered]], tuple[Question | None, str]]


def play(release: Release, answers: Sequence[Answered], choose: Chooser) -> tuple[Step, ...]:
    """Every question chosen again by ``choose``, which is given the answers before it and says why.

    One step for each answer, and one for what comes after the last. Raises :class:`~engine.errors.CorruptRecordError` when an answer
    is to a challenge that the release does not hold.

    >>> from engine.synthetic import synthetic_release
    >>> answers = [Answered(7, 0, Result.OK, elapsed_ms=0, at=0)]
    >>> [step.same for step in play(synthetic_release(), answers, lambda past: (Question(8, 0), ""))]
    [False, True]
    """
    for number, answered in enumerate(answers, 1):
        if answered.challenge_index >= len(release.challenges):
            raise CorruptRecordError(f"answer {number} is to challenge {answered.challenge_index}, which release {release.version} lacks")
    steps = []
    for number in range(len(answers) + 1):
        shown = answers[number] if number < len(answers) else None
        chosen, why = choose(answers[:number])
        outcome = f" → {RESULTS[shown.result]}" if shown and chosen else ""
        contradiction = _contradiction(release, shown) if shown else ""
        steps.append(Step(number + 1, chosen, shown.question if shown else None, why + outcome, contradiction))
    return tuple(steps)


def _contradiction(release: Release, answered: Answered) -> str:
    """What speaks against the stored result, with nothing but the record and the release to go by."""
    challenge = release.challenges[answered.challenge_index]
    if answered.result is Result.TIMEDOUT and challenge.timer_s is None:
        return "hors délai sur une épreuve sans chronomètre"
    if answered.result is Result.FOCUSEDOUT and not (challenge.focused and answered.focus_lost):
        return "page quittée, mais rien ne l'indique ou ne l'interdit"
    if answered.answer is None or release.solutions is None:
        return ""
    try:
        again = grade(release.solution(answered.challenge_index, answered.variant_index), answered.answer).result
    except (InvalidAnswerError, SolutionUnavailableError):
        return "réponse enregistrée qui n'est pas de cette question"
    same = answered.result in _GRADED_RIGHT if again is Result.OK else answered.result is again
    return "" if same else f"résultat enregistré : la réponse, corrigée à nouveau, donne « {RESULTS[again]} »"


def french(value: float, decimals: int) -> str:
    """A number as it is written in French.

    >>> french(-0.5, 2)
    '-0,50'
    """
    return f"{value:.{decimals}f}".replace(".", ",")


def percent(share: float) -> str:
    """A share in per cent.

    >>> percent(0.504)
    '50 %'
    """
    return f"{100 * share:.0f} %"


def rank(place: int) -> str:
    """A place, from 1, of a question (a feminine word).

    >>> rank(1), rank(2)
    ('1re', '2e')
    """
    return f"{place}{'re' if place == 1 else 'e'}"


def tied(among: int) -> str:
    """How many were as good, when chance decided.

    >>> tied(3), tied(1)
    (', tirée parmi 3', '')
    """
    return f", tirée parmi {among}" if among > 1 else ""
