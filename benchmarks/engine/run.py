"""How well and how fast: ``python -m benchmarks.engine.run`` (peers with ``--group bench-engine``).

The same work for every engine in the same process. Times are CPU times of this machine: read the ratios. The last line is the
figures as JSON; the exit status is 1 when a bar is missed.
"""

import argparse
import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import exp, sqrt
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

from benchmarks.engine.adapter import Engine
from benchmarks.engine.peers import installed
from benchmarks.engine.reference import Examinee, ReferenceBank, examinees, reference_bank
from engine.exposure import exposure

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
    """What one engine did with the examinees: times in microseconds, the rest as in the issue."""

    n: int
    step_us: float
    step_p99_us: float
    rmse: float
    bias: float
    mean_se: float
    coverage_95: float
    max_exposure: float
    overlap: float
    length: float
    levels_exact: float
    levels_within_one: float


def measure(engine: Any, bank: ReferenceBank, people: Sequence[Examinee]) -> Quality:
    """Play every examinee; a step is answer + estimate + choose."""
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
            times.append(thread_time_ns() - started)
        tests.append(asked)
        gaps.append(theta - person.theta)
        errors.append(error)
        levels.append(abs(bisect_right(EIGHT_LEVELS, theta) - bisect_right(EIGHT_LEVELS, person.theta)))
    times.sort()
    shares, overlap = exposure(tests, len(bank.a))
    n = len(people)
    return Quality(
        n=n,
        step_us=median(times) / 1000,
        step_p99_us=times[len(times) * 99 // 100] / 1000,
        rmse=sqrt(sum(gap * gap for gap in gaps) / n),
        bias=sum(gaps) / n,
        mean_se=sum(errors) / n,
        coverage_95=sum(abs(gap) <= 1.96 * error for gap, error in zip(gaps, errors, strict=True)) / n,
        max_exposure=max(shares),
        overlap=overlap,
        length=sum(map(len, tests)) / n,
        levels_exact=levels.count(0) / n,
        levels_within_one=sum(gap <= 1 for gap in levels) / n,
    )


def stateless_us(engine: Engine, bank: ReferenceBank, people: Sequence[Examinee]) -> tuple[float, float]:
    """Median time to rebuild a test of 31 answers from its bytes and take the last step; and the bytes per answer."""
    times, size = [], 0.0
    for number, person in enumerate(people):
        engine.seed(number, person.picks)
        state = engine.start()
        for _ in range(31):
            item = engine.next(state)
            if item is None:
                break
            engine.answer(state, item, person.answers(bank, item))
        exported = engine.export(state)
        size = (len(exported) - len(person.picks) - 1) / 31
        started = thread_time_ns()
        again = engine.resume(exported)
        item = engine.next(again)
        times.append(thread_time_ns() - started)
    return median(times) / 1000, size


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


def bars(figures: dict[str, Any]) -> dict[str, bool]:
    """Every bar of the issue that this run can check."""
    fixed, content, stop = figures["fixed32"], figures["content16x2"], figures["stop_at_se_0.30"]
    checks = {
        "p99 of a step ≤ 120 µs": fixed["step_p99_us"] <= 120,
        "stateless step ≤ 200 µs": figures["stateless_us"] <= 200,
        "≤ 2 bytes an answer": figures["bytes_per_answer"] <= 2,
        "300 → 30 000 items ≤ 1.5 ×": figures["size_ratio"] <= 1.5,
        "cold start ≤ 15 ms": figures["cold_start_ms"] <= 15,
        "cold start ≤ 20 MiB": figures["cold_start_mib"] <= 20,
        "fixed32 RMSE ≤ 1.04 × van Trees": fixed["rmse"] <= 1.04 * figures["van_trees_fixed32"],
        "coverage 0.94–0.96": 0.94 <= fixed["coverage_95"] <= 0.96,
        "|bias| ≤ 0.02": abs(fixed["bias"]) <= 0.02,
        "content16x2 exposure ≤ 0.22": content["max_exposure"] <= 0.22,
        "content16x2 overlap ≤ 0.17": content["overlap"] <= 0.17,
        "content16x2 mean SE ≤ 0.208": content["mean_se"] <= 0.208,
        "content16x2 RMSE ≤ 0.207": content["rmse"] <= 0.207,
        "eight levels ≥ 0.70 exact": fixed["levels_exact"] >= 0.70,
        "eight levels ≥ 0.998 within one": fixed["levels_within_one"] >= 0.998,
        "SE 0.30 in ≤ 12.5 questions": stop["fixed32"] <= 12.5,
        "SE 0.30 in ≤ 15 questions, capped": stop["content16x2"] <= 15,
    }
    catsim = next((peer for name, peer in figures["peers"].items() if name.startswith("catsim")), None)
    if catsim:
        checks["a step ≤ 1/80 of catsim's"] = figures["fixed32_same_n"]["step_us"] * 80 <= catsim["step_us"]
        checks["RMSE not above catsim's beyond noise"] = figures["fixed32_same_n"]["rmse"] <= catsim["rmse"] * 1.05
    return checks


def run(n: int, peer_n: int, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Everything; ``n`` examinees for ours, ``peer_n`` for the peers and for ours beside them."""
    bank, people = reference_bank(), examinees(n)
    say(f"bank of {len(bank.a)} items, {n} examinees")
    fixed = Engine(bank, "fixed32")
    say("working out the prices of content16x2")
    content = Engine(bank, "content16x2")
    packed = content.bank.pack()
    figures: dict[str, Any] = {"van_trees_fixed32": van_trees(bank, None), "van_trees_content16x2_uncapped": van_trees(bank, 2)}
    for name, engine in (("fixed32", fixed), ("content16x2", content)):
        say(f"{name}: {n} tests")
        figures[name] = asdict(measure(engine, bank, people))
    say("stopping at a standard error of 0.30")
    figures["stop_at_se_0.30"] = {
        "fixed32": measure(Engine(bank, "fixed32", target_error=0.3), bank, people[:1000]).length,
        "content16x2": measure(Engine(bank, "content16x2", target_error=0.3, priced_bank=packed), bank, people[:1000]).length,
    }
    say("stateless steps, bank sizes, cold start")
    figures["stateless_us"], figures["bytes_per_answer"] = stateless_us(content, bank, people[:300])
    steps = []
    for size in (300, 30_000):
        sized = reference_bank(size, seed=3)
        steps.append(measure(Engine(sized, "fixed32"), sized, examinees(60, size)).step_us)
    figures["size_ratio"] = steps[1] / steps[0]
    figures["cold_start_ms"], figures["cold_start_mib"] = cold_start(content, folder)
    figures["fixed32_same_n"] = asdict(measure(fixed, bank, people[:peer_n]))
    figures["peers"] = {}
    for name, peer in installed().items():
        say(f"{name}: {peer_n} tests")
        figures["peers"][name] = asdict(measure(peer(bank, "fixed32"), bank, people[:peer_n]))
    figures["bars"] = bars(figures)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine.run", description=__doc__)
    parser.add_argument("--n", type=int, default=4_000, help="examinees for our engine")
    parser.add_argument("--peer-n", type=int, default=100, help="examinees for the peers")
    parser.add_argument("--out", type=Path, default=Path(".jalon/benchmarks"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    figures = run(options.n, options.peer_n, options.out, lambda text: print(f"… {text}", file=sys.stderr, flush=True))
    rows = {"ours, fixed32": figures["fixed32_same_n"], **figures["peers"], f"ours, fixed32, n = {options.n}": figures["fixed32"]}
    rows[f"ours, content16x2, n = {options.n}"] = figures["content16x2"]
    print(f"{'engine':<36}{'step µs':>10}{'p99 µs':>10}{'RMSE':>8}{'SE':>8}{'exposure':>10}{'overlap':>9}")
    for name, row in rows.items():
        print(
            f"{name:<36}{row['step_us']:>10.1f}{row['step_p99_us']:>10.1f}{row['rmse']:>8.4f}{row['mean_se']:>8.4f}"
            f"{row['max_exposure']:>10.3f}{row['overlap']:>9.3f}"
        )
    for bar, held in figures["bars"].items():
        print(f"{'ok  ' if held else 'MISS'} {bar}")
    print(json.dumps(figures, ensure_ascii=False))
    return 0 if all(figures["bars"].values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
