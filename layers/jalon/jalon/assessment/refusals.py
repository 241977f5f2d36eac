"""A refused write, told to the caller: which condition failed, seen on the item as it stands."""

from jalon.assessment.errors import AssessmentCompletedError, AssessmentEndedError, AssessmentNotFoundError
from jalon.assessment.state import AssessmentState, Status
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
