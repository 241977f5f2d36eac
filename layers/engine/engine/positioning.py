"""Positioning, the classic algorithm: which question comes next (docs/domain.md §4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, fsum, inf
from typing import Final

from engine.chance import Chance
from engine.content import Release
from engine.knowledge import Knowledge, elements_of
from engine.packing import Answered, Question
from engine.picking import pick_question

__all__ = [
    "CHECKPOINT_EVERY",
    "Deliberation",
    "Question",
    "checkpoint_reached",
    "checkpoint_span",
    "deliberate",
    "next_question",
    "predicted_level",
    "probability",
]

CHECKPOINT_EVERY: Final = 5
_PREDICTABLE_LEVELS: Final = tuple(half / 2 for half in range(1, 16))
_FIRST_LEVEL: Final = 2
_EASY_LEVEL: Final = 3
_REACH: Final = 2
_TIE: Final = 1e-12  # scores or rewards that differ by less are a tie, on any machine: P(l, l + x) and 1 − P(l, l − x) do by an ulp


@dataclass(frozen=True, slots=True)
class Deliberation:
    """Why a question was chosen: what the trace of a replayed test shows.

    ``candidates`` are the skills left after the preferences named in ``kept`` and the difficulty limit; ``best`` those
    with the greatest ``reward``, among which chance decides.
    """

    predicted_level: float
    kept: tuple[str, ...]
    candidates: tuple[int, ...]
    reward: float
    best: tuple[int, ...]


def next_question(
    release: Release,
    target: Sequence[int],
    knowledge_at_start: Knowledge,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
) -> Question | None:
    """The next question of an assessment, or ``None`` when there is nothing left to learn.

    ``target`` are the skills assessed; ``knowledge_at_start`` what was known when it started (after
    :meth:`Knowledge.for_improving` when it is an improvement); ``answers`` all those given so far, in order. A pure function:
    the same arguments give the same question, on any machine.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> question = next_question(release, release.competence_skills("1.1"), Knowledge.of(), [], b"seed", "fr")
    >>> release.challenge_skill(question.challenge_index).level
    2
    """
    course = _Course(release, target, knowledge_at_start, answers, locale)
    best = course.deliberate().best
    if not best:
        return None
    chance = Chance(seed, "positioning", len(answers))
    open_challenges = course.open[chance.choose(best)]
    if course.spare_timers and (untimed := course.untimed(open_challenges)):
        open_challenges = untimed
    return pick_question(release, open_challenges, chance)


def deliberate(
    release: Release,
    target: Sequence[int],
    knowledge_at_start: Knowledge,
    answers: Sequence[Answered],
    locale: str,
) -> Deliberation:
    """What :func:`next_question` weighs before chance decides; ``best`` is empty when the test is over.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> thought = deliberate(release, release.competence_skills("1.1"), Knowledge.of(), [], "fr")
    >>> thought.predicted_level, thought.kept, len(thought.best)
    (3.5, ('untimed', 'level 2'), 4)
    """
    return _Course(release, target, knowledge_at_start, answers, locale).deliberate()


def predicted_level(release: Release, target: Sequence[int], knowledge: Knowledge) -> float:
    """The level, from 0.5 to 7.5 by halves, that fits the direct elements best (docs/domain.md §4).

    >>> from engine.content import Release
    >>> predicted_level(Release("empty", 7, (), (), (), (), ()), (), Knowledge.of())
    3.5
    """
    wanted = frozenset(target)
    outcomes = [(0, 1), (7, 0)]  # two pseudo-answers: one that everybody gets right, one that nobody does
    outcomes += [
        (release.skills[element.skill_index].level, int(element.validated))
        for element in knowledge
        if element.direct and element.skill_index in wanted
    ]
    best_level, best_score = 0.0, -inf
    for level in _PREDICTABLE_LEVELS:
        score = -abs(fsum(outcome - probability(level, difficulty) for difficulty, outcome in outcomes))
        if score > best_score + _TIE:
            best_level, best_score = level, score
    return best_level


def probability(level: float, difficulty: float) -> float:
    """The chance that a pupil of this level is right at this difficulty: 1 / (1 + e^−(level − difficulty)).

    >>> probability(3.0, 3)
    0.5
    """
    return 1.0 / (1.0 + exp(difficulty - level))


class _Course:
    """An assessment as it stands: what is known, and what may still be asked."""

    __slots__ = ("after_timer", "first", "known", "open", "release", "target")

    def __init__(self, release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], locale: str) -> None:
        self.release = release
        self.target = tuple(sorted(frozenset(target)))
        self.known = at_start.within(frozenset(target)).updated(elements_of(release, target, at_start, answers))
        done = {answered.challenge_index for answered in answers}
        self.open: dict[int, tuple[int, ...]] = {}
        for skill in self.target:
            challenges = tuple(index for index in release.playable_challenges(skill, locale) if index not in done)
            if challenges and skill not in self.known:
                self.open[skill] = challenges
        self.first = not answers
        self.after_timer = bool(answers) and release.challenges[answers[-1].challenge_index].timer_s is not None

    @property
    def spare_timers(self) -> bool:
        """Whether an untimed question is preferred: the first one, and after a timed one."""
        return self.first or self.after_timer

    def untimed(self, challenges: Sequence[int]) -> tuple[int, ...]:
        return tuple(index for index in challenges if self.release.challenges[index].timer_s is None)

    def deliberate(self) -> Deliberation:
        level = predicted_level(self.release, self.target, self.known)
        candidates, kept = self._candidates(level)
        rewards = {skill: self._reward(skill, level) for skill in candidates}
        greatest = max(rewards.values(), default=0.0)
        best = tuple(skill for skill, reward in rewards.items() if reward > max(0.0, greatest - _TIE))
        return Deliberation(level, kept, candidates, greatest, best)

    def _candidates(self, predicted: float) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The preferences of §4 in order, each dropped when it would leave nothing; then the strict limit of difficulty."""
        level = {skill: self.release.skills[skill].level for skill in self.open}
        easy = self._easy_tubes()
        preferences: list[tuple[str, Callable[[int], bool]]] = [("easy tube", lambda skill: self.release.skills[skill].tube in easy)]
        if self.spare_timers:
            preferences.append(("untimed", lambda skill: bool(self.untimed(self.open[skill]))))
        if self.first:
            preferences.append(("level 2", lambda skill: level[skill] == _FIRST_LEVEL))
        left, kept = tuple(self.open), []
        for name, holds in preferences:
            preferred = tuple(skill for skill in left if holds(skill))
            if preferred:
                left = preferred
                kept.append(name)
        if not self.first:
            return tuple(skill for skill in left if level[skill] - predicted <= _REACH), tuple(kept)
        if left and "level 2" not in kept:
            lowest = min(level[skill] for skill in left)
            return tuple(skill for skill in left if level[skill] == lowest), (*kept, "lowest level")
        return left, tuple(kept)

    def _easy_tubes(self) -> frozenset[str]:
        hardest: dict[str, int] = {}
        for skill in self.target:
            tube, level = self.release.skills[skill].tube, self.release.skills[skill].level
            hardest[tube] = max(level, hardest.get(tube, 0))
        return frozenset(tube for tube, level in hardest.items() if level <= _EASY_LEVEL)

    def _reward(self, skill: int, predicted: float) -> float:
        """What is learned on average: untested skills below if right, above if wrong, the skill itself in both."""
        tube, level = self.release.skills[skill].tube, self.release.skills[skill].level
        wanted = frozenset(self.target)
        untested = [other for other in self.release.tube_skills(tube) if other in wanted and other not in self.known]
        if_right = sum(self.release.skills[other].level <= level for other in untested)
        if_wrong = sum(self.release.skills[other].level >= level for other in untested)
        return if_wrong + probability(predicted, level) * (if_right - if_wrong)


def checkpoint_reached(answered: int) -> bool:
    """Whether a checkpoint (*bilan intermédiaire*) is due after this many answers.

    >>> [n for n in range(12) if checkpoint_reached(n)]
    [5, 10]
    """
    return answered > 0 and answered % CHECKPOINT_EVERY == 0


def checkpoint_span(number: int) -> range:
    """The positions of the answers that checkpoint ``number`` (from 1) shows.

    >>> checkpoint_span(2)
    range(5, 10)
    """
    return range((number - 1) * CHECKPOINT_EVERY, number * CHECKPOINT_EVERY)
