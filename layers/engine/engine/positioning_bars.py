"""The Bayesian positioning beside the classic one, on pupils whose levels are known: ``python -m engine.simulate bars``.

Five tubes of eight levels; a pupil's abilities in them are N(0, 1) with the same correlation between any two, cut into levels every
half deviation; a known skill is missed with probability 0.1, an unknown one is found with probability ``guess``. Each bar is one
demand of what the rule must do, with the figure measured and whether it holds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from math import log2, sqrt
from statistics import median
from time import process_time_ns
from typing import Final

from engine import bayes_positioning, positioning
from engine.challenge import VALIDATED, Challenge, Variant
from engine.chance import Chance
from engine.content import Competence, Domain, Release, Skill, Tube
from engine.exposure import normal
from engine.grading import Result
from engine.knowledge import Knowledge, elements_of
from engine.noisy_channel import capacity
from engine.packing import Answered, Question
from engine.tube_levels import BAYES, HALF_DEVIATIONS, BayesScheme, levels_of

TUBES: Final = 5
LEVELS: Final = 8
SLIP: Final = 0.1
GUESSES: Final = (0.05, 0.15, 0.25)
WRONG_NOISE: Final = 0.05  # slip and guess as they are assumed where they are assumed wrongly
_CHANCES: Final = 64  # random draws kept for each pupil: more than any test has questions
_NOTHING: Final = Knowledge.of()


@dataclass(frozen=True, slots=True)
class Population:
    """Pupils to play: how many, the chance to guess, the correlation of their tubes, and the seed they are drawn from."""

    pupils: int
    guess: float
    correlation: float = 0.7
    seed: bytes = b"pupils"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule made of a population.

    ``questions`` is the mean length; ``exact`` and ``within_one`` are shares of the tubes, ``error`` the mean absolute error in levels.
    ``told`` is what an answer told on average about the true levels, in bits, and ``expected`` what the rule expected of it; the
    channel's ``capacity`` is the most there is. Both are 0 where nothing was expected (the classic rule), and ``told`` also where the
    rule's assumptions are wrong, for surprise would then be counted as information. ``by_question`` holds (number, mean bits told)
    while a tenth of the pupils are left. ``lengths`` is that of each test, ``choice_ms`` the CPU time of a choice, the median.
    """

    questions: float
    exact: float
    within_one: float
    error: float
    told: float
    expected: float
    capacity: float
    by_question: tuple[tuple[int, float], ...]
    lengths: tuple[int, ...]
    choice_ms: float

    @property
    def share_of_capacity(self) -> float | None:
        """How near the questions came to the capacity of the channel; ``None`` where it was not measured."""
        return self.told / self.capacity if self.told else None


@dataclass(frozen=True, slots=True)
class Bar:
    """One demand: the figure ``measured`` must be at least (or ``at_most``) the ``limit``."""

    name: str
    measured: float
    limit: float
    at_most: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is met."""
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit


def ladder_release(guess: float, copies: int = 3) -> Release:
    """One competence of five tubes by eight levels, each skill with ``copies`` challenges.

    >>> len(ladder_release(0.05).skills), len(ladder_release(0.05).challenges)
    (40, 120)
    """
    tubes = tuple(Tube(letter, "1.1", letter) for letter in "abcde"[:TUBES])
    levels = [(tube, level) for tube in tubes for level in range(1, LEVELS + 1)]
    skills = tuple(Skill(i, f"{tube.id}{level}", tube.id, "1.1", level, f"{tube.id}{level}") for i, (tube, level) in enumerate(levels))
    return Release(
        version="ladders",
        max_level=LEVELS,
        domains=(Domain("1", "1"),),
        competences=(Competence("1.1", "1", "1.1"),),
        tubes=tubes,
        skills=skills,
        challenges=tuple(
            Challenge(n, f"ch{n}", n // copies, "QROC", "fr", None, False, VALIDATED, None, None, guess, (Variant("?"),))
            for n in range(len(skills) * copies)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Pupil:
    seed: bytes
    truth: dict[str, int]
    chances: tuple[float, ...]

    def answer(self, release: Release, question: Question, number: int, guess: float) -> Answered:
        skill = release.challenge_skill(question.challenge_index)
        right = self.chances[number] < (1 - SLIP if self.truth[skill.tube] >= skill.level else guess)
        return Answered(question.challenge_index, question.variant_index, Result.OK if right else Result.KO, elapsed_ms=0, at=number)


def _pupils(release: Release, population: Population) -> Iterable[_Pupil]:
    """The same pupils, and the same luck, for every rule that is tried on a population."""
    rho = population.correlation
    for number in range(population.pupils):
        chance = Chance(population.seed, "ladders", number)
        common = normal(chance)
        abilities = [sqrt(rho) * common + sqrt(1 - rho) * normal(chance) for _ in release.tubes]
        truth = {tube.id: sum(ability > step for step in HALF_DEVIATIONS) for tube, ability in zip(release.tubes, abilities, strict=True)}
        yield _Pupil(population.seed + number.to_bytes(4, "big"), truth, tuple(chance.uniform() for _ in range(_CHANCES)))


@dataclass(slots=True)
class _Played:
    """One pupil's test: the levels found, and for each answer the bits (told, expected)."""

    truth: dict[str, int]
    found: dict[str, int]
    bits: list[tuple[float, float]]
    choices_ns: list[int]


