"""How well and how fast: ``make bench NAME=engine``, or ``python -m benchmarks.engine`` with the group ``bench-engine``.

The same work for every engine in the same run. Times are CPU times of this machine: read the ratios. The last line is the
figures as JSON; the exit status is 1 when a bar is missed. A plot of bias and coverage by ability is written beside them.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.engine.adapter import Engine
from benchmarks.engine.measure import (
    Measured,
    at_ability,
    cold_start,
    measure,
    paired,
    quadrature_error,
    stateless_us,
    van_trees,
)
from benchmarks.engine.peers import NOT_HERE, PEERS, r_packages
from benchmarks.engine.plot import bias_and_coverage
from benchmarks.engine.reference import Examinee, ReferenceBank, examinees, reference_bank

COMMAND = "make bench NAME=engine"
SAMPLES = (2, 3, 4)  # seeds of the examinees: the reference ones, then two more samples, as luck must not decide
Say = Callable[[str], None]


def bars(figures: dict[str, Any]) -> dict[str, bool]:
    """Every bar of the issue: those of ``content16x2`` in each sample, but the RMSE, whose noise is ±1.1 % at n = 4 000, over all."""
    fixed, samples, stop = figures["fixed32"], figures["content16x2"], figures["stop_at_se_0.30"]
    checks = {
        "p99 of a step ≤ 120 µs": max(fixed["step_p99_us"], *(one["step_p99_us"] for one in samples)) <= 120,
        "stateless step ≤ 200 µs": figures["stateless_us"] <= 200,
        "≤ 2 bytes an answer": figures["bytes_per_answer"] <= 2,
        "300 → 30 000 items ≤ 1.5 ×": figures["size_ratio"] <= 1.5,
        "cold start ≤ 15 ms": figures["cold_start_ms"] <= 15,
        "cold start ≤ 20 MiB": figures["cold_start_mib"] <= 20,
        "fixed32 RMSE ≤ 1.04 × van Trees": fixed["rmse"] <= 1.04 * figures["van_trees_fixed32"],
        "coverage 0.94–0.96": all(0.94 <= one["coverage_95"] <= 0.96 for one in (fixed, *samples)),
        "|bias| ≤ 0.02": all(abs(one["bias"]) <= 0.02 for one in (fixed, *samples)),
        "content16x2 exposure ≤ 0.22": all(one["max_exposure"] <= 0.22 for one in samples),
        "content16x2 overlap ≤ 0.17": all(one["overlap"] <= 0.17 for one in samples),
        "content16x2 mean SE ≤ 0.208": all(one["mean_se"] <= 0.208 for one in samples),
        "content16x2 RMSE ≤ 0.207": figures["content16x2_rmse"] <= 0.207,
        "eight levels ≥ 0.70 exact": fixed["levels_exact"] >= 0.70,
        "eight levels ≥ 0.998 within one": fixed["levels_within_one"] >= 0.998,
        "quadrature ≤ 1e-4 first, ≤ 1e-6 at the end": figures["quadrature"]["first_answers"] <= 1e-4
        and figures["quadrature"]["end"] <= 1e-6,
        "SE 0.30 in ≤ 12.5 questions": stop["fixed32"]["length"] <= 12.5,
        "SE 0.30 in ≤ 15 questions, capped": stop["content16x2"]["length"] <= 15 and stop["content16x2"]["max_exposure"] <= 0.22,
    }
    for name, peer in figures["peers"].items():
        if name.startswith("catsim"):
            checks["a step ≤ 1/80 of catsim's"] = fixed["step_us"] * 80 <= peer["step_us"]
        if "squared_error_gap" in peer and not name.startswith("numpy"):
            checks[f"RMSE not above {name}'s beyond noise"] = peer["squared_error_gap"] <= 1.96 * peer["squared_error_gap_error"]
    return checks


def _ours(figures: dict[str, Any], bank: ReferenceBank, people: Sequence[Examinee], n: int, folder: Path, say: Say) -> Measured:
    """Our engine in both modes, whole; returns ``fixed32`` on the reference examinees, for the peers to stand beside."""
    fixed = Engine(bank, "fixed32")
    content = Engine(bank, "content16x2", progress=lambda text: say(f"prices of content16x2: {text}"))
    figures["van_trees_fixed32"], figures["van_trees_content16x2_uncapped"] = van_trees(bank, None), van_trees(bank, 2)
    say(f"fixed32: {n} tests")
    reference = measure(fixed, bank, people)
    figures["fixed32"] = asdict(reference.quality)
    figures["content16x2"] = []
    gaps: list[float] = []
    for seed in SAMPLES:
        say(f"content16x2, sample {seed}: {n} tests")
        found = measure(content, bank, people if seed == SAMPLES[0] else examinees(n, seed=seed))
        figures["content16x2"].append(asdict(found.quality))
        gaps += found.gaps
    figures["content16x2_rmse"] = (sum(gap * gap for gap in gaps) / len(gaps)) ** 0.5
    say("bias and coverage by ability")
    points = [at_ability(content, bank, step / 2, max(n // 10, 10)) for step in range(-5, 6)]
    figures["by_ability"] = [asdict(point) for point in points]
    plot = folder / "engine-bias-coverage.svg"
    plot.write_text(bias_and_coverage("content16x2 : selon la capacité vraie", points), encoding="utf-8")
    say(f"plot: {plot}")
    say("stateless steps, quadrature, bank sizes, cold start")
    figures["stateless_us"], figures["bytes_per_answer"] = stateless_us(content, bank, people[:300])
    figures["quadrature"] = quadrature_error(fixed, bank, people[:20])
    steps = []
    for size in (300, 30_000):
        sized = reference_bank(size, seed=3)
        steps.append(measure(Engine(sized, "fixed32"), sized, examinees(60, size)).quality.step_us)
    figures["size_ratio"] = steps[1] / steps[0]
    figures["cold_start_ms"], figures["cold_start_mib"] = cold_start(content, folder)
    return reference


def _stopping(bank: ReferenceBank, people: Sequence[Examinee], say: Say) -> dict[str, Any]:
    """Tests that stop at a standard error of 0.30; capped, with the prices of such short tests."""
    found = {}
    for mode in ("fixed32", "content16x2"):
        engine = Engine(bank, mode, target_error=0.3, progress=lambda text: say(f"prices of short tests: {text}"))
        say(f"{mode}, stopping at a standard error of 0.30: {len(people)} tests")
        found[mode] = asdict(measure(engine, bank, people).quality)
    return found


def _peers(
    bank: ReferenceBank, people: Sequence[Examinee], ours: Measured, scale: float, say: Say
) -> tuple[dict[str, Any], dict[str, str]]:
    """Every peer that is here on the first examinees, as many as its speed allows; and why the others are not."""
    found: dict[str, Any] = {}
    absent = r_packages()
    for peer in PEERS:
        n = min(max(int(peer.n * scale), 2), len(people))
        try:
            name = f"{peer.name} {peer.prepare()}"
            say(f"{name}: {n} tests")
            engine = peer.engine(bank, "fixed32")
            theirs = measure(engine, bank, people[:n])
            if hasattr(engine, "close"):
                engine.close()
        except NOT_HERE as error:
            absent[peer.name] = str(error)
            continue
        mean, error_of_mean = paired(ours.gaps[:n], theirs.gaps)
        found[name] = asdict(theirs.quality) | {
            "our_rmse_on_the_same": (sum(gap * gap for gap in ours.gaps[:n]) / n) ** 0.5,
            "squared_error_gap": mean,
            "squared_error_gap_error": error_of_mean,
        }
    return found, absent


def run(n: int, peer_scale: float, folder: Path, say: Say) -> dict[str, Any]:
    """Everything; ``n`` examinees a sample for ours, the peers' own numbers times ``peer_scale`` for the peers."""
    figures: dict[str, Any] = {"command": COMMAND, "n": n}
    bank, people = reference_bank(), examinees(n)
    say(f"bank of {len(bank.a)} items, {n} examinees a sample")
    ours = _ours(figures, bank, people, n, folder, say)
    figures["stop_at_se_0.30"] = _stopping(bank, people, say)
    figures["peers"], figures["not_here"] = _peers(bank, people, ours, peer_scale, say)
    figures["bars"] = bars(figures)
    return figures


