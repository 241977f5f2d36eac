"""Find the question that is due, and close a test that has none left."""

from datetime import datetime

from engine.content import Release
from engine.packing import Question
from jalon.assessment.next_question import question_due
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore


def settle(store: AssessmentStore, release: Release, state: AssessmentState, now: datetime) -> tuple[AssessmentState, Question | None]:
    """The assessment, set ``completed`` when every question is answered, and the question due (None when it is not live).

    Idempotent, and done by whoever sees it first: the response to the last answer, a later reading, or the projection from
    the table's stream. So a crash after the last answer leaves nothing unfinished.
    """
    if not state.is_live:
        return state, None
    due = question_due(release, state)
    if due is not None:
        return state, due
    return store.complete(state.assessment_id, sequence=state.sequence, at=now).state or state, None
