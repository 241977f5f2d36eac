"""Certification, scheme ``adaptive``: thirty-two questions under a 2PL model (docs/domain.md §5b).

The published rule is kept as it is, its oddities included, so that a test can be checked by anyone: the grid has the 81
points that adding 18/80 from −9 gives, the prior is centred again on the latest capacity at each answer, and sums are made
from left to right (Python's own ``sum`` compensates from 3.12 on and would differ in the last bits).
:mod:`engine.jalon_2pl` does the same work with a proper posterior and control of exposure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, pi, sqrt
from typing import Final

from engine.challenge import VALIDATED, Challenge
from engine.chance import Chance
from engine.content import Release
from engine.errors import UnknownReferenceError
from engine.grading import Result
from engine.mesh import DEFAULT_BOUNDS, mesh_of, mesh_score
from engine.outcome import Circumstances, Ending, Reason, Status, adaptive_outcome
from engine.packing import Answered, Question
from engine.scoring import CERTIFIED_MAXIMUM

__all__ = [
    "NATIONAL",
    "AdaptiveScheme",
    "AdaptiveScore",
    "Capacity",
    "Circumstances",
    "Deliberation",
    "Ending",
    "Question",
    "Reason",
    "Status",
    "capacity_history",
    "deliberate",
    "next_question",
    "score",
]

PRIOR_VARIANCE: Final = 1.5
ERROR_WITHOUT_ANSWER: Final = 5.0
_CORRECTION: Final = (9 / 80) * (9 / 80) / 12.0


def _grid() -> tuple[float, ...]:
    """The points from −9 while below 9, one step of 18/80 added each time: 81 of them, for the sum never quite reaches 9."""
    points, point = [], -9.0
    while point < 9.0:
        points.append(point)
        point += 18 / 80
    return tuple(points)


GRID: Final = _grid()


@dataclass(frozen=True, slots=True)
class AdaptiveScheme:
    """The constants of §5b as configuration; the defaults are the published ones.

    ``bounds`` cut the capacities into meshes; ``competence_bounds`` do the same for the level of a competence, which takes
    ``bounds`` when it has none of its own.
    """

    questions: int = 32
    minutes: int = 105
    minimum_answers: int = 20
    start: float = -3.0
    variation: float = 0.5
    shortlist: int = 5
    pick_percent: int = 51
    spaced_competences: int = 2
    bounds: tuple[float, ...] = DEFAULT_BOUNDS
    competence_bounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    maximum: int = CERTIFIED_MAXIMUM


NATIONAL: Final = AdaptiveScheme()


@dataclass(frozen=True, slots=True)
class Capacity:
    """An estimate of the ability θ and its error, on the scale of the difficulties."""

    theta: float
    error: float


@dataclass(frozen=True, slots=True)
class Deliberation:
    """Why a question was chosen: the capacity it was chosen for, the rules that narrowed the choice, the most informative."""

    capacity: Capacity
    rules: tuple[str, ...]
    eligible: int
    shortlist: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class AdaptiveScore:
    """The outcome. ``level`` and ``competences`` are levels from 0; all is zero unless ``status`` is validated.

    ``capacity`` is what the score was made from; ``answered`` how many answers count; ``simulated`` how many were added as
    skipped because the candidate gave up.
    """

    status: Status
    reason: Reason | None
    pix: int
    level: int
    competences: Mapping[str, int]
    capacity: Capacity
    answered: int
    simulated: int


def probability(theta: float, difficulty: float, discrimination: float) -> float:
    """The chance to be right: 1 / (1 + e^{a(d − θ)}).

    >>> probability(0.0, 0.0, 2.0)
    0.5
    """
    return 1.0 / (1.0 + exp(discrimination * (difficulty - theta)))


def information(theta: float, difficulty: float, discrimination: float) -> float:
    """How much one answer tells at θ: P(1 − P)a².

    >>> information(0.0, 0.0, 2.0)
    1.0
    """
    chance = probability(theta, difficulty, discrimination)
    return chance * (1.0 - chance) * (discrimination * discrimination)


def capacity_history(release: Release, answers: Iterable[Answered], scheme: AdaptiveScheme = NATIONAL) -> tuple[Capacity, ...]:
    """The capacity before any answer, then after each one.

    >>> from engine.synthetic import synthetic_release
    >>> right = Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)
    >>> [round(capacity.theta, 3) for capacity in capacity_history(synthetic_release(), [right])]
    [-3.0, -1.501]
    """
    outcomes = ((_calibrated(release.challenges[a.challenge_index]), a.result is Result.OK) for a in answers)
    return _history(outcomes, scheme)


def _history(outcomes: Iterable[tuple[tuple[float, float], bool]], scheme: AdaptiveScheme) -> tuple[Capacity, ...]:
    history = [Capacity(scheme.start, ERROR_WITHOUT_ANSWER)]
    likelihood = [1.0] * len(GRID)
    for (difficulty, discrimination), ok in outcomes:
        theta = history[-1].theta
        chances = [probability(point, difficulty, discrimination) for point in GRID]
        likelihood = [value * (chance if ok else 1.0 - chance) for value, chance in zip(likelihood, chances, strict=True)]
        prior = _normalised([_gaussian(point, theta) for point in GRID])
        posterior = _normalised([value * weight for value, weight in zip(likelihood, prior, strict=True)])
        mean = _sum(point * weight for point, weight in zip(GRID, posterior, strict=True))
        theta = _limited(theta, mean, scheme.variation)
        spread = _sum(weight * ((point - theta) * (point - theta)) for point, weight in zip(GRID, posterior, strict=True))
        history.append(Capacity(theta, sqrt(max(0.0, spread - _CORRECTION))))
    return tuple(history)


def _gaussian(point: float, mean: float) -> float:
    return exp((point - mean) * (point - mean) / (-2 * PRIOR_VARIANCE)) / (sqrt(PRIOR_VARIANCE) * sqrt(2 * pi))


def _limited(previous: float, proposed: float, variation: float) -> float:
    """One step moves the capacity by at most ``variation`` where it is smaller than that, else by that share of it."""
    gap = variation if abs(previous) < variation else abs(previous * variation)
    return min(proposed, previous + gap) if proposed > previous else max(proposed, previous - gap)


def _sum(values: Iterable[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def _normalised(values: Sequence[float]) -> list[float]:
    total = _sum(values)
    return [value / total for value in values]


def _calibrated(challenge: Challenge) -> tuple[float, float]:
    if challenge.difficulty is None or challenge.discrimination is None:
        raise UnknownReferenceError(f"challenge {challenge.id} is not calibrated: it cannot be scored under a 2PL model")
    return challenge.difficulty, challenge.discrimination


def next_question(
    release: Release,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    scheme: AdaptiveScheme = NATIONAL,
    excluded_skills: Collection[int] = (),
) -> Question | None:
    """The next question, or ``None`` when all were asked or nothing more may be.

    ``excluded_skills`` are those of questions withdrawn by a confirmed alert: another question takes the same number.

    >>> from engine.synthetic import synthetic_release
    >>> right = Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)
    >>> next_question(synthetic_release(), [right], b"kept with the test", "fr")
    Question(challenge_index=443, variant_index=0)
    """
    if len(answers) >= scheme.questions:
        return None
    shortlist = deliberate(release, answers, locale, scheme=scheme, excluded_skills=excluded_skills).shortlist
    if not shortlist:
        return None
    chance = Chance(seed, "adaptive", len(answers), len(excluded_skills))
    chosen = shortlist[-1][0]
    for challenge_index, _ in shortlist[:-1]:
        if chance.below(100) < scheme.pick_percent:
            chosen = challenge_index
            break
    return Question(chosen, chance.below(len(release.challenges[chosen].variants)))


def deliberate(
    release: Release,
    answers: Sequence[Answered],
    locale: str,
    *,
    scheme: AdaptiveScheme = NATIONAL,
    excluded_skills: Collection[int] = (),
) -> Deliberation:
    """The most informative questions the rules allow, before chance decides; no ``shortlist`` when nothing may be asked.

    >>> from engine.synthetic import synthetic_release
    >>> right = Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)
    >>> found = deliberate(synthetic_release(), [right], "fr")
    >>> found.rules, [challenge_index for challenge_index, _ in found.shortlist]
    (('a competence not visited yet',), [443, 1135, 1285, 168, 1325])
    """
    capacity = capacity_history(release, answers, scheme)[-1]
    asked = [release.challenge_skill(answered.challenge_index) for answered in answers]
    tubes = {skill.tube for skill in asked}
    closed = {skill.index for skill in asked} | set(excluded_skills)
    eligible = [
        index
        for skill in release.skills
        if skill.index not in closed and skill.tube not in tubes
        for index in release.playable_challenges(skill.index, locale)
        if _eligible(release.challenges[index])
    ]
    rules = []
    visited = {skill.competence for skill in asked}
    recent = {skill.competence for skill in asked[len(asked) - min(scheme.spaced_competences, len(asked)) :]}
    for name, closed_competences in (("a competence not visited yet", visited), ("away from the last competences", recent)):
        kept = [index for index in eligible if release.challenge_skill(index).competence not in closed_competences]
        if kept and len(kept) < len(eligible):
            eligible = kept
            rules.append(name)
    rewards = [(index, information(capacity.theta, *_calibrated(release.challenges[index]))) for index in eligible]
    rewards.sort(key=lambda pair: -pair[1])
    return Deliberation(capacity, tuple(rules), len(eligible), tuple(rewards[: scheme.shortlist]))


def _eligible(challenge: Challenge) -> bool:
    return challenge.status == VALIDATED and challenge.difficulty is not None and challenge.discrimination is not None


def score(
    release: Release,
    answers: Sequence[Answered],
    locale: str,
    *,
    scheme: AdaptiveScheme = NATIONAL,
    neutralised: Collection[int] = (),
    excluded_skills: Collection[int] = (),
    circumstances: Circumstances = Circumstances(),
) -> AdaptiveScore:
    """Score a test; ``neutralised`` are the positions in ``answers`` (from 0) that do not count.

    A candidate who gave up with enough answers has the missing ones simulated, as skipped, each on the best challenge; a
    test stopped by something technical is scored on what was answered.

    >>> from engine.synthetic import synthetic_release
    >>> right = Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)
    >>> too_short = score(synthetic_release(), [right], "fr")
    >>> too_short.status.value, too_short.reason.value, too_short.pix
    ('rejected', 'too_few_answers', 0)
    """
    counted = [answered for position, answered in enumerate(answers) if position not in set(neutralised)]
    complete = list(counted)
    if circumstances.ending is Ending.GAVE_UP and len(counted) >= scheme.minimum_answers:
        complete += _simulate_skipped(release, answers, counted, locale, scheme, excluded_skills)
    capacity = capacity_history(release, complete, scheme)[-1]
    pix = mesh_score(capacity.theta, scheme.bounds, scheme.maximum)
    status, reason = adaptive_outcome(circumstances, len(counted), scheme.minimum_answers, pix)
    validated = status is Status.VALIDATED
    levels = {
        competence.code: mesh_of(capacity.theta, scheme.competence_bounds.get(competence.code, scheme.bounds)) if validated else 0
        for competence in release.competences
    }
    level = mesh_of(capacity.theta, scheme.bounds) if validated else 0
    return AdaptiveScore(
        status, reason, pix if validated else 0, level, levels, capacity, len(counted), simulated=len(complete) - len(counted)
    )


def _simulate_skipped(
    release: Release,
    answers: Sequence[Answered],
    counted: Sequence[Answered],
    locale: str,
    scheme: AdaptiveScheme,
    excluded_skills: Collection[int],
) -> list[Answered]:
    """What was not answered, as if skipped; a neutralised question was asked and is not missing."""
    closed = set(excluded_skills) | {release.challenges[answered.challenge_index].skill_index for answered in answers}
    simulated: list[Answered] = []
    for _ in range(scheme.questions - len(answers)):
        shortlist = deliberate(release, [*counted, *simulated], locale, scheme=scheme, excluded_skills=closed).shortlist
        if not shortlist:
            break
        simulated.append(Answered(shortlist[0][0], 0, Result.SKIPPED, elapsed_ms=0, at=0))
    return simulated
