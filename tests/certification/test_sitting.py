"""A pupil's way through a certification: join, wait, start, lose the computer, resume, be ended (docs/domain.md §5, §7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.grading import Result
from engine.knowledge import Element, Knowledge
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.state import Status
from jalon.certification.candidates import AbortReason, CandidateStatus, own_deadline
from jalon.certification.errors import (
    AnotherCertificationLiveError,
    CandidateNotMatchedError,
    CandidateTakenError,
    CertificationNotFoundError,
    InvalidExtensionError,
    NotAnInvigilatorError,
    NotAuthorisedError,
    NotCertifiableError,
    SessionFinalisedError,
    TestNotStartedError,
    TestOverError,
    WrongAccessCodeError,
    WrongInvigilatorCodeError,
)
from jalon.certification.identities import IdentityClaim
from jalon.certification.join_certification import JoinCertification, join_certification, own_candidate
from jalon.certification.start_certification import succeeded_challenges
from jalon.certification.supervise_session import authorise_candidate, end_test, extend_time, join_as_invigilator, require_invigilator
from jalon.certification.watch_session import Progress, watch_session
from jalon.kernel.ids import CertificationId, SessionNumber
from tests.assessment.content import release
from tests.certification.centre import INVIGILATOR, NAMES, Centre, account, everything_known, identity, profile


def test_a_pupil_joins_with_the_codes_and_the_identity_of_the_list(centre: Centre) -> None:
    session = centre.session()
    (candidate,) = centre.enrol(session.number, NAMES[0])
    claim = IdentityClaim("LEFEVRE", "zoe", candidate.identity.birth_date)
    command = JoinCertification(account(1), session.number, session.access_code.lower(), claim)
    joined = join_certification(centre.entry, command)
    assert (joined.user_id, joined.status, joined.candidate_id) == (account(1), CandidateStatus.WAITING, candidate.candidate_id)
    assert join_certification(centre.entry, command) == joined
    assert own_candidate(centre.candidates, account(1), joined.certification_id) == joined


@pytest.mark.parametrize(("number", "code"), [(None, "BBBB22"), ("99999999", None)])
def test_an_unknown_session_and_a_wrong_code_are_one_answer(centre: Centre, number: str | None, code: str | None) -> None:
    session = centre.session()
    claim = IdentityClaim("Lefèvre", "Zoé", date(2012, 5, 17))
    wrong = JoinCertification(account(1), SessionNumber(number or session.number), code or session.access_code, claim)
    with pytest.raises(WrongAccessCodeError) as refusal:
        join_certification(centre.entry, wrong)
    assert refusal.value.facts == {}


def test_a_stranger_is_not_on_the_list_and_a_taken_place_is_taken(centre: Centre) -> None:
    session = centre.session()
    (candidate,) = centre.enrol(session.number, NAMES[0])
    with pytest.raises(CandidateNotMatchedError):
        centre.join(session, replace(candidate, identity=identity("Autre")), account(1))
    centre.join(session, candidate, account(1))
    with pytest.raises(CandidateTakenError):
        centre.join(session, candidate, account(2))


def test_an_account_is_one_candidate_of_a_session(centre: Centre) -> None:
    session = centre.session()
    first, second = centre.enrol(session.number, NAMES[0], NAMES[1])
    centre.join(session, first, account(1))
    with pytest.raises(AnotherCertificationLiveError):
        centre.join(session, second, account(1))


def test_nobody_joins_a_finalised_session(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    (late,) = [replace(begun.candidate, identity=identity(*NAMES[1]))]
    centre.finalise(session, {begun.candidate.candidate_id: AbortReason.CANDIDATE})
    with pytest.raises(SessionFinalisedError):
        centre.join(session, late, account(9))


def test_an_account_sits_one_certification_at_a_time(centre: Centre) -> None:
    first, second = centre.session(), centre.session()
    (begun,) = centre.begin(first, NAMES[0])
    (elsewhere,) = centre.enrol(second.number, NAMES[0])
    user_id = begun.test.user_id
    with pytest.raises(AnotherCertificationLiveError):
        centre.join(second, elsewhere, user_id)
    end_test(centre.room, first.number, begun.candidate.candidate_id)
    assert centre.join(second, elsewhere, user_id).user_id == user_id
    with pytest.raises(CertificationNotFoundError):
        own_candidate(centre.candidates, user_id, begun.candidate.certification_id)


@pytest.mark.parametrize("over", ["completed", "time_over", "not_begun", "finalised"])
def test_a_certification_that_is_over_frees_the_account(centre: Centre, over: str) -> None:
    first, second = centre.session(), centre.session()
    (seated,) = centre.seat(first, NAMES[0])
    user_id = seated.user_id
    assert user_id is not None
    if over != "not_begun":
        begun = centre.start(seated)
        if over == "completed":
            centre.finish(begun.test)
        if over == "time_over":
            centre.wait(minutes=106)
        if over == "finalised":
            centre.finalise(first, {seated.candidate_id: AbortReason.CANDIDATE})
            centre.score(seated)
    (elsewhere,) = centre.enrol(second.number, NAMES[0])
    assert centre.join(second, elsewhere, user_id).user_id == user_id


def test_nobody_starts_without_the_invigilators_leave(centre: Centre) -> None:
    session = centre.session()
    (candidate,) = centre.enrol(session.number, NAMES[0])
    centre.profiles.items[account(1)] = profile(account(1), everything_known())
    joined = centre.join(session, candidate, account(1))
    with pytest.raises(NotAuthorisedError):
        centre.start(joined)
    authorised = authorise_candidate(centre.room, session.number, candidate.candidate_id)
    assert authorise_candidate(centre.room, session.number, candidate.candidate_id) == authorised
    assert centre.start(joined).candidate.status is CandidateStatus.STARTED


def test_the_leave_may_come_before_the_pupil(centre: Centre) -> None:
    session = centre.session()
    (candidate,) = centre.enrol(session.number, NAMES[0])
    assert authorise_candidate(centre.room, session.number, candidate.candidate_id).status is CandidateStatus.ENROLLED
    assert centre.join(session, candidate, account(1)).status is CandidateStatus.AUTHORISED


def test_the_start_freezes_the_profile_and_draws_three_questions_a_competence(centre: Centre) -> None:
    (begun,) = centre.begin(centre.session(), NAMES[0])
    test = begun.test
    assert len(test.questions or ()) == 18
    assert {code: score.level for code, score in test.profile_at_start.items()} == dict.fromkeys(
        ("1.1", "1.2", "2.1", "3.1", "4.1", "5.1"), 3
    )
    assert test.certification_id == begun.candidate.certification_id
    centre.profiles.items[test.user_id] = profile(test.user_id, Knowledge.of())
    assert centre.start(begun.candidate).test.profile_at_start == test.profile_at_start


def test_the_time_is_the_candidates_own(centre: Centre) -> None:
    session = centre.session()
    first, second = centre.seat(session, NAMES[0], NAMES[1], extra_time_percent=33)
    started = centre.start(first)
    centre.wait(minutes=7)
    late = centre.start(second)
    assert started.test.deadline_at == started.test.started_at + timedelta(minutes=105 * 1.33)
    assert (late.test.deadline_at or late.test.started_at) - (started.test.deadline_at or late.test.started_at) == timedelta(minutes=7)
    assert started.test.extra_time_percent == 33


def test_who_is_not_certifiable_does_not_start(centre: Centre) -> None:
    (seated,) = centre.seat(centre.session(), NAMES[0], knowledge=everything_known(competences=4))
    with pytest.raises(NotCertifiableError) as refusal:
        centre.start(seated)
    assert refusal.value.facts == {"competences": 4}
    assert centre.assessments.items == {}
    assert centre.candidates.get(seated.session_number, seated.candidate_id).status is CandidateStatus.AUTHORISED


def test_a_class_that_starts_at_once_opens_the_session_once(centre: Centre) -> None:
    session = centre.session()
    centre.begin(session, *NAMES)
    assert centre.sessions.opened == 1
    assert centre.sessions.get(session.number).opened_at is not None


def test_each_test_is_personal(centre: Centre) -> None:
    first, second = centre.begin(centre.session(), NAMES[0], NAMES[1])
    assert first.test.questions != second.test.questions


def test_the_same_start_again_gives_the_running_test_and_another_devices_start_does_not(centre: Centre) -> None:
    (seated,) = centre.seat(centre.session(), NAMES[0])
    begun = centre.start(seated, "device-1")
    assert centre.start(seated, "device-1") == begun
    for other in ("device-2", ""):
        with pytest.raises(NotAuthorisedError):
            centre.start(seated, other)


def test_a_start_that_died_half_way_goes_on_with_the_same_test(centre: Centre) -> None:
    (seated,) = centre.seat(centre.session(), NAMES[0])
    begun = centre.start(seated)
    centre.candidates.items[seated.session_number, seated.candidate_id] = seated  # the row was never written
    centre.wait(minutes=3)
    again = centre.start(seated, "device-2")
    assert again.test == begun.test
    assert again.candidate.started_at == begun.test.started_at
    assert len(centre.assessments.items) == 1


def test_of_two_devices_that_start_at_once_one_holds_the_test(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    (seated,) = centre.seat(centre.session(), NAMES[0])
    create = centre.assessments.create

    def interrupted(state: object) -> bool:
        monkeypatch.setattr(centre.assessments, "create", create)
        centre.start(seated, "device-2")
        return create(state)

    monkeypatch.setattr(centre.assessments, "create", interrupted)
    with pytest.raises(NotAuthorisedError):
        centre.start(seated, "device-1")
    assert centre.candidates.get(seated.session_number, seated.candidate_id).device_key == "device-2"


def test_a_report_written_in_the_instant_of_the_start_does_not_lose_it(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    (seated,) = centre.seat(centre.session(), NAMES[0])
    create = centre.assessments.create

    def interrupted(state: object) -> bool:
        stored = centre.candidates.get(seated.session_number, seated.candidate_id)
        centre.candidates.replace(replace(stored, external_id="x"), stored)
        return create(state)

    monkeypatch.setattr(centre.assessments, "create", interrupted)
    begun = centre.start(seated)
    assert (begun.candidate.status, begun.candidate.external_id) == (CandidateStatus.STARTED, "x")


def test_someone_elses_certification_does_not_exist(centre: Centre) -> None:
    (begun,) = centre.begin(centre.session(), NAMES[0])
    with pytest.raises(CertificationNotFoundError):
        own_candidate(centre.candidates, account(9), begun.candidate.certification_id)
    with pytest.raises(CertificationNotFoundError):
        own_candidate(centre.candidates, begun.test.user_id, CertificationId("crt_9"))


def test_the_invigilator_joins_with_the_code_and_only_then_sees_the_room(centre: Centre) -> None:
    session = centre.session()
    with pytest.raises(NotAnInvigilatorError):
        require_invigilator(centre.room, session.number, INVIGILATOR)
    for number, code in ((session.number, "WRONG222"), (SessionNumber("1"), session.invigilator_code)):
        with pytest.raises(WrongInvigilatorCodeError):
            join_as_invigilator(centre.room, number, code, INVIGILATOR)
    join_as_invigilator(centre.room, session.number, f" {session.invigilator_code.lower()} ", INVIGILATOR)
    join_as_invigilator(centre.room, session.number, session.invigilator_code, INVIGILATOR)
    assert require_invigilator(centre.room, session.number, INVIGILATOR).number == session.number


def test_ending_a_test_refuses_every_further_answer(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.answer(begun.test, Result.OK)
    ended = end_test(centre.room, session.number, begun.candidate.candidate_id)
    assert ended.status is CandidateStatus.ENDED
    assert end_test(centre.room, session.number, begun.candidate.candidate_id) == ended
    centre.answer(begun.test, Result.OK)
    stored = centre.assessments.items[begun.test.assessment_id]
    assert (stored.status, stored.end_reason, len(stored.answers)) == (Status.ENDED, "invigilator", 1)
    with pytest.raises(TestOverError):
        authorise_candidate(centre.room, session.number, begun.candidate.candidate_id)


def test_a_test_that_has_not_started_is_neither_ended_nor_extended(centre: Centre) -> None:
    session = centre.session()
    (seated,) = centre.seat(session, NAMES[0])
    with pytest.raises(TestNotStartedError):
        end_test(centre.room, session.number, seated.candidate_id)
    with pytest.raises(TestNotStartedError):
        extend_time(centre.room, session.number, seated.candidate_id, 10)


def test_an_extension_moves_the_deadline_once_and_is_never_taken_back(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    candidate_id, start = begun.candidate.candidate_id, begun.test.started_at
    for _ in range(2):
        extended = extend_time(centre.room, session.number, candidate_id, 15)
        assert extended.extension_min == 15
        assert centre.assessments.items[begun.test.assessment_id].deadline_at == own_deadline(start, 0, 15)
    for wrong in (10, 241):
        with pytest.raises(InvalidExtensionError):
            extend_time(centre.room, session.number, candidate_id, wrong)


def test_an_extension_that_died_half_way_is_mended_by_its_repetition(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    extend_time(centre.room, session.number, begun.candidate.candidate_id, 15)
    move_deadline(centre.assessments, centre.clock, begun.test.assessment_id, own_deadline(begun.test.started_at, 0, 0))
    extend_time(centre.room, session.number, begun.candidate.candidate_id, 15)
    assert centre.assessments.items[begun.test.assessment_id].deadline_at == own_deadline(begun.test.started_at, 0, 15)


def test_the_room_is_seen_live(centre: Centre) -> None:
    session = centre.session()
    centre.enrol(session.number, ("Absent", "Ali"))
    first, second, third, fourth = centre.begin(session, *NAMES)
    centre.answer(first.test, Result.OK, Result.KO)
    centre.finish(second.test)
    end_test(centre.room, session.number, third.candidate.candidate_id)
    centre.wait(minutes=4)
    centre.answer(fourth.test, Result.OK)
    centre.wait(minutes=2)
    lines = {line.candidate.identity.last_name: line for line in watch_session(centre.room, session.number)}
    assert {name: line.progress for name, line in lines.items()} == {
        "Absent": Progress.ENROLLED,
        "Lefèvre": Progress.STARTED,
        "Martin": Progress.COMPLETED,
        "Œuvrard": Progress.ENDED,
        "Petit": Progress.STARTED,
    }
    assert (lines["Lefèvre"].question_number, lines["Lefèvre"].question_count, lines["Lefèvre"].connected) == (3, 18, False)
    assert (lines["Petit"].question_number, lines["Petit"].connected) == (2, True)
    assert lines["Martin"].question_number is None
    centre.wait(minutes=105)
    assert {line.progress for line in watch_session(centre.room, session.number)} >= {Progress.TIME_OVER}


def test_what_was_answered_right_before_is_known_in_any_release(centre: Centre) -> None:
    (begun,) = centre.begin(centre.session(), NAMES[0])
    test = centre.answer(begun.test, Result.OK, Result.KO, Result.OK)
    asked = [question.challenge_index for question in (test.questions or ())[:3]]
    found = succeeded_challenges([test], centre.releases, release())
    assert found == {asked[0], asked[2]}


def test_knowledge_that_is_only_inferred_certifies_too(centre: Centre) -> None:
    inferred = Knowledge.of(Element(element.skill_index, True, False, 1) for element in everything_known())
    (begun,) = centre.begin(centre.session(), NAMES[0], knowledge=inferred)
    assert len(begun.test.questions or ()) == 18
