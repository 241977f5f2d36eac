"""What an answer costs: ``make bench NAME=answers``.

Operations and units of DynamoDB counted from item sizes, CPU time inside the handler, and whole tests of 48 questions over HTTP, each
for the protocol's one conditional update and, in the same run, for its peer, get then put. Then what stands behind an answer, the profile
that the stream's worker keeps, and what a certification costs with it. Times are this machine's: read the ratios.
The last line is the figures as JSON; the exit status is 1 when a budget is missed (docs/architecture.md, *Budgets*).
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
from benchmarks.answers.prices import MOST_USD, Counted, cost_of
from benchmarks.answers.projection import Projected, project_a_year
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
    """1 operation per answer, at most 2 write units on average over a test, and 0.001 USD for it (docs/architecture.md, *Budgets*)."""

    operations: float
    write_units: float
    usd: float

    @property
    def is_met(self) -> bool:
        return self.operations == 1 and self.write_units <= MOST_WRITE_UNITS and self.usd <= MOST_USD


@dataclass(frozen=True, slots=True)
class OnTheEmulator:
    """Everything that is measured in this process and on an emulator of its own."""

    ours: Measured
    peer: Measured
    memory: Measured
    served: dict[str, Any]
    last_answer: Played
    positioning: Projected
    certification: Projected
    profiles: dict[str, Any]

    def counted(self) -> Counted:
        """One certification, its projection with it."""
        writes, reads = sum(self.ours.write_units), sum(self.ours.read_units)
        behind = self.certification
        return Counted(QUESTIONS, behind.batches, writes + behind.write_units, reads + behind.read_units)


def main() -> int:
    """Measure, draw and report; 1 when the budget is missed."""
    parser = argparse.ArgumentParser(prog="answers", description="Measure what an answer costs.")
    parser.add_argument("--tests", type=int, default=8, help="tests of 48 questions for each figure (default: 8)")
    parser.add_argument("--no-deployed", action="store_true", help="leave the deployed stack out, which may have to be brought up")
    chosen = parser.parse_args()
    with _step("Build the learning content"):
        stack.build_content()
    found = _on_the_emulator(chosen.tests)
    cost = cost_of(found.counted())
    in_memory = {"cpu_store_in_memory_ms": found.memory.figures()["cpu_ms"]}
    figures: dict[str, Any] = {
        "questions": QUESTIONS,
        "tests": chosen.tests,
        "one_update": found.ours.figures() | in_memory | {"http": found.served["one_update"]},
        "get_then_put": found.peer.figures() | {"http": found.served["get_then_put"]},
        "positioning": found.last_answer.figures(),
        "projection": {"positioning": found.positioning.figures(), "certification": found.certification.figures()},
        "profiles": found.profiles,
        "cost_of_a_certification": cost,
    }
    if not chosen.no_deployed:
        with _step("Tests over HTTP on the deployed stack") as tell:
            figures["deployed_http"] = on_the_deployed_stack(max(1, chosen.tests // 4), tell).figures()
    _draw(found.ours, found.peer)
    operations = max(found.ours.answer_operations, found.last_answer.answer_operations)
    budget = Budget(operations, found.ours.write_units_per_answer, cost["usd"])
    figures["budget_met"] = budget.is_met
    print(json.dumps(figures))
    return 0 if budget.is_met else 1


def _on_the_emulator(tests: int) -> OnTheEmulator:
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
            last_answer = play_positioning()
        with _step("A year's positioning and a certification, each image projected"):
            positioning, certification, profiles = project_a_year(parts)
    timed = {name: times.figures() for name, times in served.items()}
    return OnTheEmulator(ours, peer, memory, timed, last_answer, positioning, certification, profiles)


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
