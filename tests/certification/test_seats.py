"""A place that somebody else took is given back, a room closes with its session, and nobody invigilates themselves."""

import pytest

from jalon.assessment.state import Status
from jalon.certification.candidates import Candidate, CandidateStatus
from jalon.certification.errors import (
    CandidateOfSessionError,
    CandidateTakenError,
    InvigilatorOfSessionError,
    NotAnInvigilatorError,
    RoomClosedError,
    SeatFreedError,
    SessionFinalisedError,
    TestStartedError,
)
from jalon.certification.join_certification import KEPT_FREE, own_candidate
from jalon.certification.report_incident import ReportIncident, report_incident
from jalon.certification.reports import ReportCode
from jalon.certification.sessions import Finalisation, Session
from jalon.certification.start_certification import start_certification
from jalon.certification.supervise_session import authorise_candidate, free_seat, join_as_invigilator, require_invigilator
from jalon.kernel.ids import UserId
from tests.certification.centre import HEAD, INVIGILATOR, NOW, Centre, account, everything_known, profile

STRANGER, OWNER = account(1), account(2)


def _taken(centre: Centre) -> tuple[Session, Candidate]:
    """A session with one candidate, whose place a stranger has taken."""
    session = centre.session()
    (candidate,) = centre.enrol(session.number, ("Lefèvre", "Zoé"))
    return session, centre.join(session, candidate, STRANGER)


def _free(centre: Centre, candidate: Candidate) -> Candidate:
    return free_seat(centre.room, centre.ids, candidate.session_number, candidate.candidate_id)


def _knows_everything(centre: Centre, user_id: UserId) -> None:
    centre.profiles.items[user_id] = profile(user_id, everything_known())


def test_a_place_is_given_back_to_whose_it_is(centre: Centre) -> None:
    session, taken = _taken(centre)
    with pytest.raises(CandidateTakenError):
        centre.join(session, taken, OWNER)
    freed = _free(centre, taken)
    assert (freed.status, freed.user_id, freed.joined_at) == (CandidateStatus.ENROLLED, None, None)
    joined = centre.join(session, freed, OWNER)
    _knows_everything(centre, OWNER)
    authorise_candidate(centre.room, session.number, joined.candidate_id)
    begun = start_certification(centre.starting, OWNER, joined.certification_id, "device-1")
    assert (begun.candidate.user_id, begun.test.user_id) == (OWNER, OWNER)


def test_whoever_took_it_hears_that_their_certification_is_over(centre: Centre) -> None:
    session, taken = _taken(centre)
    authorise_candidate(centre.room, session.number, taken.candidate_id)
    freed = _free(centre, taken)
    for _ in range(2):
        with pytest.raises(SeatFreedError):
            own_candidate(centre.candidates, STRANGER, taken.certification_id)
        centre.join(session, freed, OWNER)
    with pytest.raises(SeatFreedError):
        start_certification(centre.starting, STRANGER, taken.certification_id, "device-1")


def test_whoever_took_it_leaves_it_for_five_minutes_and_enters_under_their_own_name_at_once(centre: Centre) -> None:
    session = centre.session()
    theirs, own = centre.enrol(session.number, ("Lefèvre", "Zoé"), ("Petit", "Éric"))
    freed = _free(centre, centre.join(session, theirs, STRANGER))
    with pytest.raises(SeatFreedError):
        centre.join(session, freed, STRANGER)
    assert centre.join(session, own, STRANGER).candidate_id == own.candidate_id


def test_a_mistake_of_the_invigilators_mends_itself(centre: Centre) -> None:
    session, taken = _taken(centre)
    freed = _free(centre, taken)
    centre.clock.instant += KEPT_FREE
    again = centre.join(session, freed, STRANGER)
    assert (again.user_id, own_candidate(centre.candidates, STRANGER, again.certification_id)) == (STRANGER, again)


def test_freeing_a_free_place_changes_nothing(centre: Centre) -> None:
    _, taken = _taken(centre)
    assert _free(centre, taken) == _free(centre, taken)
    assert _free(centre, taken).revision == taken.revision + 1


