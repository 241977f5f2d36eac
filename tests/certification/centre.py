"""A certification centre on in-memory stores: what the tests of this context play with."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.grading import Answer, Result
from engine.knowledge import Element, Knowledge
from engine.packing import Answered
from engine.scoring import profile_of
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.state import AssessmentState
from jalon.certification.candidates import AbortReason, Candidate
from jalon.certification.create_session import CreateSession, SessionPlan, create_session
from jalon.certification.enrol_candidates import NewCandidate, enrol_candidates
from jalon.certification.finalise_session import FinaliseSession, finalise_session
from jalon.certification.identities import BirthPlace, Identity, IdentityClaim
from jalon.certification.join_certification import Entry, JoinCertification, join_certification
from jalon.certification.report_incident import ReportIncident, report_incident
from jalon.certification.reports import Report, ReportCode
from jalon.certification.results import ResultVersion
from jalon.certification.review_session import Bench
from jalon.certification.score_candidate import Marking, ScoreCandidate, score_candidate
from jalon.certification.sessions import Session
from jalon.certification.start_certification import Begun, Starting, start_certification
from jalon.certification.supervise_session import Room, authorise_candidate
from jalon.certification.workflow_tasks import JuryDesk, request_jury
from jalon.kernel.ids import CandidateId, ReleaseVersion, SessionNumber, Uai, UserId
from tests.assessment.content import release
from tests.assessment.fakes import FakeAssessments, FakeProfiles, FakeReleases
from tests.certification.fakes import (
    FakeCandidates,
    FakeExecutions,
    FakeInvigilators,
    FakeOpenFinalisations,
    FakeResults,
    FakeSessions,
    FakeWorklist,
)
from tests.sources import FixedClock, SequenceIdSource

NOW = datetime(2027, 3, 12, 8, 0, tzinfo=UTC)
SCHOOL = Uai("0990001N")
HEAD = UserId("usr_" + "a" * 32)
INVIGILATOR = UserId("usr_" + "b" * 32)
JUROR = UserId("usr_" + "c" * 32)
NAMES = (("Lefèvre", "Zoé"), ("Martin", "Anne-Lise"), ("Œuvrard", "Loïc"), ("Petit", "Éric"))
PLAN = SessionPlan("Site des Exemples", "Salle 12", date(2027, 3, 12), time(9, 30), ("Camille Exemple",))


def identity(last_name: str = "Lefèvre", first_name: str = "Zoé", **changes: Any) -> Identity:
    base = Identity(last_name, first_name, date(2012, 5, 17), "F", BirthPlace("FR", insee_code="29019", town="Brest"))
    return replace(base, **changes)


def account(rank: int) -> UserId:
    return UserId(f"usr_{rank:032x}")


def everything_known(levels: int = 3, competences: int = 6) -> Knowledge:
    """Every skill up to ``levels`` in the first ``competences`` of the tests' release."""
    codes = [competence.code for competence in release().competences[:competences]]
    skills = [skill.index for skill in release().skills if skill.level <= levels and skill.competence in codes]
    return Knowledge.of(Element(index, True, True, 1_790_000_000) for index in skills)


def profile(user_id: UserId, knowledge: Knowledge) -> StoredProfile:
    scores = profile_of(release(), knowledge)
    version = ReleaseVersion(release().version)
    return StoredProfile(user_id, 1, version, knowledge.pack(), scores.pix, scores.competences, {}, {}, NOW)