def _classic(release: Release, pupil: _Pupil, guess: float) -> _Played:
    target, answers = range(len(release.skills)), list[Answered]()
    while (question := positioning.next_question(release, target, _NOTHING, answers, pupil.seed, "fr")) is not None:
        answers.append(pupil.answer(release, question, len(answers), guess))
    validated = Knowledge.of(elements_of(release, target, _NOTHING, answers)).validated()
    found = dict.fromkeys(pupil.truth, 0)
    for index in validated:
        skill = release.skills[index]
        found[skill.tube] = max(found[skill.tube], skill.level)
    return _Played(pupil.truth, found, [(0.0, 0.0)] * len(answers), [])


def _bayes(release: Release, pupil: _Pupil, guess: float, scheme: BayesScheme, length: int | None = None) -> _Played:
    """``length`` questions, or until the rule stops."""
    if length is not None:
        scheme = replace(scheme, sure=2.0, budget=length / TUBES)
    target, answers = range(len(release.skills)), list[Answered]()
    played = _Played(pupil.truth, {}, [], [])
    while True:
        started = process_time_ns()
        thought = bayes_positioning.deliberate(release, target, _NOTHING, answers, "fr", scheme=scheme)
        question = bayes_positioning.choose(release, thought, len(answers), pupil.seed, "fr")
        if question is None:
            break
        played.choices_ns.append(process_time_ns() - started)
        answered = pupil.answer(release, question, len(answers), guess)
        skill = release.challenge_skill(question.challenge_index)
        known = thought.tubes[skill.tube].known(skill.level)
        told = _told(answered.result is Result.OK, pupil.truth[skill.tube] >= skill.level, known, guess)
        played.bits.append((told, thought.gain))
        answers.append(answered)
    beliefs = levels_of(release, target, _NOTHING, answers, scheme=scheme)
    played.found = {tube: belief.level for tube, belief in beliefs.items()}
    return played


def _told(right: bool, knows: bool, known: float, guess: float) -> float:
    """The information density of one answer, log₂ P(answer | truth) / P(answer), whose mean is the mutual information."""
    if_known, if_not = (1 - SLIP, guess) if right else (SLIP, 1 - guess)
    return log2((if_known if knows else if_not) / (known * if_known + (1 - known) * if_not))


Rule = Callable[[Release, _Pupil, int], _Played]


def _try(population: Population, rule: Rule, assumed_guess: float, *, truthful: bool, report: Callable[[], None]) -> Trial:
    """Play ``rule`` (given the release, the pupil and the pupil's number); ``truthful`` when what it assumes is so."""
    release = ladder_release(assumed_guess)
    played = []
    for number, pupil in enumerate(_pupils(release, population)):
        played.append(rule(release, pupil, number))
        report()
    gaps = [abs(test.found[tube] - level) for test in played for tube, level in test.truth.items()]
    bits = [pair for test in played for pair in test.bits]
    lengths = tuple(len(test.bits) for test in played)
    choices = [time for test in played for time in test.choices_ns]
    return Trial(
        questions=sum(lengths) / len(played),
        exact=sum(gap == 0 for gap in gaps) / len(gaps),
        within_one=sum(gap <= 1 for gap in gaps) / len(gaps),
        error=sum(gaps) / len(gaps),
        told=sum(told for told, _ in bits) / len(bits) if truthful else 0.0,
        expected=sum(expected for _, expected in bits) / len(bits),
        capacity=capacity(SLIP, population.guess),
        by_question=_by_question(played) if truthful else (),
        lengths=lengths,
        choice_ms=median(choices) / 1e6 if choices else 0.0,
    )


def _by_question(played: Sequence[_Played]) -> tuple[tuple[int, float], ...]:
    means = []
    for number in range(_CHANCES):
        told = [test.bits[number][0] for test in played if len(test.bits) > number]
        if 10 * len(told) < len(played) or not told:
            break
        means.append((number + 1, sum(told) / len(told)))
    return tuple(means)


