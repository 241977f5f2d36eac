"""Record at once that a pupil's page lost the focus, so that a refresh, a closed tab or another browser does not forget it.

One write under the conditions of the answer, no read before it: the loss is recorded before the question's answer or not at all,
so an outcome that was acknowledged never changes. Source: docs/domain.md §2; docs/protocol.md has the proof obligations.
"""

from dataclasses import dataclass
from datetime import datetime

from jalon.assessment.errors import AssessmentNotFoundError
from jalon.assessment.expired_ticket import found_with
from jalon.assessment.next_question import NETWORK_GRACE, focus_counts
from jalon.assessment.refusals import not_taken
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore, WriteOutcome, Written
from jalon.assessment.tickets import Ticket, TicketOffice, serves
from jalon.kernel.clock import Clock
from jalon.kernel.ids import AssessmentId, UserId


@dataclass(frozen=True, slots=True)
class RecordFocusLoss:
    """What the client sends: the ticket of the question that was shown."""

    user_id: UserId
    assessment_id: AssessmentId
    ticket: str


@dataclass(frozen=True, slots=True)
class FocusLoss:
    """What became of it: whether the loss counts for question ``sequence``, now and for ever."""

    sequence: int
    counted: bool


def record_focus_loss(
    *, store: AssessmentStore, releases: Releases, tickets: TicketOffice, clock: Clock, command: RecordFocusLoss
) -> FocusLoss:
    """Record the loss where it counts; elsewhere, and once the question is answered, nothing is written and it is not counted.

    Idempotent. Raises TicketInvalidError before anything is written, TicketExpiredError for a question that is not answered and a
    ticket too old to write anything, and AssessmentNotFoundError, MovedToAnotherDeviceError, AssessmentEndedError, DeadlinePassedError
    when the write was refused (a completed test has no question left that is not answered).
    """
    now = clock.now()
    ticket = tickets.open_for(command.assessment_id, command.ticket, command.user_id)
    if not focus_counts(releases.pinned(ticket.release).challenges[ticket.challenge_index], ticket):
        return FocusLoss(ticket.sequence, counted=False)
    outcome = _record(store, ticket, now) if serves(ticket, now) else found_with(ticket, store)
    counted = isinstance(outcome, Written) or recorded_before(outcome.state, ticket)
    return FocusLoss(ticket.sequence, counted)


def _record(store: AssessmentStore, ticket: Ticket, now: datetime) -> WriteOutcome:
    return store.record_focus_loss(ticket.assessment_id, epoch=ticket.epoch, sequence=ticket.sequence, deadline_from=now - NETWORK_GRACE)


def recorded_before(state: AssessmentState | None, ticket: Ticket) -> bool:
    """What a refused write means, read off the item as it stands: whether the loss was recorded before the question was answered,
    or, for a question that is not answered, the reason it is refused.
    """
    if state is None:
        raise AssessmentNotFoundError("There is no such assessment.")
    if ticket.sequence in state.focus_losses:
        return True
    if ticket.sequence < state.sequence:
        return False
    raise not_taken(state, ticket)
