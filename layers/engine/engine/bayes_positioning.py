"""Positioning, Bayesian: the same work as the classic rule with fewer errors when answers are noisy.

A pupil's level in each tube is a hidden step of a ladder. The tubes of a competence are correlated through one common ability
(a one-factor normal model), a skill that is known is missed with probability ``slip``, and one that is not is found with
probability ``guess``, which depends on the type of the challenge. Given the common ability the tubes are independent, so the
joint posterior is exact and small: a grid for the common ability, and one ladder per tube.

The question asked is the one whose answer is expected to tell most about the levels: the mutual information between the answer
and the ladder (Lindley, *Annals of Mathematical Statistics* 27, 1956, eq. 7). A skill may be asked again, with another
challenge. The test ends when the levels are sure enough, or the budget is spent.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import erf, exp, fsum, log2, prod, sqrt
from typing import Final

from engine.chance import Chance
from engine.content import Challenge, Release
from engine.grading import Result
from engine.knowledge import Element, Knowledge
from engine.packing import Answered, Question
from engine.picking import pick_question

DEFAULT_GUESS: Final = {"QCU": 0.25, "QCM": 0.1, "QROC": 0.05, "QROCM-ind": 0.02, "QROCM-dep": 0.02}
_COMMON: Final = tuple(point / 2.5 for point in range(-8, 9))  # the grid of the common ability: −3.2 … 3.2
_COMMON_WEIGHTS: Final = tuple(exp(-point * point / 2) for point in _COMMON)
HALF_DEVIATIONS: Final = tuple((level - 4.5) / 2 for level in range(1, 9))
_TIE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class BayesScheme:
    """What is assumed of the pupils, and when to stop.

    ``correlation`` of the abilities in the tubes of a competence, each N(0, 1) over the population; ``steps`` the ability that
    each level asks for, from 1 to 8; ``slip``; ``guess`` by challenge type, where the challenge states none. A skill is asked
    at most ``times_per_skill``. The test ends when the mean probability of the tubes' levels reaches ``sure``, or after
    ``budget`` questions per tube.
    """

    correlation: float = 0.7
    steps: tuple[float, ...] = HALF_DEVIATIONS
    slip: float = 0.1
    guess: Mapping[str, float] = field(default_factory=lambda: DEFAULT_GUESS)
    times_per_skill: int = 3
    sure: float = 0.825
    budget: float = 7.0


BAYES: Final = BayesScheme()


@dataclass(frozen=True, slots=True)
class TubeLevel:
    """What is believed of one tube: ``levels`` are its rungs (0 first), with a ``probability`` each; ``level`` is the median."""

    tube: str
    levels: tuple[int, ...]
    probability: tuple[float, ...]

    @property
    def level(self) -> int:
        """The median of the distribution: the estimate with the least expected error in levels."""
        below = 0.0
        for level, probability in zip(self.levels, self.probability, strict=True):
            below += probability
            if below >= 0.5:
                return level
        return self.levels[-1]

    def known(self, level: int) -> float:
        """The probability that a skill of this level is known."""
        return fsum(self.probability[bisect_left(self.levels, level) :])

    @property
    def surety(self) -> float:
        """The probability of the most probable level."""
        return max(self.probability)


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
    """The next question, or ``None`` when the levels are sure or the budget is spent; arguments as for the classic rule."""
    tubes = levels_of(release, target, knowledge_at_start, answers, scheme=scheme)
    if not tubes or len(answers) >= scheme.budget * len(tubes) or fsum(t.surety for t in tubes.values()) >= scheme.sure * len(tubes):
        return None
    gains = _gains(release, target, tubes, answers, locale, scheme)
    if not gains:
        return None
    best = max(gains.values())
    chosen = sorted(challenge for challenge, gain in gains.items() if gain > best - _TIE)
    chance = Chance(seed, "bayes", len(answers))
    skill = release.challenges[chance.choose(chosen)].skill_index
    ranked = [index for index in release.playable_challenges(skill, locale) if index in chosen]
    return pick_question(release, ranked, chance)


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
        by_guess: dict[float, float] = {}
        for index in release.playable_challenges(skill, locale):
            if index not in done:
                guess = guess_of(release.challenges[index], scheme)
                if guess not in by_guess:
                    by_guess[guess] = gain(known, scheme.slip, guess)
                gains[index] = by_guess[guess]
    if answers and release.challenges[answers[-1].challenge_index].timer_s is not None:
        gains = {index: bits for index, bits in gains.items() if release.challenges[index].timer_s is None} or gains
    return gains


def guess_of(challenge: Challenge, scheme: BayesScheme = BAYES) -> float:
    """The chance to be right without the skill: the challenge's own, else its type's; kept inside (0, 1 − slip)."""
    stated = scheme.guess.get(challenge.type, 0.05) if challenge.guess is None else challenge.guess
    return min(max(stated, 0.01), 0.95 - scheme.slip)


def gain(known: float, slip: float, guess: float) -> float:
    """The mutual information, in bits, between an answer and whether the skill is known.

    >>> round(gain(0.5, 0.0, 0.0), 3), round(gain(0.5, 0.1, 0.25), 3), round(gain(1.0, 0.1, 0.25), 3)
    (1.0, 0.344, 0.0)
    """
    right = known * (1 - slip) + (1 - known) * guess
    return max(0.0, _entropy(right) - known * _entropy(slip) - (1 - known) * _entropy(guess))


def _entropy(chance: float) -> float:
    if chance <= 0 or chance >= 1:
        return 0.0
    return -chance * log2(chance) - (1 - chance) * log2(1 - chance)


def levels_of(
    release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], *, scheme: BayesScheme = BAYES
) -> dict[str, TubeLevel]:
    """The posterior of every tube of the target, by tube.

    What was known directly at the start counts as one more answer on a challenge of unknown type.
    """
    rungs: dict[str, set[int]] = {}
    for skill in target:
        rungs.setdefault(release.skills[skill].tube, {0}).add(release.skills[skill].level)
    ladders = {tube: tuple(sorted(levels)) for tube, levels in rungs.items()}
    evidence = _evidence(release, ladders, at_start, answers, scheme)
    competences: dict[str, list[str]] = {}
    for tube in ladders:
        competences.setdefault(release.skills[release.tube_skills(tube)[0]].competence, []).append(tube)
    found: dict[str, TubeLevel] = {}
    for tubes in competences.values():
        found |= _joint({tube: ladders[tube] for tube in tubes}, evidence, scheme)
    return found


def _evidence(
    release: Release,
    ladders: Mapping[str, tuple[int, ...]],
    at_start: Knowledge,
    answers: Sequence[Answered],
    scheme: BayesScheme,
) -> dict[str, list[float]]:
    """The likelihood of each rung of each tube."""
    likelihood = {tube: [1.0] * len(levels) for tube, levels in ladders.items()}
    outcomes = [(element.skill_index, element.validated, 0.05) for element in at_start if element.direct]
    for answered in answers:
        challenge = release.challenges[answered.challenge_index]
        outcomes.append((challenge.skill_index, answered.result is Result.OK, guess_of(challenge, scheme)))
    for index, right, guess in outcomes:
        skill = release.skills[index]
        row = likelihood.get(skill.tube)
        if row is not None:
            known, unknown = (1 - scheme.slip, guess) if right else (scheme.slip, 1 - guess)
            for rung, level in enumerate(ladders[skill.tube]):
                row[rung] *= known if level >= skill.level else unknown
    return likelihood


def _joint(ladders: Mapping[str, tuple[int, ...]], evidence: Mapping[str, list[float]], scheme: BayesScheme) -> dict[str, TubeLevel]:
    """The exact posterior of the one-factor model: common ability first, then each ladder given it."""
    weighted = {
        tube: [
            [prior * likelihood for prior, likelihood in zip(row, evidence[tube], strict=True)]
            for row in _prior(ladder, scheme.correlation, scheme.steps)
        ]
        for tube, ladder in ladders.items()
    }
    totals = {tube: [fsum(row) for row in rows] for tube, rows in weighted.items()}
    common = [weight * prod(total[place] for total in totals.values()) for place, weight in enumerate(_COMMON_WEIGHTS)]
    found = {}
    for tube, ladder in ladders.items():
        shares = [weight / total for weight, total in zip(common, totals[tube], strict=True)]
        masses = [fsum(share * row[rung] for share, row in zip(shares, weighted[tube], strict=True)) for rung in range(len(ladder))]
        whole = fsum(masses)
        found[tube] = TubeLevel(tube, ladder, tuple(mass / whole for mass in masses))
    return found


@lru_cache(maxsize=1024)
def _prior(ladder: tuple[int, ...], correlation: float, steps: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
    """For each point of the common ability, the probability of each rung."""
    loading, residual = sqrt(correlation), sqrt(1 - correlation)
    rows = []
    for point in _COMMON:
        reach = [1.0, *(_above((steps[level - 1] - loading * point) / residual) for level in ladder[1:]), 0.0]
        rows.append(tuple(max(here - beyond, 1e-9) for here, beyond in pairwise(reach)))
    return tuple(rows)


def _above(point: float) -> float:
    return (1 - erf(point / sqrt(2))) / 2


def elements_of(
    release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], *, scheme: BayesScheme = BAYES
) -> tuple[Element, ...]:
    """The knowledge elements of a finished test: a skill is validated when it lies within its tube's level.

    ``direct`` when the skill was asked; dated from the last answer. Nothing without an answer.
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
