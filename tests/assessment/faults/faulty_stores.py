"""The stores, with a fault at one of the next writes when one is set, and writes that commit when nobody waits for them any more."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TypeVar

from engine.packing import Answered
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import NotWritten, WriteOutcome
from jalon.certification.candidates import Candidate
from jalon.kernel.errors import JalonError, UnavailableError
from jalon.kernel.ids import AssessmentId, CandidateId, SessionNumber
from tests.assessment.fakes import FakeAssessments
from tests.certification.fakes import FakeCandidates

#: The last two are what the tables' client does by itself: it sends a write again whose response did not come in time.
STORE_FAULTS = (
    "throttled before",
    "timed out before",
    "timed out after",
    "committed late",
    "crashed before",
    "crashed after",
    "sent again",
    "sent again, the first try committed last",
)

T = TypeVar("T")


class CrashError(Exception):
    """The process died; nobody is told anything."""


@dataclass(slots=True)
class Tally:
    """Faults injected, and what they broke: all but the first two must be 0."""

    sessions: int = 0
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    stale_writes: int = 0
    two_holders: int = 0
    forged: int = 0
    unfinished: int = 0

    @property
    def violations(self) -> int:
        return sum(getattr(self, item.name) for item in fields(self)) - self.sessions - self.faults

    def add(self, other: "Tally") -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass
class Faults:
    """What happens to the operations that come next: a fault to a write, or something else that overtakes an operation."""

    kind: str | None = None
    writes_before: int = 0
    overtaking: Callable[[], None] | None = None
    operations_before: int = 0
    late: list[Callable[[], object]] = field(default_factory=list)

    def clear(self) -> None:
        self.kind, self.overtaking = None, None

    def operation(self) -> None:
        """Before each read and each write."""
        if self.overtaking is None:
            return
        if self.operations_before:
            self.operations_before -= 1
            return
        overtaking, self.overtaking = self.overtaking, None
        overtaking()

    def write(self, write: Callable[[], T]) -> T:
        """The write, through the fault that is set, if it is this one's turn."""
        self.operation()
        if self.kind is None:
            return write()
        if self.writes_before:
            self.writes_before -= 1
            return write()
        kind, self.kind = self.kind, None
        return self._faulty(kind, write)

    def _faulty(self, kind: str, write: Callable[[], T]) -> T:
        if kind in {"throttled before", "timed out before"}:
            raise UnavailableError(kind)
        if kind == "crashed before":
            raise CrashError
        if kind == "committed late":
            self.late.append(write)
            raise UnavailableError(kind)
        if kind == "sent again, the first try committed last":
            self.late.append(write)
            return write()
        outcome = write()
        if kind == "sent again":
            return write()
        if kind == "timed out after":
            raise UnavailableError(kind)
        if kind == "crashed after":
            raise CrashError
        return outcome

    def commit_late(self) -> None:
        """Let every write that is still under way commit, in the order it was sent; the tables refuse what they refuse."""
        while self.late:
            with suppress(JalonError):
                self.late.pop(0)()


class FaultyAssessments(FakeAssessments):
    """The assessments; what is written for a device, a test or a time that takes nothing any more is noticed."""

    def __init__(self, mutant: str | None, tally: Tally, faults: Faults) -> None:
        super().__init__(mutant)
        self.tally = tally
        self.faults = faults

    def get(self, assessment_id: AssessmentId) -> AssessmentState | None:
        self.faults.operation()
        return super().get(assessment_id)

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, at: datetime, deadline_from: datetime
    ) -> WriteOutcome:
        def write() -> WriteOutcome:
            return FakeAssessments.append_answer(
                self, assessment_id, epoch=epoch, sequence=sequence, answer=answer, at=at, deadline_from=deadline_from
            )

        return self.faults.write(lambda: self._watched(assessment_id, epoch, deadline_from, write))

    def record_focus_loss(self, assessment_id: AssessmentId, *, epoch: int, sequence: int, deadline_from: datetime) -> WriteOutcome:
        def write() -> WriteOutcome:
            return FakeAssessments.record_focus_loss(self, assessment_id, epoch=epoch, sequence=sequence, deadline_from=deadline_from)

        return self.faults.write(lambda: self._watched(assessment_id, epoch, deadline_from, write))

    def raise_epoch(self, assessment_id: AssessmentId, *, epoch: int, at: datetime) -> WriteOutcome:
        def write() -> WriteOutcome:
            before = self.items.get(assessment_id)
            outcome = FakeAssessments.raise_epoch(self, assessment_id, epoch=epoch, at=at)
            if not isinstance(outcome, NotWritten) and before is not None:
                self.tally.stale_writes += before.epoch >= epoch or not before.is_live
            return outcome

        return self.faults.write(write)

    def _watched(self, assessment_id: AssessmentId, epoch: int, deadline_from: datetime, write: Callable[[], WriteOutcome]) -> WriteOutcome:
        """Notice a write for a replaced device, after the end or after the deadline."""
        before = self.items.get(assessment_id)
        outcome = write()
        if not isinstance(outcome, NotWritten) and before is not None:
            late = before.deadline_at is not None and before.deadline_at < deadline_from
            self.tally.stale_writes += before.epoch != epoch or not before.is_live or late
        return outcome


class FaultyCandidates(FakeCandidates):
    """The candidates of a session."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults

    def get(self, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
        self.faults.operation()
        return super().get(number, candidate_id)

    def replace(self, candidate: Candidate, previous: Candidate) -> Candidate:
        return self.faults.write(lambda: FakeCandidates.replace(self, candidate, previous))
