"""The invigilator's live view: who is present, and how far each candidate is (docs/domain.md §7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from jalon.assessment.state import AssessmentState, Status
from jalon.assessment.store import AssessmentStore
from jalon.certification.candidates import Candidate, CandidateStatus, extension_of
from jalon.certification.supervise_session import Room
from jalon.kernel.ids import CandidateId, SessionNumber

#: Longest time without a sign of life after which a candidate is shown as perhaps disconnected.
QUIET_FOR = timedelta(minutes=5)


class Progress(StrEnum):
    """A candidate's state as the room sees it: the row's, and what the test itself says."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    AUTHORISED = "authorised"
    STARTED = "started"
    RESUME_AUTHORISED = "resume_authorised"
    COMPLETED = "completed"
    TIME_OVER = "time_over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LiveCandidate:
    """``question_number`` is the one being answered; ``connected`` is None where it means nothing."""

    candidate: Candidate
    progress: Progress
    question_number: int | None = None
    question_count: int | None = None
    deadline_at: datetime | None = None
    last_seen_at: datetime | None = None
    connected: bool | None = None

    @property
    def is_complete(self) -> bool:
        return self.progress is Progress.COMPLETED


def watch_session(room: Room, number: SessionNumber) -> Sequence[LiveCandidate]:
    """Every candidate of the session with the state of his or her test; nothing is written to know it."""
    now = room.clock.now()
    candidates = room.candidates.of_session(number)
    tests = sitting_tests(room.assessments, candidates)
    return [live(candidate, tests.get(candidate.candidate_id), now) for candidate in candidates]


def sitting_tests(assessments: AssessmentStore, candidates: Iterable[Candidate]) -> Mapping[CandidateId, AssessmentState]:
    """The tests of those candidates who have one, read together."""
    sitting = {candidate.candidate_id: candidate.assessment_id for candidate in candidates if candidate.assessment_id}
    tests = assessments.get_many(sitting.values())
    return {candidate_id: tests[assessment_id] for candidate_id, assessment_id in sitting.items() if assessment_id in tests}


def sitting_test(assessments: AssessmentStore, candidate: Candidate) -> AssessmentState | None:
    """The candidate's test, if it was made."""
    return assessments.get(candidate.assessment_id) if candidate.assessment_id else None


def live(candidate: Candidate, test: AssessmentState | None, now: datetime) -> LiveCandidate:
    """One candidate's line. The time given is the deadline's, which the answers are held to, and not what the row only promises yet."""
    if test is None:
        return LiveCandidate(candidate, Progress(candidate.status.value))
    if candidate.started_at is not None and test.deadline_at is not None:
        given = extension_of(candidate.started_at, candidate.extra_time_percent, test.deadline_at)
        candidate = replace(candidate, extension_min=given)
    seen = max(test.updated_at, test.last_change_at)
    running = test.status is Status.STARTED
    return LiveCandidate(
        candidate=candidate,
        progress=_progress(candidate, test, now),
        question_number=test.sequence if running else None,
        question_count=len(test.questions or ()),
        deadline_at=test.deadline_at,
        last_seen_at=seen,
        connected=now - seen < QUIET_FOR if running else None,
    )


def _progress(candidate: Candidate, test: AssessmentState, now: datetime) -> Progress:
    if test.status is Status.COMPLETED:
        return Progress.COMPLETED
    if test.status is Status.ENDED or candidate.status is CandidateStatus.ENDED:
        return Progress.ENDED
    if test.deadline_at is not None and now >= test.deadline_at:
        return Progress.TIME_OVER
    return Progress(candidate.status.value)
