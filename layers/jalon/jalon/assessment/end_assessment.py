"""Stop a test before its last question."""

from jalon.assessment.errors import AssessmentNotFoundError
from jalon.assessment.state import AssessmentState, EndReason
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import AssessmentId


def end_assessment(store: AssessmentStore, clock: Clock, assessment_id: AssessmentId, reason: EndReason) -> AssessmentState:
    """Set ``ended`` with its reason; from then on every answer is refused with 410.

    Idempotent: a test that is ended or completed already stays as it is and is returned, so look at ``status`` and
    ``end_reason``. Raises AssessmentNotFoundError.
    """
    outcome = store.end(assessment_id, reason=reason.value, at=clock.now())
    if outcome.state is None:
        raise AssessmentNotFoundError("There is no such assessment.")
    return outcome.state
