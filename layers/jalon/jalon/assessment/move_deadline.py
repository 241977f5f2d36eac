"""Give a candidate more time."""

from datetime import datetime

from jalon.assessment.refusals import not_live
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore, NotWritten
from jalon.kernel.clock import Clock
from jalon.kernel.ids import AssessmentId

#: The most that an invigilator gives beyond a candidate's own time, in minutes.
MAX_EXTENSION_MIN = 240


def move_deadline(store: AssessmentStore, clock: Clock, assessment_id: AssessmentId, deadline_at: datetime) -> AssessmentState:
    """Set this candidate's deadline (start + duration × (1 + extra time) + extensions); it holds for the answers from now on.

    Raises AssessmentNotFoundError, AssessmentEndedError, AssessmentCompletedError. Source: docs/protocol.md.
    """
    outcome = store.move_deadline(assessment_id, deadline_at=deadline_at, at=clock.now())
    if isinstance(outcome, NotWritten):
        raise not_live(outcome.state)
    return outcome.state