@dataclass
class Centre:
    """The use cases on stores in memory, with a clock and identifiers that the test governs."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    ids: SequenceIdSource = field(default_factory=SequenceIdSource)
    open_finalisations: FakeOpenFinalisations = field(default_factory=FakeOpenFinalisations)
    candidates: FakeCandidates = field(default_factory=FakeCandidates)
    worklist: FakeWorklist = field(default_factory=FakeWorklist)
    executions: FakeExecutions = field(default_factory=FakeExecutions)
    assessments: FakeAssessments = field(default_factory=FakeAssessments)
    profiles: FakeProfiles = field(default_factory=FakeProfiles)
    releases: FakeReleases = field(default_factory=lambda: FakeReleases(release()))

    def __post_init__(self) -> None:
        self.invigilators = FakeInvigilators(self.candidates)
        self.sessions = FakeSessions(self.open_finalisations)
        self.results = FakeResults(self.sessions)
        self.room = Room(self.sessions, self.candidates, self.invigilators, self.assessments, self.clock)
        self.entry = Entry(self.sessions, self.candidates, self.assessments, self.invigilators, self.clock)
        self.starting = Starting(self.entry, self.profiles, self.releases, self.ids)
        self.marking = Marking(self.sessions, self.candidates, self.results, self.assessments, self.releases, self.clock)
        self.desk = JuryDesk(self.sessions, self.candidates, self.results, self.worklist, self.executions, self.clock)
        self.bench = Bench(self.sessions, self.candidates, self.results, self.worklist, self.executions, self.releases, self.clock)

    def wait(self, **duration: float) -> None:
        self.clock.instant += timedelta(**duration)

    def session(self, **changes: Any) -> Session:
        command = CreateSession(SCHOOL, "Collège des Exemples", HEAD, replace(PLAN, **changes))
        return create_session(self.sessions, self.clock, self.ids, command)

    def enrol(self, number: SessionNumber, *names: tuple[str, str], **changes: Any) -> list[Candidate]:
        wanted = [NewCandidate(identity(*name), **changes) for name in names]
        return list(enrol_candidates(self.sessions, self.candidates, self.clock, self.ids, number, wanted))

    def join(self, session: Session, candidate: Candidate, user_id: UserId) -> Candidate:
        person = candidate.identity
        claim = IdentityClaim(person.last_name, person.first_name, person.birth_date)
        return join_certification(self.entry, JoinCertification(user_id, session.number, session.access_code, claim))

    def seat(self, session: Session, *names: tuple[str, str], knowledge: Knowledge | None = None, **changes: Any) -> list[Candidate]:
        """Candidates enrolled, joined and authorised; each account knows everything unless told otherwise."""
        seated = []
        for candidate in self.enrol(session.number, *names, **changes):
            user_id = account(100 + len(self.profiles.items))
            self.profiles.items[user_id] = profile(user_id, knowledge or everything_known())
            self.join(session, candidate, user_id)
            seated.append(authorise_candidate(self.room, session.number, candidate.candidate_id))
        return seated

    def start(self, candidate: Candidate, key: str = "device-1") -> Begun:
        assert candidate.user_id is not None
        return start_certification(self.starting, candidate.user_id, candidate.certification_id, key)

    def begin(self, session: Session, *names: tuple[str, str], **changes: Any) -> list[Begun]:
        return [self.start(candidate) for candidate in self.seat(session, *names, **changes)]

    def answer(self, test: AssessmentState, *results: Result) -> AssessmentState:
        """Answers the next questions with these results, and closes the test when it was the last."""
        for result in results:
            state = self.assessments.items[test.assessment_id]
            question = (state.questions or ())[len(state.answers)]
            given = Answered(
                question.challenge_index, question.variant_index, result, 1000, int(self.clock.now().timestamp()), answer=Answer(text="…")
            )
            self.assessments.append_answer(
                test.assessment_id,
                epoch=state.epoch,
                sequence=state.sequence,
                answer=given,
                at=self.clock.now(),
                deadline_from=self.clock.now(),
            )
        state = self.assessments.items[test.assessment_id]
        if len(state.answers) == len(state.questions or ()):
            self.assessments.complete(state.assessment_id, sequence=state.sequence, at=self.clock.now())
        return self.assessments.items[test.assessment_id]

    def finish(self, test: AssessmentState, result: Result = Result.OK) -> AssessmentState:
        left = len(test.questions or ()) - len(self.assessments.items[test.assessment_id].answers)
        return self.answer(test, *[result] * left)

    def report(self, candidate: Candidate, code: ReportCode, **details: Any) -> Report:
        command = ReportIncident(candidate.session_number, candidate.candidate_id, INVIGILATOR, code, **details)
        return report_incident(self.room, self.ids, command)

    def finalise(self, session: Session, reasons: dict[CandidateId, AbortReason] | None = None, comment: str = "") -> Session:
        command = FinaliseSession(session.number, HEAD, reasons or {}, comment)
        return finalise_session(self.room, self.open_finalisations, self.executions, command)

    def score(self, candidate: Candidate) -> ResultVersion:
        return score_candidate(self.marking, ScoreCandidate(candidate.session_number, 1, candidate.candidate_id))

    def to_jury(self, session: Session, token: str = "token-1") -> bool:
        self.executions.waiting.add(token)
        return request_jury(self.desk, session.number, 1, token, 0)
