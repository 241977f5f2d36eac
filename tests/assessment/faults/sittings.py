"""The tests that the fault run plays: how one begins, and how another device comes to hold it."""

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from engine.packing import Question
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.load_assessment import load_assessment
from jalon.assessment.open_attempt import NewAssessment, open_attempt
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.state import AssessmentState, Purpose, Slot
from jalon.assessment.store import AssessmentStore
from jalon.certification.candidates import CandidateStore
from jalon.certification.start_certification import resume_certification
from jalon.certification.supervise_session import authorise_candidate
from jalon.kernel.ids import CertificationId, ReleaseVersion, UserId
from tests.assessment.content import VERSION, release
from tests.assessment.faults.faulty_stores import FaultyAssessments, FaultyCandidates
from tests.certification.centre import NAMES, Centre
from tests.sources import FixedClock, SequenceIdSource

QUESTIONS = 48
#: Longer than anything that a test plays.
LONG = timedelta(days=3_650)
#: The key of the request that began the test.
FIRST_DEVICE = "device-0"


class Sitting(Protocol):
    """A test of one pupil, and who holds it."""

    user_id: UserId
    test: AssessmentState

    def allow(self) -> None:
        """What must happen before another device may ask to go on."""
        ...

    def take(self, key: str) -> AssessmentState:
        """One delivery of a device's request to go on there, under its own key; the test as it is shown to that device."""
        ...


class Certification:
    """A candidate's row and test: the invigilator's leave goes through the one, the answers through the other."""

    def __init__(self, store: FaultyAssessments, candidates: FaultyCandidates, clock: FixedClock, ids: SequenceIdSource) -> None:
        self._centre = Centre(clock=clock, ids=ids, candidates=candidates, assessments=store)
        (row,) = self._centre.seat(self._centre.session(), NAMES[0])
        assert row.user_id is not None
        self.user_id, self.certification_id = row.user_id, row.certification_id
        self.test = certification(store, clock, ids, self.user_id, row.certification_id)
        started = replace(row, assessment_id=self.test.assessment_id, started_at=self.test.started_at, epoch=1, device_key=FIRST_DEVICE)
        self.row = candidates.replace(started, row)
        self._candidates: CandidateStore = candidates

    def allow(self) -> None:
        authorise_candidate(self._centre.room, self.row.session_number, self.row.candidate_id)

    def take(self, key: str) -> AssessmentState:
        return resume_certification(self._centre.entry, self.user_id, self.certification_id, key).test


class DiscoveryTest:
    """A test outside certifications: whoever asks goes on."""

    def __init__(self, store: FaultyAssessments, clock: FixedClock, ids: SequenceIdSource, user_id: UserId) -> None:
        self.user_id = user_id
        self._store, self._clock = store, clock
        new = NewAssessment(ReleaseVersion(VERSION), "fr-FR", questions=_questions())
        self.test = open_attempt(store, clock, ids, Slot(user_id, Purpose.DISCOVERY, "discovery"), 1, lambda: new)

    def allow(self) -> None:
        """Nobody needs to."""

    def take(self, key: str) -> AssessmentState:
        """Each delivery takes the test anew, whatever its key."""
        return raise_epoch(self._store, self._clock, load_assessment(self._store, self.test.assessment_id))


def certification(
    store: AssessmentStore, clock: FixedClock, ids: SequenceIdSource, user_id: UserId, certification_id: CertificationId
) -> AssessmentState:
    """A certification's test of 48 questions."""
    command = CreateCertificationAssessment(
        user_id=user_id,
        certification_id=certification_id,
        release=ReleaseVersion(VERSION),
        locale="fr-FR",
        questions=_questions(),
        frozen_profile={},
        deadline_at=clock.now() + LONG,
    )
    return create_certification_assessment(store, clock, ids, command)


def _questions() -> tuple[Question, ...]:
    count = len(release().challenges)
    return tuple(Question(number % count, number % 2) for number in range(QUESTIONS))
