"""The jury's instruments: three signs that a test may not be what it seems. They advise; they decide nothing.

- :func:`person_fit`: answers too surprising for the ability they give (lz*: Snijders, *Psychometrika* 66, 2001, eq. 12–20,
  which corrects the lz of Drasgow, Levine & Williams, 1985, for the ability being estimated).
- :func:`response_times`: answers too fast or too slow for the pupil and the question (the lognormal model of van der Linden,
  *JEBS* 31, 2006, eq. 4, with the residuals' sum of squares as statistic: Marianti et al., *JEBS* 39, 2014).
- :func:`similarity`: two candidates with more identical answers than their abilities explain (the generalized binomial test of
  van der Linden & Sotaridona, *JEBS* 31, 2006, eq. 1–4).

Each gives a p-value: under a threshold of 1 % (5 %), about one honest pupil in a hundred (in twenty) rings. Measured on 4 000
simulated honest tests each, by ``python -m benchmarks.engine.instruments``: lz* 1.5 % (5.1 %) on a form of all difficulties and
0.5 % (2.4 %) on an adaptive test, where little can surprise; times 1.2 % (5.3 %); similarity 0.6 % (3.1 %).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt


@dataclass(frozen=True, slots=True)
class Sign:
    """A statistic and its p-value: how often honest work would look at least as strange."""

    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Item:
    """The 2PL parameters of one question that was answered, and whether it was right."""

    difficulty: float
    discrimination: float
    right: bool


def person_fit(items: Sequence[Item], theta: float, *, prior_deviation: float | None = None) -> Sign:
    """lz* of one test, with the p-value of as low a one (misfit is low); ``theta`` must have been estimated from these items.

    With ``prior_deviation`` the estimate is the mode of the posterior under N(0, prior_deviation²), else Warm's weighted
    likelihood estimate. Fewer than five items say nothing: 0 and 1.

    >>> honest = [Item(step / 4 - 2, 1.5, step < 8) for step in range(16)]
    >>> upside_down = [Item(step / 4 - 2, 1.5, step >= 8) for step in range(16)]
    >>> round(person_fit(honest, 0.0).p_value, 2), person_fit(upside_down, 0.0).p_value < 0.001
    (0.94, True)
    """
    if len(items) < 5:
        return Sign(0.0, 1.0)
    chances = [_chance(item, theta) for item in items]
    spreads = [chance * (1 - chance) for chance in chances]
    slopes = [item.discrimination * spread for item, spread in zip(items, spreads, strict=True)]
    weights = [log(chance / (1 - chance)) for chance in chances]
    information = sum(item.discrimination * slope for item, slope in zip(items, slopes, strict=True))
    pull = sum(weight * slope for weight, slope in zip(weights, slopes, strict=True)) / information
    adjusted = [weight - pull * item.discrimination for weight, item in zip(weights, items, strict=True)]
    variance = sum(weight * weight * spread for weight, spread in zip(adjusted, spreads, strict=True))
    if variance < 1e-9:
        return Sign(0.0, 1.0)
    surprise = sum((item.right - chance) * weight for item, chance, weight in zip(items, chances, weights, strict=True))
    offset = _offset(items, chances, theta, information, prior_deviation)
    statistic = (surprise + pull * offset) / sqrt(variance)
    return Sign(statistic, _below(statistic))


def _chance(item: Item, theta: float) -> float:
    return min(max(1 / (1 + exp(item.discrimination * (item.difficulty - theta))), 1e-9), 1 - 1e-9)


def _offset(items: Sequence[Item], chances: Sequence[float], theta: float, information: float, prior_deviation: float | None) -> float:
    """r0 of the estimating equation r0(θ) + Σ r(x − P) = 0: −θ/σ² for the mode, J / 2I for Warm's estimate."""
    if prior_deviation is not None:
        return -theta / (prior_deviation * prior_deviation)
    skewness = sum(item.discrimination**3 * chance * (1 - chance) * (1 - 2 * chance) for item, chance in zip(items, chances, strict=True))
    return skewness / (2 * information)


