"""How often the jury's instruments ring on honest work, and how well calibration finds known parameters.

``PYTHONPATH=.:layers/engine .venv/bin/python -m benchmarks.engine.instruments``: a table, then one line of JSON. The figures in
:mod:`engine.person_fit` come from it; the tests hold the same simulations to their limits.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from math import exp, sqrt

from engine.calibrate import calibrate
from engine.chance import Chance
from engine.exposure import normal
from engine.item_bank import Bank
from engine.person_fit import Item, SharedItem, TimedItem, person_fit, response_times, similarity
from engine.two_pl import Plan, TwoPl, weighted_likelihood

THRESHOLDS = (0.01, 0.05)


def bank_of(size: int = 960, groups: int = 16) -> Bank:
    """Items with a ~ lognormal(0, 0.3) and b ~ N(0, 1.2²), their competences going round."""
    chance = Chance(b"bank", size)
    a = [exp(0.3 * normal(chance)) for _ in range(size)]
    return Bank(a, [1.2 * normal(chance) for _ in range(size)], [item % groups for item in range(size)])


def right(bank: Bank, item: int, theta: float, chance: Chance) -> bool:
    """One answer drawn from the model."""
    return chance.uniform() < 1 / (1 + exp(bank.a[item] * (bank.b[item] - theta)))


def adaptive_test(engine: TwoPl, number: int) -> tuple[list[Item], float]:
    """An honest adaptive test, and Warm's estimate from it."""
    bank, seed = engine.bank, b"honest%d" % number
    theta, chance, state = normal(Chance(b"theta", number)), Chance(seed, "answers"), engine.start(seed)
    while (item := engine.next(state)) is not None:
        engine.answer(state, item, right(bank, item, theta, chance))
    items = [Item(bank.b[item], bank.a[item], correct) for item, correct in state.answers]
    return items, weighted_likelihood(bank, state.answers)[0]


def fixed_form(bank: Bank, number: int, questions: int = 40) -> tuple[list[Item], float]:
    """An honest test on questions of all difficulties, and Warm's estimate from it."""
    chance = Chance(b"fixed", number)
    theta = normal(chance)
    answers = [(item, right(bank, item, theta, chance)) for item in range(questions)]
    return [Item(bank.b[item], bank.a[item], correct) for item, correct in answers], weighted_likelihood(bank, answers)[0]


def times(number: int, pace: float = 0.0) -> list[TimedItem]:
    """The times of an honest pupil; ``pace`` is the logarithm of how slow they are."""
    chance = Chance(b"times", number)
    items = []
    for _ in range(32):
        mean, deviation = 3 + 0.6 * normal(chance), 0.4 + 0.2 * chance.uniform()
        items.append(TimedItem(mean, deviation, exp(mean + pace + deviation * normal(chance))))
    return items


def pair(number: int, copied: float = 0.0) -> list[SharedItem]:
    """Two candidates on the same 40 questions; the second copies each answer with the chance ``copied``."""
    chance = Chance(b"pair", number)
    first, second = normal(chance), normal(chance)
    items = []
    for _ in range(40):
        difficulty = 1.2 * normal(chance)
        chances = [1 / (1 + exp(1.2 * (difficulty - theta))) for theta in (first, second)]
        answers = ["right" if chance.uniform() < p else f"wrong{chance.below(4)}" for p in chances]
        if chance.uniform() < copied:
            answers[1] = answers[0]
        items.append(SharedItem(chances[0], chances[1], answers[0] == answers[1]))
    return items


def rates(p_values: Sequence[float]) -> tuple[float, ...]:
    """The shares below each of :data:`THRESHOLDS`."""
    return tuple(sum(value < threshold for value in p_values) / len(p_values) for threshold in THRESHOLDS)


def false_alarms(n: int, say: Callable[[str], None]) -> dict[str, tuple[float, ...]]:
    """The rates of each instrument on ``n`` honest tests or pairs."""
    bank = bank_of()
    engine = TwoPl(bank, Plan(32))
    simulations: dict[str, Callable[[int], float]] = {
        "lz*, form of all difficulties": lambda number: person_fit(*fixed_form(bank, number)).p_value,
        "lz*, adaptive test": lambda number: person_fit(*adaptive_test(engine, number)).p_value,
        "response times, whatever the pace": lambda number: response_times(times(number)).whole.p_value,
        "similarity of two candidates": lambda number: similarity(pair(number)).p_value,
    }
    found = {}
    for name, simulated in simulations.items():
        say(f"{name}: {n} honest")
        found[name] = rates([simulated(number) for number in range(n)])
    return found


def known_items(seed: bytes, items: int = 60) -> list[tuple[float, float]]:
    """True discriminations and difficulties."""
    chance = Chance(seed)
    return [(exp(0.3 * normal(chance)), 1.2 * normal(chance)) for _ in range(items)]


def answers_to(known: Sequence[tuple[float, float]], seed: bytes, candidates: int, each: int) -> list[tuple[str, str, bool]]:
    """Every candidate, of N(0, 1), answers ``each`` of the items, drawn at random."""
    chance, given = Chance(seed), []
    for number in range(candidates):
        theta = normal(chance)
        for item in chance.shuffled(range(len(known)))[:each]:
            a, d = known[item]
            given.append((f"c{number}", f"i{item}", chance.uniform() < 1 / (1 + exp(a * (d - theta)))))
    return given


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Pearson's."""
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return covariance / sqrt(sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys))


def recovery(sample: int) -> tuple[float, float]:
    """Correlations of estimated with true difficulties and discriminations, at 1 000 answers an item (60 items, 1 500 candidates)."""
    known = known_items(b"items%d" % sample)
    found = {one.item: one for one in calibrate(answers_to(known, b"answers%d" % sample, 1_500, 40), turns=40)}
    order = [found[f"i{item}"] for item in range(len(known))]
    return (
        correlation([d for _, d in known], [one.difficulty for one in order]),
        correlation([a for a, _ in known], [one.discrimination for one in order]),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine.instruments", description=__doc__)
    parser.add_argument("--n", type=int, default=4_000, help="honest tests for each instrument")
    parser.add_argument("--samples", type=int, default=3, help="calibrations of items drawn anew")
    options = parser.parse_args()

    def say(text: str) -> None:
        print(f"… {text}", file=sys.stderr, flush=True)

    alarms = false_alarms(options.n, say)
    print(f"{'rings on honest work':<36}{'under 1 %':>12}{'under 5 %':>12}   n = {options.n}")
    for name, (rare, common) in alarms.items():
        print(f"{name:<36}{rare:>11.2%} {common:>11.2%}")
    recovered = []
    for sample in range(options.samples):
        say(f"calibration, sample {sample + 1} of {options.samples}")
        recovered.append(recovery(sample))
        difficulty, discrimination = recovered[-1]
        print(f"calibration, sample {sample + 1}: correlation {difficulty:.3f} for difficulty, {discrimination:.3f} for discrimination")
    held = {
        "rings at 1 % in at most 2 % of honest work": max(rare for rare, _ in alarms.values()) <= 0.02,
        "rings at 5 % in at most 7 % of honest work": max(common for _, common in alarms.values()) <= 0.07,
        "difficulty ≥ 0.95": min(difficulty for difficulty, _ in recovered) >= 0.95,
        "discrimination ≥ 0.85": min(discrimination for _, discrimination in recovered) >= 0.85,
    }
    for bar, holds in held.items():
        print(f"{'ok  ' if holds else 'MISS'} {bar}")
    print(json.dumps({"n": options.n, "false_alarms": alarms, "calibration": recovered, "bars": held}, ensure_ascii=False))
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
