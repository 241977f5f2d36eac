"""Begin the test of one certification candidate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.packing import Question
from engine.scoring import CompetenceScore
from jalon.assessment.errors import NothingToAskError
from jalon.assessment.open_attempt import NewAssessment, open_attempt
from jalon.assessment.state import AssessmentState, Purpose, Slot
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import CertificationId, IdSource, ReleaseVersion, UserId


@dataclass(frozen=True, slots=True)
class CreateCertificationAssessment:
    """A drawn test: its questions in order, the release they belong to, the candidate's frozen profile and own deadline."""

    user_id: UserId
    certification_id: CertificationId
    release: ReleaseVersion
    locale: str
    questions: tuple[Question, ...]
    frozen_profile: Mapping[str, CompetenceScore]
    deadline_at: datetime
    extra_time_percent: int = 0


def create_certification_assessment(
    store: AssessmentStore, clock: Clock, ids: IdSource, command: CreateCertificationAssessment
) -> AssessmentState:
    """The certification's one assessment, made now or, when this is a repetition, as it was made first.

    Idempotent by certification id: whatever crashes or comes twice, a candidate has one test with one list of questions.
    Extra time lengthens each question's timer by the same per cent as the test. Source: docs/domain.md §5.
    Raises NothingToAskError, and makes nothing, for a test that would have no question.
    """
    if not command.questions:
        raise NothingToAskError("The learning content has nothing to ask in this certification; tell the centre.")
    slot = Slot(command.user_id, Purpose.CERTIFICATION, command.certification_id)
    new = NewAssessment(
        release=command.release,
        locale=command.locale,
        questions=command.questions,
        profile_at_start=command.frozen_profile,
        deadline_at=command.deadline_at,
        extra_time_percent=command.extra_time_percent,
    )
    return open_attempt(store, clock, ids, slot, 1, lambda: new)  # a claim that fails finds who made it