def _below(statistic: float) -> float:
    return erfc(-statistic / sqrt(2)) / 2


@dataclass(frozen=True, slots=True)
class TimedItem:
    """How a question is usually timed, from its past answers: mean and standard deviation of the log of the seconds taken, and
    the seconds this candidate took.
    """

    mean_log_s: float
    deviation_log_s: float
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class TimeSign:
    """``whole`` is about the test; ``pace`` the candidate's usual factor of time (1 = average); ``strange`` the positions of the
    answers further than three deviations from that pace: negative too fast, positive too slow.
    """

    whole: Sign
    pace: float
    strange: tuple[tuple[int, float], ...]


def response_times(items: Sequence[TimedItem]) -> TimeSign:
    """Are the times those of one person at one pace? A slow or a fast pupil is not strange; an uneven one is.

    Under the lognormal model the residuals about the pace have unit variance, and their sum of squares is χ² with n − 1
    degrees of freedom (the pace is estimated).

    >>> even = [TimedItem(3.0, 0.5, 20.0 + step) for step in range(20)]
    >>> response_times(even).whole.p_value > 0.5
    True
    """
    if len(items) < 5:
        return TimeSign(Sign(0.0, 1.0), 1.0, ())
    precisions = [1 / (item.deviation_log_s * item.deviation_log_s) for item in items]
    logs = [log(max(item.elapsed_s, 0.05)) - item.mean_log_s for item in items]
    pace = sum(weight * value for weight, value in zip(precisions, logs, strict=True)) / sum(precisions)
    residuals = [(value - pace) / item.deviation_log_s for value, item in zip(logs, items, strict=True)]
    statistic = sum(residual * residual for residual in residuals)
    strange = tuple((place, residual) for place, residual in enumerate(residuals) if abs(residual) > 3)
    return TimeSign(Sign(statistic, chi_square_tail(statistic, len(items) - 1)), exp(pace), strange)


def chi_square_tail(statistic: float, freedom: int) -> float:
    """P(χ² with ``freedom`` degrees ≥ statistic), by the finite sums for whole degrees (Abramowitz & Stegun 26.4.4–5).

    >>> round(chi_square_tail(3.841, 1), 3), round(chi_square_tail(18.307, 10), 3)
    (0.05, 0.05)
    """
    half = statistic / 2
    if freedom % 2:
        tail, term, place = erfc(sqrt(half)), exp(-half) * sqrt(half) * 2 / sqrt(3.141592653589793), 1.5
    else:
        tail, term, place = exp(-half), exp(-half) * half, 2.0
    for _ in range((freedom - 1) // 2 if freedom % 2 else freedom // 2 - 1):
        tail += term
        term *= half / place
        place += 1
    return min(tail, 1.0)


@dataclass(frozen=True, slots=True)
class SharedItem:
    """One question both candidates answered: each one's chance to be right, whether the two gave the same answer, and how likely
    two wrong answers are to be the same (1 / number of plausible wrong answers).
    """

    first_chance: float
    second_chance: float
    same: bool
    wrong_match: float = 0.25


def similarity(items: Sequence[SharedItem]) -> Sign:
    """The number of identical answers of two candidates, and the chance of as many by ability alone (generalized binomial).

    Answers are taken as independent given the abilities, so a question both find obvious hardly counts. Compare candidates of
    one session, and mind that a room of n holds n(n − 1)/2 pairs: divide the threshold by that number.

    >>> similarity([SharedItem(0.5, 0.5, same=True)] * 20).p_value < 0.001
    True
    """
    probabilities = [
        item.first_chance * item.second_chance + (1 - item.first_chance) * (1 - item.second_chance) * item.wrong_match for item in items
    ]
    matches = sum(item.same for item in items)
    distribution = [1.0]
    for chance in probabilities:
        without, matched = [*distribution, 0.0], [0.0, *distribution]
        distribution = [stay * (1 - chance) + step * chance for stay, step in zip(without, matched, strict=True)]
    return Sign(float(matches), min(1.0, sum(distribution[matches:])))
