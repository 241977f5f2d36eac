"""What is believed of a pupil's level in each tube: the joint model of the Bayesian positioning.

A pupil's level in each tube is a hidden step of a ladder. The tubes of a competence are correlated through one common ability
(a one-factor normal model; Lord and Novick, *Statistical Theories of Mental Test Scores*, 1968, §24.3), or, with a small
probability, have nothing in common: so a pupil unlike the others is not forced into the mould. A skill that is known is missed with
probability ``slip``, and one that is not is found with probability ``guess``; both depend on the type of the challenge. Given the
common ability the tubes are independent, so the joint posterior is exact and small: a grid for the common ability, and one ladder
per tube.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import erf, exp, fsum, log2, prod, sqrt
from operator import mul
from typing import Final

from engine.challenge import Challenge
from engine.content import Release
from engine.grading import Result
from engine.knowledge import Knowledge
from engine.packing import Answered

DEFAULT_GUESS: Final = {"QCU": 0.25, "QCM": 0.1, "QROC": 0.05, "QROCM-ind": 0.02, "QROCM-dep": 0.02}
DEFAULT_SLIP: Final = {"QCU": 0.1, "QCM": 0.1, "QROC": 0.1, "QROCM-ind": 0.15, "QROCM-dep": 0.15}  # several fields, all must match
UNKNOWN_TYPE: Final = (0.1, 0.05)
HALF_DEVIATIONS: Final = tuple((level - 4.5) / 2 for level in range(1, 9))
_COMMON: Final = tuple(point / 2.5 for point in range(-8, 9))  # the grid of the common ability: −3.2 … 3.2
_DENSITY: Final = tuple(exp(-point * point / 2) for point in _COMMON)
_LEAST: Final = 1e-9  # no level is ruled out beforehand


@dataclass(frozen=True, slots=True)
class BayesScheme:
    """What is assumed of the pupils, and when to stop.

    ``correlation`` of the abilities in the tubes of a competence, each N(0, 1) over the population, but for a share ``apart`` of the
    pupils, whose tubes have nothing in common; ``steps`` the ability that each level asks for, from 1 to 8; ``slip`` by
    challenge type, and ``guess`` by challenge type where the challenge states none. A skill is asked at most ``times_per_skill``.

    The test ends when the levels it would announce are worth ``sure`` on average (an exact one is worth 1, one that is off by one
    loses ``near_cost`` shared over the levels of its tube, so 0.1 of a tube of eight, and any other is worth nothing), or after
    ``budget`` questions per tube.
    """

    correlation: float = 0.7
    apart: float = 0.1
    steps: tuple[float, ...] = HALF_DEVIATIONS
    slip: Mapping[str, float] = field(default_factory=lambda: DEFAULT_SLIP)
    guess: Mapping[str, float] = field(default_factory=lambda: DEFAULT_GUESS)
    times_per_skill: int = 3
    sure: float = 0.934
    near_cost: float = 0.8
    budget: float = 7.0


BAYES: Final = BayesScheme()


@dataclass(frozen=True, slots=True)
class TubeLevel:
    """What is believed of one tube: ``levels`` are its rungs (0 first), with a ``probability`` each, which sum to 1.

    >>> found = TubeLevel("t", (0, 1, 2), (0.125, 0.25, 0.625))
    >>> found.level, found.known(1), found.surety
    (2, 0.875, 0.625)
    """

    tube: str
    levels: tuple[int, ...]
    probability: tuple[float, ...]

    @property
    def level(self) -> int:
        """The level announced: the median, which has the least expected error in levels."""
        below = 0.0
        for level, probability in zip(self.levels, self.probability, strict=True):
            below += probability
            if below >= 0.5:
                return level
        return self.levels[-1]

    @property
    def surety(self) -> float:
        """The probability of the level announced."""
        return self.probability[self.levels.index(self.level)]

    @property
    def entropy(self) -> float:
        """How much is still unknown, in bits (Shannon, 1948, §6).

        >>> TubeLevel("t", (0, 1, 2, 3), (0.25, 0.25, 0.25, 0.25)).entropy
        2.0
        """
        return -fsum(chance * log2(chance) for chance in self.probability if chance > 0)

    def known(self, level: int) -> float:
        """The probability that a skill of this level is known.

        >>> TubeLevel("t", (0, 2, 5), (0.5, 0.25, 0.25)).known(3)
        0.25
        """
        return fsum(self.probability[bisect_left(self.levels, level) :])

    def worth(self, near_cost: float) -> float:
        """What the level announced is expected to be worth: see :class:`BayesScheme`.

        >>> TubeLevel("t", tuple(range(9)), (0, 0, 0.1, 0.8, 0.05, 0.05, 0, 0, 0)).worth(0.8)
        0.935
        """
        announced, near = self.level, max(0.0, 1 - near_cost / max(1, len(self.levels) - 1))
        beside = fsum(chance for level, chance in zip(self.levels, self.probability, strict=True) if abs(level - announced) == 1)
        return self.surety + near * beside


def noise_of(challenge: Challenge, scheme: BayesScheme = BAYES) -> tuple[float, float]:
    """The chance to miss a challenge with the skill, and to be right without it: (slip, guess).

    The guess is the challenge's own, else its type's. Both are kept away from certainty, and their sum below 0.95, so that every
    answer tells something and none settles a level alone.

    >>> from engine.synthetic import synthetic_release
    >>> from dataclasses import replace
    >>> challenge = synthetic_release().challenges[0]
    >>> [noise_of(replace(challenge, guess=own, type="QCU")) for own in (None, 0.3, 1.0)]
    [(0.1, 0.25), (0.1, 0.3), (0.1, 0.85)]
    """
    slip = min(max(scheme.slip.get(challenge.type, UNKNOWN_TYPE[0]), 0.01), 0.45)
    guess = scheme.guess.get(challenge.type, UNKNOWN_TYPE[1]) if challenge.guess is None else challenge.guess
    return slip, min(max(guess, 0.01), 0.95 - slip)


def levels_of(
    release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], *, scheme: BayesScheme = BAYES
) -> dict[str, TubeLevel]:
    """The posterior of every tube of the target, by tube.

    What was known directly at the start counts as one more answer on a challenge of unknown type.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> found = levels_of(release, release.competence_skills("1.1"), Knowledge.of(), [])
    >>> [(tube, belief.level) for tube, belief in found.items()]
    [('1.1-1', 4), ('1.1-2', 4), ('1.1-3', 4), ('1.1-4', 4)]
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
    outcomes = [(element.skill_index, element.validated, *UNKNOWN_TYPE) for element in at_start if element.direct]
    for answered in answers:
        challenge = release.challenges[answered.challenge_index]
        outcomes.append((challenge.skill_index, answered.result is Result.OK, *noise_of(challenge, scheme)))
    for index, right, slip, guess in outcomes:
        skill = release.skills[index]
        row = likelihood.get(skill.tube)
        if row is not None:
            known, unknown = (1 - slip, guess) if right else (slip, 1 - guess)
            for rung, level in enumerate(ladders[skill.tube]):
                row[rung] *= known if level >= skill.level else unknown
    return likelihood