def try_classic(population: Population, report: Callable[[], None] = lambda: None) -> Trial:
    """The classic rule on a population.

    >>> 10 < try_classic(Population(pupils=20, guess=0.05)).questions < 20
    True
    """

    def play(release: Release, pupil: _Pupil, _: int) -> _Played:
        return _classic(release, pupil, population.guess)

    return _try(population, play, population.guess, truthful=False, report=report)


def try_bayes(
    population: Population,
    *,
    scheme: BayesScheme = BAYES,
    assumed_guess: float | None = None,
    lengths: Sequence[int] | None = None,
    report: Callable[[], None] = lambda: None,
) -> Trial:
    """The Bayesian rule on a population; ``assumed_guess`` where it is not the true one.

    ``lengths`` gives each pupil so many questions, in place of the rule's own end.

    >>> trial = try_bayes(Population(pupils=20, guess=0.05))
    >>> 0 < trial.told < trial.capacity
    True
    """
    guess = population.guess if assumed_guess is None else assumed_guess

    def play(release: Release, pupil: _Pupil, number: int) -> _Played:
        return _bayes(release, pupil, population.guess, scheme, None if lengths is None else lengths[number])

    truthful = (guess, scheme.slip["QROC"], scheme.correlation) == (population.guess, SLIP, population.correlation)
    return _try(population, play, guess, truthful=truthful, report=report)


def try_all(pupils: int, seed: bytes = b"pupils", report: Callable[[], None] = lambda: None) -> dict[str, Trial]:
    """Every trial the bars need, by name and guess (``"bayes 0.05"``): eighteen, each on ``pupils`` pupils.

    >>> len(try_all(pupils=1)) == TRIALS
    True
    """
    wrong = replace(BAYES, slip={"QROC": WRONG_NOISE})
    trials = {}
    for guess in GUESSES:
        alike, independent = Population(pupils, guess, seed=seed), Population(pupils, guess, correlation=0.0, seed=seed)
        trials[f"bayes {guess}"] = try_bayes(alike, report=report)
        classic = trials[f"classic {guess}"] = try_classic(alike, report)
        trials[f"as long {guess}"] = try_bayes(alike, lengths=classic.lengths, report=report)
        trials[f"wrong noise {guess}"] = try_bayes(alike, scheme=wrong, assumed_guess=WRONG_NOISE, lengths=classic.lengths, report=report)
        apart = trials[f"classic, independent {guess}"] = try_classic(independent, report)
        trials[f"independent {guess}"] = try_bayes(independent, lengths=apart.lengths, report=report)
    return trials


TRIALS: Final = 6 * len(GUESSES)


def bars_of(trials: dict[str, Trial]) -> list[Bar]:
    """The bars, from the trials of :func:`try_all`.

    >>> [bar.name for bar in bars_of(try_all(pupils=1))][:2]
    ['mean questions, guess 0.05', 'levels exact, guess 0.05']
    """
    bars = []
    for guess, longest in ((0.05, 14.0), (0.15, 20.0)):
        bayes = trials[f"bayes {guess}"]
        bars.append(Bar(f"mean questions, guess {guess}", bayes.questions, longest, at_most=True))
        bars.append(Bar(f"levels exact, guess {guess}", bayes.exact, 0.80))
        bars.append(Bar(f"levels within one, guess {guess}", bayes.within_one, 0.95))
    for guess in GUESSES:
        classic, apart = trials[f"classic {guess}"], trials[f"classic, independent {guess}"]
        lower = trials[f"as long {guess}"].error / classic.error
        bars.append(Bar(f"error over the classic rule's, as many questions, guess {guess}", lower, 0.80, at_most=True))
        behind = classic.within_one - trials[f"wrong noise {guess}"].within_one
        bars.append(Bar(f"behind classic within one, noise assumed wrongly, guess {guess}", behind, 0.02, at_most=True))
        behind = apart.within_one - trials[f"independent {guess}"].within_one
        bars.append(Bar(f"behind classic within one, tubes independent, guess {guess}", behind, 0.02, at_most=True))
    slowest = max(trial.choice_ms for trial in trials.values())
    bars.append(Bar("a choice, ms of CPU (median)", slowest, 1.0, at_most=True))
    return bars


def as_figures(trials: dict[str, Trial], bars: Sequence[Bar]) -> dict[str, object]:
    """What the JSON holds: the bars, and every trial with its share of the channel's capacity.

    >>> as_figures({}, [Bar("levels exact", measured=0.82, limit=0.8)])["bars"]
    [{'name': 'levels exact', 'measured': 0.82, 'limit': 0.8, 'at_most': False, 'holds': True}]
    """
    return {
        "scheme": "bars",
        "bars": [asdict(bar) | {"holds": bar.holds} for bar in bars],
        "trials": {
            name: {key: value for key, value in asdict(trial).items() if key != "lengths"} | {"share_of_capacity": trial.share_of_capacity}
            for name, trial in trials.items()
        },
    }
