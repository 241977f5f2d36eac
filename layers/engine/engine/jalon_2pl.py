"""Certification, scheme ``jalon-2pl``: our own configuration of the adaptive test (docs/domain.md §5b gives the frame).

The same model, length and meshes as the published scheme, with what it lacks: one proper posterior on a fixed grid, content
balanced over the competences, exposure held down by prices worked out with the release (:func:`prices_of`), no question twice for
a candidate across attempts, a stated standard error, and levels per competence with their uncertainty.

A release without prices falls back on counts kept as tests are finished: :func:`withheld` draws, before a test, the challenges it
may not have, and :func:`record` counts it at its end (van der Linden & Veldkamp, 2004; :class:`engine.exposure.Eligibility`).

When content runs out the test degrades in order: a competence with nothing left gives its turn to the next one; a test with
nothing left ends early, and is scored if it holds enough answers.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, fsum
from typing import Final

from engine.adaptive import Capacity
from engine.challenge import VALIDATED
from engine.chance import Chance
from engine.content import Release
from engine.exposure import CEILING, SPREAD, Eligibility, priced
from engine.grading import Result
from engine.item_bank import STAGES, Bank
from engine.mesh import DEFAULT_BOUNDS, mesh_of, mesh_score
from engine.outcome import Circumstances, Ending, Reason, Status, adaptive_outcome
from engine.packing import Answered, Question
from engine.scoring import CERTIFIED_MAXIMUM
from engine.two_pl import GRID, GRID_STEP, PRIOR, Plan, State, TwoPl, moments, weighted_likelihood

__all__ = [
    "JALON",
    "CalibratedRelease",
    "Circumstances",
    "CompetenceEstimate",
    "Jalon2plScheme",
    "Jalon2plScore",
    "calibrated",
    "next_question",
    "prices_of",
    "record",
    "score",
    "withheld",
]


@dataclass(frozen=True, slots=True)
class Jalon2plScheme:
    """Configuration. Abilities are on the scale of the difficulties; the population is taken as N(prior_mean, prior_sd²).

    ``target_error`` stops a test early, from ``minimum_answers`` on, when the standard error is down to it (0 for never).
    ``competence_spread`` is the standard deviation of a pupil's ability in one competence around their ability overall.
    ``ceiling`` is the share of the tests that no challenge should exceed, and ``spread`` how far off the estimate the first
    questions are aimed (:class:`engine.two_pl.Plan`).
    """

    questions: int = 32
    minutes: int = 105
    minimum_answers: int = 20
    target_error: float = 0.0
    prior_mean: float = 0.0
    prior_sd: float = 1.5
    competence_spread: float = 0.6
    ceiling: float = CEILING
    spread: float = SPREAD
    bounds: tuple[float, ...] = DEFAULT_BOUNDS
    competence_bounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    maximum: int = CERTIFIED_MAXIMUM

    @property
    def plan(self) -> Plan:
        """The plan of the test in standardised units."""
        target = self.target_error / self.prior_sd
        return Plan(self.questions, target_error=target, at_least=self.minimum_answers, spread=self.spread)


JALON: Final = Jalon2plScheme()


@dataclass(frozen=True, slots=True)
class CompetenceEstimate:
    """A competence's most probable ``level`` with its ``probability``, and the ability with its ``error`` behind it."""

    level: int
    probability: float
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Jalon2plScore:
    """The outcome. ``capacity`` is the posterior mean and standard deviation, which the prior pulls a little to the middle;
    ``certified`` is the weighted likelihood estimate, which it does not, and from which ``pix`` and ``level`` are made.

    All is zero or empty unless ``status`` is validated, but for the two estimates.
    """

    status: Status
    reason: Reason | None
    pix: int
    level: int
    competences: Mapping[str, CompetenceEstimate]
    capacity: Capacity
    certified: Capacity
    answered: int
    simulated: int


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedRelease:
    """What a release offers to this scheme in one locale: its validated, calibrated challenges as an item bank.

    ``eligibility`` holds the counts of a release without prices, to be kept by the caller (``pack``) from one test to the next;
    ``None`` where prices do that work.
    """

    release: Release
    scheme: Jalon2plScheme
    engine: TwoPl
    challenges: tuple[int, ...]
    item_of: Mapping[int, int]
    codes: tuple[str, ...]
    eligibility: Eligibility | None

    def answers(self, answers: Sequence[Answered]) -> list[tuple[int, bool]]:
        """The answers as the engine takes them; those to challenges outside the bank are left out.

        >>> from engine.synthetic import synthetic_release
        >>> calibrated(synthetic_release(), "fr").answers([Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)])
        [(0, True)]
        """
        return [
            (self.item_of[answered.challenge_index], answered.result is Result.OK)
            for answered in answers
            if answered.challenge_index in self.item_of
        ]


