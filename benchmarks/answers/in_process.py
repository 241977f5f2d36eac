"""The handler called in this process: what it asks of DynamoDB, and its CPU time, on the emulated tables and on a store in memory."""

import contextlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from statistics import median
from time import process_time
from typing import Any
from unittest.mock import patch

from benchmarks.answers.designs import Meter, metered
from benchmarks.answers.play import answer_event, answers, begin
from functions.answers import routes
from functions.answers.app import handler
from functions.answers.wiring import Parts
from jalon.assessment.store import AssessmentStore


@dataclass(slots=True)
class Measured:
    """One design: the operations and units of each answer of a test, and CPU milliseconds of each answer of every test."""

    operations: list[list[str]] = field(default_factory=list)
    write_units: list[int] = field(default_factory=list)
    read_units: list[int] = field(default_factory=list)
    item_bytes: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    cpu_without_store_ms: list[float] = field(default_factory=list)

    @property
    def answer_operations(self) -> float:
        """Operations per answer, the closing of the test apart."""
        return sum(map(len, self.operations[:-1])) / len(self.operations[:-1])

    @property
    def write_units_per_answer(self) -> float:
        """The mean over the test, its closing included."""
        return sum(self.write_units) / len(self.write_units)

    @property
    def read_units_per_answer(self) -> float:
        return sum(self.read_units) / len(self.read_units)

    def figures(self) -> dict[str, Any]:
        """As they are reported."""
        return {
            "operations": round(self.answer_operations, 2),
            "operations_at_the_end": len(self.operations[-1]) - round(self.answer_operations),
            "write_units": round(self.write_units_per_answer, 2),
            "read_units": round(self.read_units_per_answer, 2),
            "item_bytes": self.item_bytes,
            "cpu_ms": round(median(self.cpu_ms), 3),
            "cpu_without_store_ms": round(median(self.cpu_without_store_ms), 3),
            "answers_per_s_core": round(1000 / median(self.cpu_ms)),
        }


@contextlib.contextmanager
def served_by(parts: Parts, store: AssessmentStore) -> Iterator[Parts]:
    """The routes with another store, for as long as the block lasts; what they log goes nowhere."""
    shared = replace(parts, store=store)
    with patch.object(routes, "parts", lambda: shared):
        yield shared


def measure(parts: Parts, store: AssessmentStore, tests: int, tell: Callable[[str], None]) -> Measured:
    """Play this many tests of 48 questions; the first one warms up and is counted for its units only."""
    measured = Measured()
    with served_by(parts, store) as shared:
        for number in range(tests + 1):
            _play(shared, measured, first=number == 0)
            tell(f"test {number} of {tests}")
    return measured


def _play(parts: Parts, measured: Measured, *, first: bool) -> None:
    test = begin(parts, f"usr_{uuid.uuid4().hex}")
    spent_ms = 0.0

    def send(path: str, body: dict[str, Any]) -> dict[str, Any]:
        nonlocal spent_ms
        event = answer_event(test.user_id, path, body)
        began = process_time()
        reply = handler(event, None)
        spent_ms = (process_time() - began) * 1000
        document: dict[str, Any] = json.loads(reply["body"])
        return document

    with metered() as meter:
        before = Meter()
        for _ in answers(test, send):
            if first:
                measured.operations.append(meter.operations[len(before.operations) :])
                measured.write_units.append(meter.writes - before.writes)
                measured.read_units.append(meter.reads - before.reads)
                measured.item_bytes = meter.size
            else:
                measured.cpu_ms.append(spent_ms)
                measured.cpu_without_store_ms.append(spent_ms - (meter.cpu_s - before.cpu_s) * 1000)
            before = replace(meter, operations=list(meter.operations))


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Nothing of the handler's logs and metrics on the screen; they are written all the same."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123 - a device, not a path
        yield
