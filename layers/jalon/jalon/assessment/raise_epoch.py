"""Hand a test over to another device."""

from jalon.assessment.refusals import not_live
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore, NotWritten
from jalon.kernel.clock import Clock
from jalon.kernel.ids import AssessmentId


def raise_epoch(store: AssessmentStore, clock: Clock, assessment_id: AssessmentId) -> AssessmentState:
    """Raise the device epoch by one: every ticket issued before is answered "moved to another device".

    Two devices can never both write, since a write asks for the present epoch. In a certification the invigilator's
    authorisation comes first (see ``jalon.certification``). Source: docs/architecture.md §4.

    Raises AssessmentNotFoundError, AssessmentEndedError, AssessmentCompletedError.
    """
    outcome = store.raise_epoch(assessment_id, at=clock.now())
    if isinstance(outcome, NotWritten):
        raise not_live(outcome.state)
    return outcome.state
