"""What is measured of an engine: its times, its errors, and how it uses the bank."""

import subprocess
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

from benchmarks.engine.adapter import Engine
from benchmarks.engine.reference import Examinee, ReferenceBank, examinees_at
from engine.exposure import exposure
from engine.two_pl import weighted_likelihood

LAYER = Path(__file__).parents[2] / "layers" / "engine"
EIGHT_LEVELS = tuple(cut / 2 for cut in range(-3, 4))  # every half standard deviation

COLD_START = """
import gc, sys, time
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20
gc.disable()
before = time.process_time(), resident()
from engine.item_bank import Bank
from engine.two_pl import Plan, TwoPl
with open(sys.argv[1], "rb") as file:
    engine = TwoPl(Bank.unpack(file.read()), Plan(32))
engine.next(engine.start(b"seed"))
print((time.process_time() - before[0]) * 1000, resident() - before[1])
"""


@dataclass(frozen=True, slots=True)
class Quality:
    """What one engine did with the examinees: times in microseconds, the rest as in the issue.

    ``expected_rmse`` is the root of the mean squared stated error: what the RMSE comes to with ever more examinees if the
    stated errors are true, and much less noisy than it.
    """

    n: int
    step_us: float
    step_p99_us: float
    rmse: float
    expected_rmse: float
    bias: float
    mean_se: float
    coverage_95: float
    max_exposure: float
    overlap: float
    length: float
    levels_exact: float
    levels_within_one: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures, and each examinee's estimate less the truth."""

    quality: Quality
    gaps: tuple[float, ...]


