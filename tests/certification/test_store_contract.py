"""What the rules ask of the tables holds on the fakes and on the real ones alike."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.candidates import AbortReason, Candidate, CandidateStore, Sitting
from jalon.certification.errors import (
    AnotherCertificationLiveError,
    CandidateChangedError,
    CandidateNotFoundError,
    CertificationNotFoundError,
    FinalisationSupersededError,
    NotInJuryError,
    NotPublishedError,
    ResultChangedError,
    SessionAlreadyStartedError,
    SessionChangedError,
    SessionFinalisedError,
    SessionNotFoundError,
)
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore, DynamoWorklistStore
from jalon.certification.finalisations import OpenFinalisationStore
from jalon.certification.reports import Report, ReportCode
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.results import (
    CertifiedCompetence,
    Decision,
    Outcome,
    QuestionMark,
    ResultStore,
    ResultVersion,
    Settled,
    Settlement,
)
from jalon.certification.session_store import DynamoInvigilatorStore, DynamoSessionStore
from jalon.certification.sessions import Finalisation, InvigilatorStore, Session, SessionStore
from jalon.certification.tables import (
    CandidateItem,
    CentreSessionItem,
    InvigilatorItem,
    OpenFinalisationItem,
    ResultItem,
    SessionItem,
    SittingItem,
    WaitingSessionItem,
)
from jalon.certification.worklist import WaitingSession, WorklistStore
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import ConditionFailedError, bind
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, Ine, ReleaseVersion, SessionNumber, UserId
from tests.certification.centre import HEAD, JUROR, NOW, SCHOOL, account, identity
from tests.certification.fakes import FakeCandidates, FakeInvigilators, FakeOpenFinalisations, FakeResults, FakeSessions, FakeWorklist
from tests.cloud import build

NUMBER = SessionNumber("12345678")


@dataclass
class Stores:
    sessions: SessionStore
    candidates: CandidateStore
    invigilators: InvigilatorStore
    results: ResultStore
    open_finalisations: OpenFinalisationStore
    worklist: WorklistStore


MODELS = (
    SessionItem,
    CentreSessionItem,
    CandidateItem,
    SittingItem,
    InvigilatorItem,
    ResultItem,
    OpenFinalisationItem,
    WaitingSessionItem,
    ErasureMark,
)


@pytest.fixture(scope="module")
def tables(emulator: str) -> Iterator[None]:
    """One account for the whole module: making one costs a second, and so does binding a model."""
    built = build(emulator)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in built.environment.items():
            patch.setenv(name, value)
        bind(Settings.from_environment(), *MODELS)
        yield


@pytest.fixture(params=["fake", "tables"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "fake":
        open_finalisations = FakeOpenFinalisations()
        sessions = FakeSessions(open_finalisations)
        yield Stores(sessions, FakeCandidates(), FakeInvigilators(), FakeResults(sessions), open_finalisations, FakeWorklist())
        return
    request.getfixturevalue("tables")
    yield Stores(
        DynamoSessionStore(),
        DynamoCandidateStore(),
        DynamoInvigilatorStore(),
        DynamoResultStore(),
        DynamoOpenFinalisationStore(),
        DynamoWorklistStore(),
    )
    for model in MODELS:
        for item in model.scan():
            item.delete()


def a_session(number: str = NUMBER, day: date = date(2027, 3, 12), **changes: object) -> Session:
    session = Session(
        number=SessionNumber(number),
        uai=SCHOOL,
        centre="Collège des Exemples",
        site="Site",
        room="Salle 12",
        name="",
        date=day,
        start_time=time(9, 30),
        time_zone="Europe/Paris",
        invigilators=("Camille Exemple", "Dominique Modèle"),
        observation="",
        access_code="BCDF23",
        invigilator_code="BCDFGH23",
        created_by=HEAD,
        created_at=NOW,
    )
    return replace(session, **changes)


def a_candidate(rank: int = 1, last_name: str = "Lefèvre", **changes: object) -> Candidate:
    candidate = Candidate(
        session_number=NUMBER,
        candidate_id=CandidateId(f"can_{rank:032x}"),
        certification_id=CertificationId(f"crt_{rank:032x}"),
        identity=identity(last_name),
    )
    return replace(candidate, **changes)


def full_candidate() -> Candidate:
    """Every attribute filled."""
    report = Report("rpt_1", ReportCode.E7, HEAD, NOW, 3, "Décrit", "")
    return a_candidate(
        ine=Ine("001"),
        class_name="3A",
        external_id="ext",
        extra_time_percent=33,
        user_id=account(1),
        joined_at=NOW,
        authorised_at=NOW,
        assessment_id=AssessmentId("asm_1"),
        started_at=NOW + timedelta(milliseconds=123),
        epoch=2,
        resume_authorised_at=NOW,
        device_key="key",
        extension_min=15,
        ended_at=NOW,
        abort_reason=AbortReason.TECHNICAL,
        reports=(report, replace(report, report_id="rpt_2", code=ReportCode.C3, question_number=None, hour="10:45")),
    )


def a_result(version: int = 1000, **changes: object) -> ResultVersion:
    result = ResultVersion(
        certification_id=CertificationId("crt_1"),
        version=version,
        session_number=NUMBER,
        candidate_id=CandidateId("can_1"),
        assessment_id=AssessmentId("asm_1"),
        uai=SCHOOL,
        user_id=account(1),
        release=ReleaseVersion("2026.1-0123456789ab"),
        max_level=7,
        outcome=Outcome.VALIDATED,
        reason="",
        pix=24,
        rate=100,
        trusted=True,
        competences={"1.1": CertifiedCompetence(3, 24)},
        levels_at_start={"1.1": CertifiedCompetence(3, 24)},
        ending="completed",
        marks=(QuestionMark(1, "1.1", "ch_1", "ok"), QuestionMark(2, "1.1", "ch_2", "ko", neutralised=True)),
        settlements=(Settlement("rpt_1", ReportCode.E4, Settled.NEUTRALISED, 2),),
        taken_at=NOW,
        author=UserId("system"),
        at=NOW,
    )
    return replace(result, **changes)


def waiting(number: str = NUMBER, **changes: object) -> WaitingSession:
    row = WaitingSession(SessionNumber(number), 1, "token", SCHOOL, "Collège des Exemples", 24, 2, True, NOW)
    return replace(row, **changes)


def finalisation(**changes: object) -> Finalisation:
    return replace(Finalisation(1, NOW, HEAD, "Une coupure."), **changes)


def test_a_session_is_kept_as_it_is_and_its_number_once(stores: Stores) -> None:
    assert stores.sessions.create(a_session())
    assert not stores.sessions.create(a_session(room="Autre"))
    assert stores.sessions.get(NUMBER) == a_session()
    with pytest.raises(SessionNotFoundError):
        stores.sessions.get(SessionNumber("99999999"))


def test_a_change_asks_for_the_present_revision_and_an_unstarted_session(stores: Stores) -> None:
    stores.sessions.create(a_session())
    changed = stores.sessions.change(a_session(room="Salle 13", date=date(2027, 9, 2)), a_session())
    assert changed == a_session(room="Salle 13", date=date(2027, 9, 2), revision=2)
    assert stores.sessions.get(NUMBER) == changed
    with pytest.raises(SessionChangedError):
        stores.sessions.change(a_session(room="Salle 14"), a_session())
    stores.sessions.open(NUMBER, NOW)
    with pytest.raises(SessionAlreadyStartedError):
        stores.sessions.change(a_session(room="Salle 14"), changed)


def test_a_changed_date_moves_the_session_in_its_centres_list(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.change(a_session(date=date(2027, 9, 2)), a_session())
    assert stores.sessions.of_centre(SCHOOL, 2026, 10, None).items == ()
    assert [session.number for session in stores.sessions.of_centre(SCHOOL, 2027, 10, None).items] == [NUMBER]


def test_a_centres_sessions_come_by_date_latest_first_in_pages(stores: Stores) -> None:
    days = {f"1000000{n}": date(2027, 1, n) for n in (1, 2, 3)}
    for number, day in days.items():
        stores.sessions.create(a_session(number, day))
    first = stores.sessions.of_centre(SCHOOL, 2026, 2, None)
    assert [session.number for session in first.items] == ["10000003", "10000002"]
    assert first.next_key is not None
    second = stores.sessions.of_centre(SCHOOL, 2026, 2, first.next_key)
    assert [session.number for session in second.items] == ["10000001"]
    assert stores.sessions.of_centre(SCHOOL, 2025, 2, None).items == ()


def test_a_session_opens_once_and_never_after_its_finalisation(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.open(NUMBER, NOW)
    stores.sessions.open(NUMBER, NOW + timedelta(minutes=1))
    assert stores.sessions.get(NUMBER).opened_at == NOW
    stores.sessions.finalise(NUMBER, finalisation())
    with pytest.raises(SessionFinalisedError):
        stores.sessions.open(NUMBER, NOW)
    with pytest.raises(SessionNotFoundError):
        stores.sessions.open(SessionNumber("99999999"), NOW)


def test_finalising_writes_the_session_and_its_open_entry_together_and_once(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    assert stores.sessions.get(NUMBER) == a_session(finalisation=finalisation())
    entry = stores.open_finalisations.get(NUMBER)
    assert entry is not None
    assert (entry.finalisation, entry.attempt, entry.requested_at) == (1, 0, NOW)
    for number in (NUMBER, SessionNumber("99999999")):
        with pytest.raises(SessionFinalisedError):
            stores.sessions.finalise(number, finalisation())
    with pytest.raises(SessionFinalisedError):
        stores.sessions.change(a_session(room="x"), a_session())
    assert stores.open_finalisations.get(SessionNumber("99999999")) is None


def test_the_jury_enters_agrees_and_the_session_is_published_each_once(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    with pytest.raises(NotInJuryError):
        stores.sessions.approve(NUMBER, 1, JUROR, NOW)
    with pytest.raises(FinalisationSupersededError):
        stores.sessions.enter_jury(NUMBER, 2, NOW)
    later = NOW + timedelta(hours=1)
    for at in (NOW, later):
        assert stores.sessions.enter_jury(NUMBER, 1, at).finalisation == finalisation(in_jury_since=NOW)
    for by, at in ((JUROR, NOW), (HEAD, later)):
        approved = stores.sessions.approve(NUMBER, 1, by, at).finalisation
        assert approved == finalisation(in_jury_since=NOW, approved_at=NOW, approved_by=JUROR)
    with pytest.raises(FinalisationSupersededError):
        stores.sessions.mark_published(NUMBER, 2, NOW)
    for at in (NOW, later):
        assert stores.sessions.mark_published(NUMBER, 1, at).published_at == NOW
    with pytest.raises(FinalisationSupersededError):
        stores.sessions.enter_jury(NUMBER, 1, NOW)


def test_a_published_session_is_reopened_once_under_the_next_number(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    second = finalisation(number=2, requested_by=JUROR)
    with pytest.raises(NotPublishedError):
        stores.sessions.reopen(stores.sessions.get(NUMBER), second)
    stores.sessions.enter_jury(NUMBER, 1, NOW)
    stores.sessions.approve(NUMBER, 1, JUROR, NOW)
    published = stores.sessions.mark_published(NUMBER, 1, NOW)
    assert published.is_published
    with pytest.raises(NotPublishedError):
        stores.sessions.reopen(published, second)  # its open entry is not closed yet
    stores.open_finalisations.close(NUMBER, 1)
    stores.sessions.reopen(published, second)
    reopened = stores.sessions.get(NUMBER)
    assert reopened == replace(published, finalisation=second, earlier_finalisations=(published.finalisation,))
    assert not reopened.is_published
    with pytest.raises(NotPublishedError):
        stores.sessions.reopen(published, second)
    assert stores.sessions.enter_jury(NUMBER, 2, NOW).finalisation == replace(second, in_jury_since=NOW)
    assert stores.sessions.mark_published(NUMBER, 2, NOW + timedelta(days=1)).published_at == NOW
    entry = stores.open_finalisations.get(NUMBER)
    assert entry is not None
    assert entry.finalisation == 2


def test_an_invigilator_joins_once(stores: Stores) -> None:
    assert not stores.invigilators.has(NUMBER, HEAD)
    stores.invigilators.add(NUMBER, HEAD, NOW)
    stores.invigilators.add(NUMBER, HEAD, NOW)
    assert stores.invigilators.has(NUMBER, HEAD)
    assert not stores.invigilators.has(SessionNumber("1"), HEAD)


@pytest.mark.parametrize("candidate", [a_candidate(), full_candidate()], ids=["bare", "full"])
def test_a_candidate_is_kept_as_it_is(stores: Stores, candidate: Candidate) -> None:
    stores.candidates.add([candidate])
    assert stores.candidates.get(NUMBER, candidate.candidate_id) == candidate
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.get(NUMBER, CandidateId("can_9"))


def test_candidates_come_by_name_without_accents(stores: Stores) -> None:
    stores.candidates.add([a_candidate(1, "Zola"), a_candidate(2, "Éluard"), a_candidate(3, "eco"), a_candidate(4, "Aragon")])
    assert [row.identity.last_name for row in stores.candidates.of_session(NUMBER)] == ["Aragon", "eco", "Éluard", "Zola"]
    assert list(stores.candidates.of_session(SessionNumber("1"))) == []


def test_a_candidate_is_replaced_only_over_what_was_read(stores: Stores) -> None:
    stores.candidates.add([a_candidate()])
    first = stores.candidates.replace(a_candidate(authorised_at=NOW), a_candidate())
    assert (first.revision, first.authorised_at) == (2, NOW)
    with pytest.raises(CandidateChangedError):
        stores.candidates.replace(a_candidate(class_name="3B"), a_candidate())
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.replace(a_candidate(9), a_candidate(9))
    assert stores.candidates.get(NUMBER, first.candidate_id) == first


def test_a_frozen_candidate_is_closed_to_all_but_its_finalisation_and_later_ones(stores: Stores) -> None:
    stores.candidates.add([a_candidate()])
    for _ in range(2):
        frozen = stores.candidates.freeze(NUMBER, a_candidate().candidate_id, 1)
        assert frozen.finalisation == 1
    frozen = stores.candidates.freeze(NUMBER, a_candidate().candidate_id, 2)
    with pytest.raises(FinalisationSupersededError):
        stores.candidates.freeze(NUMBER, a_candidate().candidate_id, 1)
    with pytest.raises(SessionFinalisedError):
        stores.candidates.replace(frozen, frozen)
    with pytest.raises(SessionFinalisedError):
        stores.candidates.remove(frozen)
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.freeze(NUMBER, CandidateId("can_9"), 1)


def test_joining_writes_the_candidate_and_the_sitting_together(stores: Stores) -> None:
    user_id = account(1)
    stores.candidates.add([a_candidate(1), a_candidate(2, "Martin")])
    assert stores.candidates.sitting_of(user_id) is None
    joined = stores.candidates.join(a_candidate(1, user_id=user_id), a_candidate(1), None)
    sitting = Sitting(user_id, joined.certification_id, NUMBER, joined.candidate_id)
    assert stores.candidates.sitting_of(user_id) == sitting
    second = a_candidate(2, "Martin")
    with pytest.raises(AnotherCertificationLiveError):
        stores.candidates.join(replace(second, user_id=user_id), second, None)
    assert stores.candidates.get(NUMBER, second.candidate_id) == second
    with pytest.raises(CandidateChangedError):
        stores.candidates.join(replace(second, user_id=user_id), replace(second, revision=7), sitting)
    assert stores.candidates.sitting_of(user_id) == sitting
    moved = stores.candidates.join(replace(second, user_id=user_id), second, sitting)
    assert stores.candidates.sitting_of(user_id) == Sitting(user_id, moved.certification_id, NUMBER, moved.candidate_id)


def test_only_who_has_not_joined_is_removed(stores: Stores) -> None:
    stores.candidates.add([a_candidate(1), a_candidate(2, user_id=account(1))])
    stores.candidates.remove(a_candidate(1))
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.remove(a_candidate(1))
    with pytest.raises(CandidateChangedError):
        stores.candidates.remove(a_candidate(2, user_id=account(1)))


def test_a_version_is_written_once_and_read_as_it_was(stores: Stores) -> None:
    assert stores.results.append(a_result()) == a_result()
    assert stores.results.append(a_result(pix=0)) == a_result()
    assert stores.results.latest(CertificationId("crt_1")) == a_result()
    with pytest.raises(CertificationNotFoundError):
        stores.results.latest(CertificationId("crt_9"))
    assert list(stores.results.history(CertificationId("crt_9"))) == []


def test_a_decision_is_appended_only_while_the_session_is_before_the_jury(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    stores.results.append(a_result())
    decision = Decision("comment", JUROR, NOW, {"for_candidate": "Bravo", "for_organisation": None})
    following = a_result(1001, author=JUROR, decision=decision, comment_for_candidate="Bravo", corrected_identity=identity("Autre"))
    with pytest.raises(NotInJuryError):
        stores.results.append_decision(following)
    stores.sessions.enter_jury(NUMBER, 1, NOW)
    stores.results.append_decision(following)
    with pytest.raises(ResultChangedError):
        stores.results.append_decision(following)
    with pytest.raises(NotInJuryError):
        stores.results.append_decision(a_result(2001))
    stores.sessions.approve(NUMBER, 1, JUROR, NOW)
    with pytest.raises(NotInJuryError):
        stores.results.append_decision(a_result(1002))
    assert list(stores.results.history(CertificationId("crt_1"))) == [a_result(), following]
    assert stores.results.latest(CertificationId("crt_1")) == following


def test_an_attempt_is_claimed_once(stores: Stores) -> None:
    for number in ("10000001", "10000009"):
        stores.sessions.create(a_session(number))
        stores.sessions.finalise(SessionNumber(number), finalisation())
    entries = list(stores.open_finalisations.all())
    assert sorted(entry.session_number for entry in entries) == ["10000001", "10000009"]
    claimed = stores.open_finalisations.claim_attempt(entries[0], NOW)
    assert claimed == replace(entries[0], attempt=1, attempted_at=NOW)
    assert stores.open_finalisations.claim_attempt(entries[0], NOW) is None
    stores.open_finalisations.close(entries[0].session_number, 2)
    assert stores.open_finalisations.get(entries[0].session_number) == claimed
    for _ in range(2):
        stores.open_finalisations.close(entries[0].session_number, 1)
    assert stores.open_finalisations.get(entries[0].session_number) is None
    assert stores.open_finalisations.claim_attempt(entries[0], NOW) is None


def test_the_worklist_keeps_one_row_a_session_and_since_when_it_waits(stores: Stores) -> None:
    stores.worklist.put(waiting())
    stores.worklist.put(waiting(token="token-2", reminders=1, waiting_since=datetime(2027, 4, 1, tzinfo=UTC)))
    assert stores.worklist.get(NUMBER) == waiting(token="token-2", reminders=1)
    stores.worklist.put(waiting(finalisation=2))
    with pytest.raises(ConditionFailedError):
        stores.worklist.put(waiting())
    stores.worklist.remove(NUMBER, 1)
    assert stores.worklist.get(NUMBER) is not None
    for _ in range(2):
        stores.worklist.remove(NUMBER, 2)
    assert stores.worklist.get(NUMBER) is None


def test_the_worklist_comes_in_pages_that_miss_nothing(stores: Stores) -> None:
    numbers = [str(10_000_000 + rank) for rank in range(11)]
    for number in numbers:
        stores.worklist.put(waiting(number))
    found: list[str] = []
    page = stores.worklist.page(4, None)
    while page:
        found += [row.session_number for row in page]
        page = stores.worklist.page(4, page[-1].session_number)
    assert sorted(found) == numbers
    assert found == [row.session_number for row in stores.worklist.all()]