def test_a_test_that_has_started_stays_its_candidates(centre: Centre) -> None:
    (begun,) = centre.begin(centre.session(), ("Lefèvre", "Zoé"))
    with pytest.raises(TestStartedError):
        _free(centre, begun.candidate)
    assert begun.candidate.user_id is not None
    assert own_candidate(centre.candidates, begun.candidate.user_id, begun.candidate.certification_id).started_at is not None


def test_reports_on_the_candidate_stay_with_the_place(centre: Centre) -> None:
    _, taken = _taken(centre)
    report = ReportIncident(taken.session_number, taken.candidate_id, INVIGILATOR, ReportCode.C4)
    report_incident(centre.room, centre.ids, report)
    assert [each.code for each in _free(centre, taken).reports] == [ReportCode.C4]


def test_a_start_that_is_under_way_while_the_place_is_given_back_takes_it_not_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test is made, then the invigilator frees the place, then the start wants to write its row."""
    session, taken = _taken(centre)
    _knows_everything(centre, STRANGER)
    authorise_candidate(centre.room, session.number, taken.candidate_id)
    replace_row = centre.candidates.replace

    def freed_meanwhile(candidate: Candidate, previous: Candidate) -> Candidate:
        monkeypatch.undo()
        _free(centre, candidate)
        return replace_row(candidate, previous)

    monkeypatch.setattr(centre.candidates, "replace", freed_meanwhile)
    with pytest.raises(SeatFreedError):
        start_certification(centre.starting, STRANGER, taken.certification_id, "device-1")
    row = centre.candidates.get(taken.session_number, taken.candidate_id)
    assert (row.user_id, row.started_at, row.assessment_id) == (None, None, None)
    assert [(test.user_id, test.status) for test in centre.assessments.items.values()] == [(STRANGER, Status.ENDED)]
    joined = centre.join(session, row, OWNER)
    _knows_everything(centre, OWNER)
    authorise_candidate(centre.room, session.number, joined.candidate_id)
    assert start_certification(centre.starting, OWNER, joined.certification_id, "device-2").test.user_id == OWNER


def _finalised(centre: Centre, session: Session) -> None:
    centre.sessions.finalise(session.number, Finalisation(1, NOW, HEAD, ""))


def test_a_room_closes_with_its_session(centre: Centre) -> None:
    session = centre.session()
    join_as_invigilator(centre.room, session.number, session.invigilator_code, INVIGILATOR)
    assert require_invigilator(centre.room, session.number, INVIGILATOR).number == session.number
    _finalised(centre, session)
    with pytest.raises(RoomClosedError):
        require_invigilator(centre.room, session.number, INVIGILATOR)
    with pytest.raises(RoomClosedError):
        join_as_invigilator(centre.room, session.number, session.invigilator_code, account(9))
    with pytest.raises(NotAnInvigilatorError):
        require_invigilator(centre.room, session.number, account(9))


def test_no_place_is_given_back_in_a_finalised_session(centre: Centre) -> None:
    session, taken = _taken(centre)
    _finalised(centre, session)
    with pytest.raises(SessionFinalisedError):
        _free(centre, taken)


def test_a_candidate_does_not_invigilate_their_own_session(centre: Centre) -> None:
    session, taken = _taken(centre)
    with pytest.raises(CandidateOfSessionError):
        join_as_invigilator(centre.room, session.number, session.invigilator_code, STRANGER)
    other = centre.session()
    assert join_as_invigilator(centre.room, other.number, other.invigilator_code, STRANGER) == other
    _free(centre, taken)
    assert join_as_invigilator(centre.room, session.number, session.invigilator_code, STRANGER) == session


def test_a_candidate_who_went_on_to_another_session_does_not_invigilate_the_first(centre: Centre) -> None:
    session, _ = _taken(centre)
    (later,) = centre.enrol((other := centre.session()).number, ("Petit", "Éric"))
    centre.join(other, later, STRANGER)
    with pytest.raises(CandidateOfSessionError):
        join_as_invigilator(centre.room, session.number, session.invigilator_code, STRANGER)


def test_an_invigilator_is_no_candidate_of_the_session(centre: Centre) -> None:
    session = centre.session()
    (candidate,) = centre.enrol(session.number, ("Lefèvre", "Zoé"))
    join_as_invigilator(centre.room, session.number, session.invigilator_code, INVIGILATOR)
    with pytest.raises(InvigilatorOfSessionError):
        centre.join(session, candidate, INVIGILATOR)