def calibrated(
    release: Release,
    locale: str,
    scheme: Jalon2plScheme = JALON,
    prices: Mapping[str, float] | None = None,
    counts: bytes | None = None,
) -> CalibratedRelease:
    """Open a release for this scheme, with the ``prices`` by challenge id that :func:`prices_of` gave when it was built.

    Without prices exposure is controlled by ``counts``, the packed counts of the tests so far (none yet when left out); raises
    :class:`~engine.errors.CorruptRecordError` when they are not those of this release.

    >>> from engine.synthetic import synthetic_release
    >>> content = calibrated(synthetic_release(), "fr")
    >>> len(content.challenges), len(content.codes), content.eligibility is None
    (1344, 16, False)
    """
    challenges = [
        index for skill in release.skills for index in release.playable_challenges(skill.index, locale) if _usable(release, index)
    ]
    codes = tuple(dict.fromkeys(release.challenge_skill(index).competence for index in challenges))
    bank = Bank(
        a=[(release.challenges[index].discrimination or 0.0) * scheme.prior_sd for index in challenges],
        b=[((release.challenges[index].difficulty or 0.0) - scheme.prior_mean) / scheme.prior_sd for index in challenges],
        group=[codes.index(release.challenge_skill(index).competence) for index in challenges],
        skill=[release.challenges[index].skill_index for index in challenges],
        price=[(prices or {}).get(release.challenges[index].id, 0.0) for index in challenges],
        stages=STAGES if prices else (0.0,),
    )
    item_of = {index: item for item, index in enumerate(challenges)}
    eligibility = None
    if not prices:
        size, ceiling = len(bank), scheme.ceiling
        eligibility = Eligibility(size, ceiling) if counts is None else Eligibility.unpack(counts, size, ceiling)
    return CalibratedRelease(release, scheme, TwoPl(bank, scheme.plan), tuple(challenges), item_of, codes, eligibility)


def prices_of(
    release: Release,
    locale: str,
    scheme: Jalon2plScheme = JALON,
    *,
    examinees: int = 8_000,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, float]:
    """The price of each challenge that has one, by id, for the release to carry: see :func:`engine.exposure.priced`.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release(tubes=1, levels=2, per_skill=1)
    >>> prices = prices_of(release, "fr", examinees=200)
    >>> set(prices) <= {challenge.id for challenge in release.challenges}
    True
    """
    content = calibrated(release, locale, scheme)
    bank = priced(content.engine.bank, scheme.plan, scheme.ceiling, examinees=examinees, progress=progress)
    return {release.challenges[index].id: price for index, price in zip(content.challenges, bank.price, strict=True) if price}


def withheld(content: CalibratedRelease, seed: bytes) -> frozenset[int]:
    """The challenges this test may not have, so that none goes to too many: none where the release has prices.

    Drawn from the counts of the moment: keep them with the test, and add them to ``seen`` whenever it is resumed or replayed.

    >>> from engine.synthetic import synthetic_release
    >>> content = calibrated(synthetic_release(), "fr")
    >>> withheld(content, b"kept with the test")
    frozenset()
    """
    if content.eligibility is None:
        return frozenset()
    return frozenset(content.challenges[item] for item in content.eligibility.ineligible(seed))


def record(content: CalibratedRelease, answers: Sequence[Answered], withheld: Collection[int] = ()) -> None:
    """Count a finished test, with the challenges that were withheld from it; nothing to do where the release has prices.

    >>> from engine.synthetic import synthetic_release
    >>> content = calibrated(synthetic_release(), "fr")
    >>> record(content, [Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)])
    >>> content.eligibility.did[0], content.eligibility.did[1]
    (1, 0)
    """
    if content.eligibility is not None:
        asked = [item for item, _ in content.answers(answers)]
        content.eligibility.record(asked, frozenset(content.item_of[index] for index in withheld if index in content.item_of))


def _usable(release: Release, index: int) -> bool:
    challenge = release.challenges[index]
    return challenge.status == VALIDATED and challenge.difficulty is not None and (challenge.discrimination or 0.0) > 0.0


def next_question(
    content: CalibratedRelease,
    answers: Sequence[Answered],
    seed: bytes,
    *,
    seen: Collection[int] = (),
    excluded_skills: Collection[int] = (),
) -> Question | None:
    """The next question, or ``None`` when the test is over.

    ``seen`` are the challenges that may not come: those this candidate had in other attempts, and those :func:`withheld` from
    this one; ``excluded_skills`` are the skills of questions withdrawn by a confirmed alert.

    >>> from engine.synthetic import synthetic_release
    >>> content = calibrated(synthetic_release(), "fr")
    >>> first = next_question(content, [], b"kept with the test")
    >>> first == next_question(content, [], b"kept with the test")
    True
    >>> first == next_question(content, [], b"kept with the test", seen=[first.challenge_index])
    False
    """
    item = content.engine.next(_resumed(content, answers, seed, seen, excluded_skills))
    if item is None:
        return None
    index = content.challenges[item]
    variants = len(content.release.challenges[index].variants)
    return Question(index, Chance(seed, "variant", index).below(variants))


def _resumed(
    content: CalibratedRelease, answers: Sequence[Answered], seed: bytes, seen: Collection[int], excluded_skills: Collection[int]
) -> State:
    closed = {content.item_of[index] for index in seen if index in content.item_of}
    if excluded_skills:
        withdrawn = frozenset(excluded_skills)
        closed |= {item for item, skill in enumerate(content.engine.bank.skill) if skill in withdrawn}
    return content.engine.resume(seed, content.answers(answers), closed)


