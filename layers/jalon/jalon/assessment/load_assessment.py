"""Read one assessment."""

from jalon.assessment.errors import AssessmentNotFoundError
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore
from jalon.kernel.ids import AssessmentId, UserId


def load_assessment(store: AssessmentStore, assessment_id: AssessmentId) -> AssessmentState:
    """The assessment with its answers decoded, after every acknowledged write.

    Raises :class:`AssessmentNotFoundError`.
    """
    state = store.get(assessment_id)
    if state is None:
        raise AssessmentNotFoundError("There is no such assessment.")
    return state


def load_own_assessment(store: AssessmentStore, assessment_id: AssessmentId, user_id: UserId) -> AssessmentState:
    """The same for its owner only: somebody else's assessment does not exist for this caller."""
    state = load_assessment(store, assessment_id)
    if state.user_id != user_id:
        raise AssessmentNotFoundError("There is no such assessment.")
    return state