def measure(engine: Any, bank: ReferenceBank, people: Sequence[Examinee]) -> Measured:
    """Play every examinee; a step is answer + estimate + choose. An engine outside this process times its own steps."""
    times, tests, gaps, errors, levels = [], [], [], [], []
    for number, person in enumerate(people):
        engine.seed(number, person.picks)
        state, asked = engine.start(), []
        item = engine.next(state)
        while item is not None:
            asked.append(item)
            right = person.answers(bank, item)
            started = thread_time_ns()
            engine.answer(state, item, right)
            theta, error = engine.estimate(state)
            item = engine.next(state)
            times.append(getattr(engine, "step_ns", 0) or thread_time_ns() - started)
        tests.append(asked)
        gaps.append(theta - person.theta)
        errors.append(error)
        levels.append(abs(bisect_right(EIGHT_LEVELS, theta) - bisect_right(EIGHT_LEVELS, person.theta)))
    times.sort()
    shares, overlap = exposure(tests, len(bank.a))
    n = len(people)
    return Measured(
        Quality(
            n=n,
            step_us=median(times) / 1000,
            step_p99_us=times[len(times) * 99 // 100] / 1000,
            rmse=sqrt(sum(gap * gap for gap in gaps) / n),
            expected_rmse=sqrt(sum(error * error for error in errors) / n),
            bias=sum(gaps) / n,
            mean_se=sum(errors) / n,
            coverage_95=sum(abs(gap) <= 1.96 * error for gap, error in zip(gaps, errors, strict=True)) / n,
            max_exposure=max(shares),
            overlap=overlap,
            length=sum(map(len, tests)) / n,
            levels_exact=levels.count(0) / n,
            levels_within_one=sum(gap <= 1 for gap in levels) / n,
        ),
        tuple(gaps),
    )


def paired(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """The mean of our squared error less theirs on the same examinees with the same answers, and its standard error."""
    gaps = [own * own - other * other for own, other in zip(ours, theirs, strict=True)]
    mean = sum(gaps) / len(gaps)
    return mean, sqrt(sum((gap - mean) ** 2 for gap in gaps) / (len(gaps) - 1) / len(gaps))


def stateless_us(engine: Engine, bank: ReferenceBank, people: Sequence[Examinee]) -> tuple[float, float]:
    """Median time to rebuild a test of 30 answers from its bytes, take the 31st and choose; and the bytes per answer."""
    times, size = [], 0.0
    for number, person in enumerate(people):
        engine.seed(number, person.picks)
        state = engine.start()
        item = engine.next(state)
        for _ in range(30):
            if item is None:
                break
            engine.answer(state, item, person.answers(bank, item))
            item = engine.next(state)
        if item is None:
            continue
        exported = engine.export(state)
        size = (len(exported) - len(person.picks) - 1) / 30
        right = person.answers(bank, item)
        started = thread_time_ns()
        again = engine.resume(exported)
        engine.answer(again, item, right)
        engine.next(again)
        times.append(thread_time_ns() - started)
    return median(times) / 1000, size


def quadrature_error(engine: Engine, bank: ReferenceBank, people: Sequence[Examinee], fine: int = 200) -> dict[str, float]:
    """The largest gap in estimate or stated error from a grid of ``fine`` points a unit on ±8: first five answers, and all 32."""
    points = [point / fine for point in range(-8 * fine, 8 * fine + 1)]
    worst = {"first_answers": 0.0, "end": 0.0}
    for number, person in enumerate(people):
        engine.seed(number, person.picks)
        state = engine.start()
        logs = [-point * point / 2 for point in points]
        while (item := engine.next(state)) is not None:
            right = person.answers(bank, item)
            engine.answer(state, item, right)
            a, b, sign = bank.a[item], bank.b[item], 1 if right else -1
            logs = [value - log(1 + exp(sign * a * (b - point))) for value, point in zip(logs, points, strict=True)]
            asked = len(state.answers)
            if asked <= 5 or asked == 32:
                where = "end" if asked == 32 else "first_answers"
                worst[where] = max(worst[where], *_gap(points, logs, engine.estimate(state)))
    return worst


def _gap(points: Sequence[float], logs: Sequence[float], estimate: tuple[float, float]) -> tuple[float, float]:
    highest = max(logs)
    weights = [exp(value - highest) for value in logs]
    total = sum(weights)
    mean = sum(point * weight for point, weight in zip(points, weights, strict=True)) / total
    spread = sqrt(sum((point - mean) ** 2 * weight for point, weight in zip(points, weights, strict=True)) / total)
    return abs(estimate[0] - mean), abs(estimate[1] - spread)


@dataclass(frozen=True, slots=True)
class AtAbility:
    """Bias and coverage at one ability: of the posterior mean, and of the weighted likelihood the certified score is made from."""

    theta: float
    n: int
    bias: float
    coverage_95: float
    weighted_bias: float
    weighted_coverage_95: float


def at_ability(engine: Engine, bank: ReferenceBank, theta: float, number: int) -> AtAbility:
    """Play ``number`` examinees of ability ``theta``."""
    means, weighted = [], []
    for place, person in enumerate(examinees_at(theta, number, len(bank.a))):
        engine.seed(place, person.picks)
        state = engine.start()
        while (item := engine.next(state)) is not None:
            engine.answer(state, item, person.answers(bank, item))
        means.append(engine.estimate(state))
        weighted.append(weighted_likelihood(engine.bank, state.answers))
    return AtAbility(theta, number, *_bias_and_coverage(means, theta), *_bias_and_coverage(weighted, theta))


def _bias_and_coverage(found: Sequence[tuple[float, float]], theta: float) -> tuple[float, float]:
    bias = sum(estimate - theta for estimate, _ in found) / len(found)
    return bias, sum(abs(estimate - theta) <= 1.96 * error for estimate, error in found) / len(found)


def van_trees(bank: ReferenceBank, per_competence: int | None) -> float:
    """The bound on the RMSE of any test of 32 (van Trees, 1968; Gill & Levit, 1995): 1 / sqrt(1 + E[best information])."""
    total = weight = 0.0
    for step in range(-40, 41):
        theta = step / 10
        values = []
        for a, b in zip(bank.a, bank.b, strict=True):
            chance = 1 / (1 + exp(a * (b - theta)))
            values.append(a * a * chance * (1 - chance))
        if per_competence is None:
            best = sum(sorted(values)[-32:])
        else:
            groups = range(max(bank.content) + 1)
            best = sum(sum(sorted(values[group :: len(groups)])[-per_competence:]) for group in groups)
        density = exp(-theta * theta / 2)
        total, weight = total + density * best, weight + density
    return 1 / sqrt(1 + total / weight)


def cold_start(engine: Engine, folder: Path) -> tuple[float, float]:
    """CPU milliseconds and MiB over a bare interpreter: import, read the packed bank, first question. The median of five."""
    packed = folder / "bank.bin"
    packed.write_bytes(engine.bank.pack())
    runs = []
    for _ in range(5):
        command = [sys.executable, "-I", "-c", f"import sys\nsys.path.insert(0, {str(LAYER)!r})\n{COLD_START}", str(packed)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - this very interpreter
        runs.append(tuple(float(value) for value in output.split()))
    return median(run[0] for run in runs), median(run[1] for run in runs)