def score(
    content: CalibratedRelease,
    answers: Sequence[Answered],
    seed: bytes,
    *,
    neutralised: Collection[int] = (),
    seen: Collection[int] = (),
    excluded_skills: Collection[int] = (),
    circumstances: Circumstances = Circumstances(),
) -> Jalon2plScore:
    """Score a test; ``neutralised`` are the positions in ``answers`` (from 0) that do not count.

    As in the published scheme, a candidate who gave up with enough answers has the missing ones taken as skipped; a technical
    stop costs nothing.

    >>> from engine.synthetic import synthetic_release
    >>> right = Answered(0, 0, Result.OK, elapsed_ms=9_000, at=1_795_000_000)
    >>> too_short = score(calibrated(synthetic_release(), "fr"), [right], b"kept with the test")
    >>> too_short.status.value, too_short.reason.value
    ('rejected', 'too_few_answers')
    """
    counted = [answered for position, answered in enumerate(answers) if position not in set(neutralised)]
    outcomes = content.answers(counted)
    answered = len(outcomes)
    if circumstances.ending is Ending.GAVE_UP and answered >= content.scheme.minimum_answers:
        outcomes += _simulate_skipped(content, answers, seed, seen, excluded_skills)
    capacity = _unstandardised(content.scheme, *_posterior(content, outcomes))
    certified = _unstandardised(content.scheme, *weighted_likelihood(content.engine.bank, outcomes)) if outcomes else capacity
    pix = mesh_score(certified.theta, content.scheme.bounds, content.scheme.maximum)
    status, reason = adaptive_outcome(circumstances, answered, content.scheme.minimum_answers, pix)
    simulated = len(outcomes) - answered
    if status is not Status.VALIDATED:
        return Jalon2plScore(status, reason, 0, 0, {}, capacity, certified, answered, simulated)
    level = mesh_of(certified.theta, content.scheme.bounds)
    competences = {code: _competence(content, outcomes, group, code) for group, code in enumerate(content.codes)}
    return Jalon2plScore(status, reason, pix, level, competences, capacity, certified, answered, simulated)


def _posterior(content: CalibratedRelease, outcomes: Sequence[tuple[int, bool]]) -> tuple[float, float]:
    state = content.engine.resume(b"", outcomes)
    return state.theta, state.se


def _unstandardised(scheme: Jalon2plScheme, theta: float, error: float) -> Capacity:
    return Capacity(scheme.prior_mean + scheme.prior_sd * theta, scheme.prior_sd * error)


def _simulate_skipped(
    content: CalibratedRelease, answers: Sequence[Answered], seed: bytes, seen: Collection[int], excluded_skills: Collection[int]
) -> list[tuple[int, bool]]:
    """What was not answered, as if skipped, each on the question that would have come."""
    state = _resumed(content, answers, seed, seen, excluded_skills)
    simulated = []
    while len(state.answers) < content.scheme.questions and (item := content.engine.next(state)) is not None:
        simulated.append((item, False))
        content.engine.answer(state, item, right=False)
    return simulated


def _competence(content: CalibratedRelease, outcomes: Sequence[tuple[int, bool]], group: int, code: str) -> CompetenceEstimate:
    """The posterior of the ability in one competence.

    A pupil's ability in a competence is their ability overall plus a deviation N(0, ``competence_spread``²): what the other
    competences tell, blurred by that spread, times the likelihood of the competence's own answers.
    """
    scheme, engine = content.scheme, content.engine
    elsewhere = engine.resume(b"", [outcome for outcome in outcomes if engine.bank.group[outcome[0]] != group]).weights
    own = engine.resume(b"", [outcome for outcome in outcomes if engine.bank.group[outcome[0]] == group]).weights
    spread = scheme.competence_spread / scheme.prior_sd
    kernel = [exp(-((step * GRID_STEP) ** 2) / (2 * spread * spread)) for step in range(len(GRID))]
    blurred = [fsum(weight * kernel[abs(place - other)] for other, weight in enumerate(elsewhere)) for place in range(len(GRID))]
    weights = [value * likelihood / prior for value, likelihood, prior in zip(blurred, own, PRIOR, strict=True)]
    theta, error = moments(weights)
    capacity = _unstandardised(scheme, theta, error)
    level, probability = _most_probable(weights, scheme, scheme.competence_bounds.get(code, scheme.bounds))
    return CompetenceEstimate(level, probability, capacity)


def _most_probable(weights: Sequence[float], scheme: Jalon2plScheme, bounds: Sequence[float]) -> tuple[int, float]:
    mass = [0.0] * (len(bounds) - 1)
    for point, weight in zip(GRID, weights, strict=True):
        mass[mesh_of(scheme.prior_mean + scheme.prior_sd * point, bounds)] += weight
    level = max(range(len(mass)), key=mass.__getitem__)
    return level, mass[level] / fsum(mass)
