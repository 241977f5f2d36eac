"""A refused write, told to the caller: which condition failed, seen on the item as it stands."""

from jalon.assessment.errors import (
    AnswerConflictError,
    AssessmentCompletedError,
    AssessmentEndedError,
    AssessmentNotFoundError,
    DeadlinePassedError,
    MovedToAnotherDeviceError,
)
from jalon.assessment.state import AssessmentState, Status
from jalon.assessment.tickets import Ticket
from jalon.kernel.clock import iso
from jalon.kernel.errors import GoneError, JalonError


def finished(state: AssessmentState) -> GoneError:
    """The refusal of an assessment that is live no more."""
    if state.status is Status.ENDED:
        return AssessmentEndedError(
            "This test was ended; nothing more can be answered.", reason=state.end_reason, ended_at=iso(state.updated_at)
        )
    return AssessmentCompletedError("Every question of this test is answered.", completed_at=iso(state.updated_at))


def not_live(state: AssessmentState | None) -> JalonError:
    """Why a change that asks for a live assessment, and nothing else, was not written."""
    return AssessmentNotFoundError("There is no such assessment.") if state is None else finished(state)


def awaits(state: AssessmentState, ticket: Ticket) -> bool:
    """Whether the ticket's question is the one to answer now, and on the ticket's device; its deadline aside."""
    return state.is_live and (state.epoch, state.sequence) == (ticket.epoch, ticket.sequence)


def not_taken(state: AssessmentState, ticket: Ticket) -> JalonError:
    """Why nothing is taken for the ticket's question: the first condition of the protocol's writes that does not hold."""
    if not state.is_live:
        return finished(state)
    if ticket.epoch != state.epoch:
        return _moved(state)
    if ticket.sequence != state.sequence:
        return AnswerConflictError("This question was already answered otherwise; go on with the current one.", sequence=state.sequence)
    # of the conditions, only the deadline is left
    return DeadlinePassedError("The time of this test is up.", deadline_at=iso(state.deadline_at) if state.deadline_at else None)


def _moved(state: AssessmentState) -> MovedToAnotherDeviceError:
    """A certification changes device with the invigilator's leave only (docs/domain.md §7)."""
    if state.purpose.is_certification:
        return MovedToAnotherDeviceError(
            "This test continues on another device: to continue here, call the invigilator and resume it.",
            sequence=state.sequence,
            epoch=state.epoch,
        )
    return MovedToAnotherDeviceError(
        "This test continues on another device; take it over again to continue here.", sequence=state.sequence, epoch=state.epoch
    )
