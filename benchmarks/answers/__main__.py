"""What an answer costs: ``make bench NAME=answers``.

Operations and units of DynamoDB counted from item sizes, CPU time inside the handler, and whole tests of 48 questions over HTTP, each
for the protocol's one conditional update and, in the same run, for its peer, get then put. Times are this machine's: read the ratios.
The last line is the figures as JSON; the exit status is 1 when the budget of docs/architecture.md is missed.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.answers.designs import GetThenPut
from benchmarks.answers.in_process import Measured, measure, silent
from benchmarks.answers.over_http import behind_one_server, on_the_deployed_stack
from benchmarks.answers.play import QUESTIONS
from benchmarks.answers.plot import plot
from benchmarks.answers.positioning import Played, play_positioning
from functions.answers import wiring
from jalon.assessment.assessment_store import DynamoAssessments
from local import emulator, stack
from local.paths import CONTENT_RELEASE, HOME
from tests.assessment.fakes import FakeAssessments
from tests.cloud import Cloud
from tests.functions.answers_cloud import answers_cloud
from tools.publish import publish_content

MOST_WRITE_UNITS = 2.0
PLOT = HOME / "bench" / "answers.svg"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """1 operation per answer, and at most 2 write units on average over a test (docs/architecture.md, budgets)."""

    operations: float
    write_units: float

    @property
    def is_met(self) -> bool:
        return self.operations == 1 and self.write_units <= MOST_WRITE_UNITS


def main() -> int:
    """Measure, draw and report; 1 when the budget is missed."""
    parser = argparse.ArgumentParser(prog="answers", description="Measure what an answer costs.")
    parser.add_argument("--tests", type=int, default=8, help="tests of 48 questions for each figure (default: 8)")
    parser.add_argument("--no-deployed", action="store_true", help="leave the deployed stack out, which may have to be brought up")
    chosen = parser.parse_args()
    with _step("Build the learning content"):
        stack.build_content()
    ours, peer, memory, served, positioning = _on_the_emulator(chosen.tests)
    figures: dict[str, Any] = {
        "questions": QUESTIONS,
        "tests": chosen.tests,
        "one_update": ours.figures() | {"cpu_store_in_memory_ms": memory.figures()["cpu_ms"], "http": served["one_update"]},
        "get_then_put": peer.figures() | {"http": served["get_then_put"]},
        "positioning": positioning.figures(),
    }
    if not chosen.no_deployed:
        with _step("Tests over HTTP on the deployed stack") as tell:
            figures["deployed_http"] = on_the_deployed_stack(max(1, chosen.tests // 4), tell).figures()
    _draw(ours, peer)
    budget = Budget(max(ours.answer_operations, positioning.answer_operations), ours.write_units_per_answer)
    figures["budget_met"] = budget.is_met
    print(json.dumps(figures))
    return 0 if budget.is_met else 1


def _on_the_emulator(tests: int) -> tuple[Measured, Measured, Measured, dict[str, Any], Played]:
    with _emulated():
        parts = wiring.parts()
        with _step("One update, in process") as tell:
            ours = measure(parts, DynamoAssessments(), tests, tell)
        with _step("Get then put, in process") as tell:
            peer = measure(parts, GetThenPut(), tests, tell)
        with _step("One update, on a store in memory") as tell:
            memory = measure(parts, FakeAssessments(), tests, tell)
        stores = {"one_update": DynamoAssessments(), "get_then_put": GetThenPut()}
        with _step("Both behind one server, over HTTP") as tell:
            served = behind_one_server(parts, stores, tests, tell)
        with _step("A competence's test, whose last answer shows the profile"):
            positioning = play_positioning()
    return ours, peer, memory, {name: timed.figures() for name, timed in served.items()}, positioning


@contextlib.contextmanager
def _emulated() -> Iterator[Cloud]:
    """An emulator of its own with the template's tables and the real content."""
    with tempfile.TemporaryDirectory(prefix="jalon-bench-") as folder:
        running = emulator.start(emulator.free_port(), Path(folder), keep_state=False, enforce_roles=False)
        try:
            with silent(), answers_cloud(running.endpoint) as cloud:
                publish_content(cloud.client("s3"), cloud.environment["CONTENT_BUCKET"], CONTENT_RELEASE)
                yield cloud
        finally:
            running.stop(patience_s=2)


def _draw(ours: Measured, peer: Measured) -> None:
    together = [read + write for read, write in zip(peer.read_units, peer.write_units, strict=True)]
    lines = {"one update: write units": ours.write_units, "get then put: write and read units": together}
    plot(PLOT, f"DynamoDB units per answer over {QUESTIONS} questions (make bench NAME=answers)", lines)
    _say(f"plot: {PLOT}")


def _say(line: str) -> None:
    """To the person at the keyboard, whatever the standard output is bound to."""
    print(line, file=sys.__stdout__, flush=True)


@contextlib.contextmanager
def _step(title: str) -> Iterator[Tell]:
    _say(f"{title} …")
    began = time.monotonic()
    yield lambda detail: _say(f"  {detail}")
    _say(f"  {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