def _joint(ladders: Mapping[str, tuple[int, ...]], evidence: Mapping[str, list[float]], scheme: BayesScheme) -> dict[str, TubeLevel]:
    """The exact posterior: the common ability (or none) first, then each ladder given it. Sums are ``fsum``, the same everywhere."""
    priors = {tube: _prior(ladder, scheme.correlation, scheme.steps) for tube, ladder in ladders.items()}
    totals = {tube: [fsum(map(mul, row, evidence[tube])) for row in by_point] for tube, (by_point, _) in priors.items()}
    places = zip(_weights(scheme.apart), *totals.values(), strict=True)
    common = [prod(place) for place in places]
    found = {}
    for tube, ladder in ladders.items():
        shares = [weight / total for weight, total in zip(common, totals[tube], strict=True)]
        _, by_rung = priors[tube]
        masses = [likelihood * fsum(map(mul, shares, column)) for likelihood, column in zip(evidence[tube], by_rung, strict=True)]
        whole = fsum(masses)
        found[tube] = TubeLevel(tube, ladder, tuple(mass / whole for mass in masses))
    return found


@lru_cache(maxsize=64)
def _weights(apart: float) -> tuple[float, ...]:
    """The probability of each point of the common ability; the last is that of having none."""
    whole = fsum(_DENSITY)
    return (*((1 - apart) * density / whole for density in _DENSITY), apart)


Table = tuple[tuple[float, ...], ...]


@lru_cache(maxsize=1024)
def _prior(ladder: tuple[int, ...], correlation: float, steps: tuple[float, ...]) -> tuple[Table, Table]:
    """The probability of each rung for each point of the common ability and, last, for none; then the same table turned."""
    given = [(sqrt(correlation) * point, sqrt(1 - correlation)) for point in _COMMON]
    rows = []
    for mean, deviation in (*given, (0.0, 1.0)):
        reach = [1.0, *(_above((steps[level - 1] - mean) / deviation) for level in ladder[1:]), 0.0]
        rows.append(tuple(max(here - beyond, _LEAST) for here, beyond in pairwise(reach)))
    return tuple(rows), tuple(zip(*rows, strict=True))


def _above(point: float) -> float:
    return (1 - erf(point / sqrt(2))) / 2
