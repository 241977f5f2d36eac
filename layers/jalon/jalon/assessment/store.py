"""What the rules ask of the tables (a Protocol: PynamoDB in the functions, a fake in the tests)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.packing import Answered
from jalon.assessment.state import AssessmentState, Slot
from jalon.kernel.ids import AssessmentId, UserId


@dataclass(frozen=True, slots=True)
class Written:
    """The write happened; ``state`` is the assessment after it."""

    state: AssessmentState


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A condition failed and nothing changed; ``state`` is the assessment as it stands, None when there is none."""

    state: AssessmentState | None


WriteOutcome = Written | NotWritten


@dataclass(frozen=True, slots=True)
class Attempt:
    """One filling of a slot: the assessment that holds it, and its number from 1."""

    slot: Slot
    number: int
    assessment_id: AssessmentId


class AssessmentStore(Protocol):
    """The assessments and, per user and slot, their attempts.

    Every write is conditional and answers with the state either way, in one operation.
    All methods raise :class:`~jalon.kernel.errors.UnavailableError` when the tables are throttled or do not answer.
    """

    def get(self, assessment_id: AssessmentId) -> AssessmentState | None:
        """The assessment after every acknowledged write, or None."""
        ...

    def get_many(self, assessment_ids: Iterable[AssessmentId]) -> dict[AssessmentId, AssessmentState]:
        """The assessments that exist among these, each after every acknowledged write (in batches of 100 reads)."""
        ...

    def latest_attempt(self, slot: Slot) -> Attempt | None:
        """The last attempt of a slot, or None."""
        ...

    def claim_attempt(self, attempt: Attempt) -> bool:
        """Take the slot's attempt number for this assessment; False when another request took it first."""
        ...

    def create(self, state: AssessmentState) -> bool:
        """Write a new assessment; False, and nothing changed, when it exists."""
        ...

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, at: datetime, deadline_from: datetime
    ) -> WriteOutcome:
        """The one write of the protocol: append the answer and count on **if** the assessment is started, its epoch and its
        sequence are these, and its deadline, when it has one, is ``deadline_from`` or later. ``at`` is when the answer was taken, to
        the millisecond. Source: docs/protocol.md.
        """
        ...

    def record_focus_loss(self, assessment_id: AssessmentId, *, epoch: int, sequence: int, deadline_from: datetime) -> WriteOutcome:
        """Add the question's number to ``focus_losses`` **if** an answer to it would be taken now, under the same conditions as
        :meth:`append_answer`: so it is recorded before the answer or not at all. Writing it again changes nothing.
        """
        ...

    def complete(self, assessment_id: AssessmentId, *, sequence: int, at: datetime) -> WriteOutcome:
        """Set ``completed`` if started and no answer came since ``sequence``."""
        ...

    def end(self, assessment_id: AssessmentId, *, reason: str, at: datetime) -> WriteOutcome:
        """Set ``ended`` with its reason if started."""
        ...

    def raise_epoch(self, assessment_id: AssessmentId, *, epoch: int, at: datetime) -> WriteOutcome:
        """Set the epoch **if** the assessment is started and its epoch is lower: tickets of the former ones answer nothing any more.

        It is set and never counted, so that a write that comes twice, or late, hands the test to nobody.
        """
        ...

    def move_deadline(self, assessment_id: AssessmentId, *, deadline_at: datetime, at: datetime) -> WriteOutcome:
        """Set the deadline if started."""
        ...

    def attempts_of(self, user_id: UserId) -> list[Attempt]:
        """Every attempt a user ever claimed, in no order that matters: which assessments there are, without reading them."""
        ...

    def of_user(self, user_id: UserId) -> Iterator[AssessmentState]:
        """Every assessment a user ever began, those of one release one after another, so that who opens releases opens each once."""
        ...
