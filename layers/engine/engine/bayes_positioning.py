"""Positioning, Bayesian: the same work as the classic rule with fewer errors when answers are noisy.

What is believed of the pupil is the joint posterior of :mod:`engine.tube_levels`. The question asked is the one whose answer is
expected to tell most about the levels: the mutual information between the answer and the ladder (Lindley, *Annals of
Mathematical Statistics* 27, 1956, eq. 7). A skill may be asked again, with another challenge. The test ends when the levels it
would announce are worth enough and every tube was asked about, or the budget is spent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from typing import Final

from engine.chance import Chance
from engine.content import Release
from engine.knowledge import Element, Knowledge
from engine.noisy_channel import gain
from engine.packing import Answered, Question
from engine.picking import pick_question
from engine.tube_levels import BAYES, BayesScheme, TubeLevel, levels_of, noise_of

__all__ = [
    "BAYES",
    "BayesScheme",
    "Deliberation",
    "End",
    "TubeLevel",
    "choose",
    "deliberate",
    "elements_of",
    "levels_of",
    "next_question",
    "noise_of",
]

_TIE: Final = 1e-9


class End(StrEnum):
    """Why a test is over."""

    SURE = "sure"
    BUDGET = "budget"
    NOTHING_LEFT = "nothing left"


@dataclass(frozen=True, slots=True)
class Deliberation:
    """Why a question was chosen: what the trace of a replayed test shows.

    ``tubes`` is what is believed, ``worth`` what the levels would be worth if they were announced now (from 0 to 1). ``gain`` is what
    the best question is expected to tell, in bits, and ``best`` are the challenges that tell as much, among which chance decides;
    ``unasked`` when only the tubes not asked about yet are still of interest. ``end`` says why the test is over, if it is.
    """

    tubes: Mapping[str, TubeLevel]
    worth: float
    gain: float = 0.0
    best: tuple[int, ...] = ()
    unasked: bool = False
    end: End | None = None


def next_question(
    release: Release,
    target: Sequence[int],
    knowledge_at_start: Knowledge,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    scheme: BayesScheme = BAYES,
) -> Question | None:
    """The next question, or ``None`` when the test is over; arguments as for :func:`engine.positioning.next_question`.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> question = next_question(release, release.competence_skills("1.1"), Knowledge.of(), [], b"seed", "fr")
    >>> release.challenge_skill(question.challenge_index).level
    5
    """
    thought = deliberate(release, target, knowledge_at_start, answers, locale, scheme=scheme)
    return choose(release, thought, len(answers), seed, locale)


def choose(release: Release, thought: Deliberation, answered: int, seed: bytes, locale: str) -> Question | None:
    """What chance makes of a deliberation: one of its best challenges and a variant; ``None`` when the test is over.

    ``answered`` is the number of answers it was made after.

    >>> from engine.synthetic import synthetic_release
    >>> choose(synthetic_release(), Deliberation({}, 1.0, end=End.SURE), 12, b"seed", "fr") is None
    True
    """
    if not thought.best:
        return None
    chance = Chance(seed, "bayes", answered)
    skill = release.challenges[chance.choose(thought.best)].skill_index
    ranked = [index for index in release.playable_challenges(skill, locale) if index in thought.best]
    return pick_question(release, ranked, chance)


def deliberate(
    release: Release,
    target: Sequence[int],
    at_start: Knowledge,
    answers: Sequence[Answered],
    locale: str,
    *,
    scheme: BayesScheme = BAYES,
) -> Deliberation:
    """What :func:`next_question` weighs before chance decides; ``best`` is empty when the test is over.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> thought = deliberate(release, release.competence_skills("1.1"), Knowledge.of(), [], "fr")
    >>> round(thought.worth, 2), round(thought.gain, 2), len(thought.best)
    (0.51, 0.71, 12)
    """
    tubes = levels_of(release, target, at_start, answers, scheme=scheme)
    worth = fsum(tube.worth(scheme.near_cost) for tube in tubes.values()) / max(1, len(tubes))
    if len(answers) >= scheme.budget * len(tubes):
        return Deliberation(tubes, worth, end=End.BUDGET if tubes else End.NOTHING_LEFT)
    gains = _gains(release, target, tubes, answers, locale, scheme)
    unasked = worth >= scheme.sure
    if unasked:
        touched = _touched(release, at_start, answers)
        gains = {index: bits for index, bits in gains.items() if release.challenge_skill(index).tube not in touched}
    if not gains:
        return Deliberation(tubes, worth, end=End.SURE if unasked else End.NOTHING_LEFT)
    greatest = max(gains.values())
    best = tuple(sorted(index for index, bits in gains.items() if bits > greatest - _TIE))
    return Deliberation(tubes, worth, greatest, best, unasked)


def _touched(release: Release, at_start: Knowledge, answers: Sequence[Answered]) -> frozenset[str]:
    """The tubes of which something was asked."""
    skills = [element.skill_index for element in at_start if element.direct]
    skills += [release.challenges[answered.challenge_index].skill_index for answered in answers]
    return frozenset(release.skills[skill].tube for skill in skills)


def _gains(
    release: Release,
    target: Sequence[int],
    tubes: Mapping[str, TubeLevel],
    answers: Sequence[Answered],
    locale: str,
    scheme: BayesScheme,
) -> dict[int, float]:
    """What each open challenge is expected to tell, in bits; untimed ones only after a timed one, when there are any."""
    done = {answered.challenge_index for answered in answers}
    asked: dict[int, int] = {}
    for index in done:
        skill = release.challenges[index].skill_index
        asked[skill] = asked.get(skill, 0) + 1
    gains: dict[int, float] = {}
    for skill in target:
        if asked.get(skill, 0) >= scheme.times_per_skill:
            continue
        known = tubes[release.skills[skill].tube].known(release.skills[skill].level)
        by_noise: dict[tuple[float, float], float] = {}
        for index in release.playable_challenges(skill, locale):
            if index not in done:
                noise = noise_of(release.challenges[index], scheme)
                if noise not in by_noise:
                    by_noise[noise] = gain(known, *noise)
                gains[index] = by_noise[noise]
    if answers and release.challenges[answers[-1].challenge_index].timer_s is not None:
        gains = {index: bits for index, bits in gains.items() if release.challenges[index].timer_s is None} or gains
    return gains


def elements_of(
    release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], *, scheme: BayesScheme = BAYES
) -> tuple[Element, ...]:
    """The knowledge elements of a finished test: a skill is validated when it lies within its tube's level.

    ``direct`` when the skill was asked; dated from the last answer. Nothing without an answer.

    >>> from engine.grading import Result
    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> answers = [Answered(index, 0, Result.OK, elapsed_ms=9000, at=1) for index in (18, 39, 60, 81)]  # level 7 of each tube
    >>> elements = elements_of(release, release.competence_skills("1.1"), Knowledge.of(), answers)
    >>> len(elements), all(element.validated for element in elements), sum(element.direct for element in elements)
    (28, True, 4)
    """
    if not answers:
        return ()
    tubes = levels_of(release, target, at_start, answers, scheme=scheme)
    asked = {release.challenges[answered.challenge_index].skill_index for answered in answers}
    at = max(answered.at for answered in answers)
    return tuple(
        Element(skill, release.skills[skill].level <= tubes[release.skills[skill].tube].level, skill in asked, at)
        for skill in sorted(frozenset(target))
    )