def _print_table(figures: dict[str, Any]) -> None:
    rows = {"ours, fixed32": figures["fixed32"]}
    rows |= {f"ours, content16x2, sample {seed}": one for seed, one in zip(SAMPLES, figures["content16x2"], strict=True)}
    rows |= {f"ours, {mode}, to SE 0.30": one for mode, one in figures["stop_at_se_0.30"].items()}
    rows |= figures["peers"]
    print(f"{'engine':<34}{'n':>6}{'step µs':>11}{'p99 µs':>11}{'RMSE':>8}{'SE':>8}{'exposure':>10}{'overlap':>9}{'length':>8}")
    for name, row in rows.items():
        print(
            f"{name:<34}{row['n']:>6}{row['step_us']:>11.1f}{row['step_p99_us']:>11.1f}{row['rmse']:>8.4f}{row['mean_se']:>8.4f}"
            f"{row['max_exposure']:>10.3f}{row['overlap']:>9.3f}{row['length']:>8.2f}"
        )
    for name, peer in figures["peers"].items():
        print(
            f"beside {name}, the same {peer['n']} examinees: RMSE {peer['our_rmse_on_the_same']:.4f} to {peer['rmse']:.4f}; squared error "
            f"{peer['squared_error_gap']:+.5f} ± {1.96 * peer['squared_error_gap_error']:.5f}"
        )
    for name, why in figures["not_here"].items():
        print(f"{name}: {why}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--n", type=int, default=4_000, help="examinees in each sample for our engine")
    parser.add_argument("--peer-scale", type=float, default=1.0, help="factor on the peers' numbers of examinees")
    parser.add_argument("--out", type=Path, default=Path(".jalon/benchmarks"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {text}", file=sys.stderr, flush=True)

    figures = run(options.n, options.peer_scale, options.out, say)
    figures["seconds"] = round(time.monotonic() - started)
    _print_table(figures)
    for bar, held in figures["bars"].items():
        print(f"{'ok  ' if held else 'MISS'} {bar}")
    print(json.dumps(figures, ensure_ascii=False))
    return 0 if all(figures["bars"].values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
