"""What is compared: the protocol's one conditional update, and the design one would write first: read, change, write back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import process_time
from typing import Any
from unittest.mock import patch

from pynamodb.connection.base import Connection

from benchmarks.answers.units import item_bytes, read_units, write_units
from engine.packing import Answered, pack_answer
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.store import NotWritten, WriteOutcome, Written
from jalon.assessment.tables import item_of, state_of
from jalon.edge.tables import translated
from jalon.kernel.clock import epoch_ms
from jalon.kernel.ids import AssessmentId


class GetThenPut(DynamoAssessments):
    """The peer: the same item, read before each answer and written back whole, its conditions checked in between.

    Not a design to use: two answers at the same moment both pass the checks, and the second write wipes the first.
    """

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, at: datetime, deadline_from: datetime
    ) -> WriteOutcome:
        state = self.get(assessment_id)
        if state is None:
            return NotWritten(None)
        late = state.deadline_at is not None and state.deadline_at < deadline_from
        if not state.is_live or state.epoch != epoch or state.sequence != sequence or late:
            return NotWritten(state)
        item: Any = item_of(state)  # PynamoDB types a list by its attributes, not by what they hold
        item.answers = [pack_answer(stored) for stored in (*state.answers, answer)]
        item.sequence = sequence + 1
        item.updated_at = epoch_ms(at)
        with translated():
            item.save()
        return Written(state_of(item.serialize()))


@dataclass(slots=True)
class Meter:
    """What the handler asked of DynamoDB: operations by name, units, the CPU seconds spent asking, and the item's size."""

    operations: list[str] = field(default_factory=list)
    reads: int = 0
    writes: int = 0
    cpu_s: float = 0.0
    size: int = 0


@contextmanager
def metered() -> Iterator[Meter]:
    """Count everything that goes to DynamoDB while the block runs."""
    meter = Meter()
    send = Connection.dispatch

    def dispatch(connection: Connection, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        began = process_time()
        try:
            answer: dict[str, Any] = send(connection, operation, request)
        finally:
            meter.cpu_s += process_time() - began
        _count(meter, operation, request, answer)
        return answer

    with patch.object(Connection, "dispatch", dispatch):
        yield meter


def _count(meter: Meter, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
    """The items here only grow, so that the size after a write is the one that counts."""
    meter.operations.append(operation)
    if operation == "GetItem":
        meter.reads += read_units(item_bytes(answer.get("Item") or {}))
    elif operation == "Query":
        meter.reads += read_units(sum(map(item_bytes, answer["Items"])))
    elif operation == "BatchGetItem":
        meter.reads += sum(read_units(item_bytes(item)) for found in answer["Responses"].values() for item in found)
    elif operation == "PutItem":
        meter.size = item_bytes(request["Item"])
        meter.writes += write_units(meter.size)
    elif operation == "UpdateItem":
        meter.size = item_bytes(answer["Attributes"])
        meter.writes += write_units(meter.size)
    else:
        raise ValueError(f"how many units {operation} takes is not written down here")
