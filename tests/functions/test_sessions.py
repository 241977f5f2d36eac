"""The routes of certification sessions, on the emulator."""

from collections.abc import Iterator

import pytest
from botocore.client import BaseClient

from jalon.assessment.profile_store import DynamoProfiles
from jalon.edge.paging import encode_cursor
from jalon.kernel.ids import UserId
from tests.certification.centre import HEAD, INVIGILATOR, SCHOOL, everything_known, profile
from tests.functions.certification_cloud import CLASS, CLASS_NAMES, TEACHER, Candidate, CertificationCloud, certification_cloud, send

STRANGER = UserId("usr_" + "e" * 32)


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as built:
        yield built


def test_a_session_is_created_and_read_by_its_centre(world: CertificationCloud) -> None:
    session = world.session(room="Salle 7", start_time="08:05")
    assert (session["uai"], session["centre"], session["room"], session["start_time"]) == (
        SCHOOL,
        "Collège des Exemples",
        "Salle 7",
        "08:05",
    )
    assert (session["status"], session["opened"], session["time_zone"]) == ("created", False, "Europe/Paris")
    assert world.centre("read_session", number=session["number"]).body == session


def test_the_same_creation_twice_makes_one_session(world: CertificationCloud) -> None:
    key = {"idempotency-key": "creation-once"}
    body = {"site": "S", "room": "R", "date": "2099-01-01", "start_time": "09:00", "invigilators": ["C. Exemple"]}
    first, second = (world.centre("create_session", headers=key, body=body) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert first.headers["location"] == f"/v1/sessions/{first.body['number']}"
    other = world.centre("create_session", headers=key, body=body | {"room": "Autre"})
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_every_wrong_field_of_a_session_is_named(world: CertificationCloud) -> None:
    body = {"site": " ", "room": "R", "date": "2020-01-01", "start_time": "09:00", "invigilators": []}
    refused = world.centre("create_session", body=body)
    assert (refused.status, refused.body["code"]) == (422, "invalid_session")
    assert {error["pointer"] for error in refused.body["errors"]} == {"/site", "/date", "/invigilators"}
    assert world.centre("create_session", body=body | {"colour": "red"}).status == 422


@pytest.mark.parametrize(("subject", "status", "code"), [(TEACHER, 403, "not_an_administrator"), (STRANGER, 403, "not_a_member")])
def test_only_an_administrator_of_the_school_creates_sessions(world: CertificationCloud, subject: str, status: int, code: str) -> None:
    refused = send("sessions", "create_session", subject)
    assert (refused.status, refused.body["code"]) == (status, code)


@pytest.mark.parametrize(
    "name", ["read_session", "change_session", "list_candidates", "enrol_class", "finalise_session", "read_finalisation"]
)
def test_a_strangers_session_does_not_exist(world: CertificationCloud, name: str) -> None:
    session = world.session()
    refused = send("sessions", name, STRANGER, number=session["number"])
    unknown = send("sessions", name, HEAD, number="99999999")
    assert (refused.status, refused.body["code"]) == (unknown.status, unknown.body["code"]) == (404, "session_not_found")


def test_sessions_come_by_date_in_pages(world: CertificationCloud) -> None:
    for day in ("2051-10-01", "2051-11-01", "2052-01-05"):
        world.session(date=day)
    first = world.centre("list_sessions", query={"school_year": "2051", "limit": "2"}).body
    assert [item["date"] for item in first["items"]] == ["2052-01-05", "2051-11-01"]
    second = world.centre("list_sessions", query={"school_year": "2051", "limit": "2", "cursor": first["next_cursor"]}).body
    assert [item["date"] for item in second["items"]] == ["2051-10-01"]
    assert second["next_cursor"] is None
    for cursor in ("nonsense", *map(encode_cursor, ({"after": 5}, {"after": {"S": "x"}}, {"after": ""}, {"before": "x"}))):
        assert world.centre("list_sessions", query={"cursor": cursor}).status == 422


def test_a_session_is_changed_until_it_starts(world: CertificationCloud) -> None:
    session = world.session()
    changed = world.centre("change_session", number=session["number"], body={"room": "Salle 99", "invigilators": ["A", "B"]})
    assert (changed.status, changed.body["room"], changed.body["invigilators"]) == (200, "Salle 99", ["A", "B"])
    assert changed.body["access_code"] == session["access_code"]
    (candidate,) = world.seat(session, ("Lefèvre", "Zoé"))
    assert candidate.start().status == 200
    refused = world.centre("change_session", number=session["number"], body={"room": "Salle 1"})
    assert (refused.status, refused.body["code"]) == (409, "session_already_started")


def test_a_class_and_single_candidates_are_enrolled_and_removed(world: CertificationCloud) -> None:
    session = world.session()
    number = session["number"]
    enrolled = world.centre("enrol_class", number=number, body={"class": CLASS})
    assert enrolled.status == 201
    assert [(item["last_name"], item["first_name"]) for item in enrolled.body["items"]] == list(CLASS_NAMES)
    assert {item["class"] for item in enrolled.body["items"]} == {CLASS}
    assert world.centre("enrol_class", number=number, body={"class": CLASS}).body == {"items": []}
    (single,) = world.enrol(session, ("Öztürk", "Elif"))
    listed = world.centre("list_candidates", number=number).body["items"]
    assert [item["last_name"] for item in listed] == ["Lefèvre", "Martin", "Öztürk", "Rossi"]
    for _ in range(2):
        removed = world.centre("remove_candidate", number=number, candidate_id=single.candidate_id)
    assert (removed.status, removed.body["code"]) == (404, "candidate_not_found")
    assert len(world.centre("list_candidates", number=number).body["items"]) == 3


@pytest.mark.parametrize("body", [{}, {"class": "3A", "candidates": []}, {"candidates": []}, {"class": ""}, {"class": "3Z"}])
def test_an_enrolment_that_says_nothing_or_too_much_is_refused(world: CertificationCloud, body: dict[str, object]) -> None:
    assert world.centre("enrol_class", number=world.session()["number"], body=body).status == 422


def test_a_wrong_birth_place_names_its_candidate(world: CertificationCloud) -> None:
    person = {
        "last_name": "A",
        "first_name": "B",
        "birth_date": "2012-01-01",
        "sex": "M",
        "birth_place": {"country": "FR", "town": "Brest"},
    }
    refused = world.centre("enrol_candidates", number=world.session()["number"], body={"candidates": [person]})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/candidates/0/birth_place")


def test_the_room_opens_with_the_invigilators_code_only(world: CertificationCloud) -> None:
    session = world.session()
    for name in ("watch_session", "authorise_candidate", "end_test", "extend_time", "write_report", "withdraw_report"):
        refused = send("sessions", name, STRANGER, number=session["number"])
        assert (name, refused.status, refused.body["code"]) == (name, 403, "not_an_invigilator")
    wrong = send("sessions", "join_as_invigilator", STRANGER, number=session["number"], body={"invigilator_code": "WRONG222"})
    assert (wrong.status, wrong.body["code"]) == (403, "wrong_invigilator_code")


def test_the_live_view_answers_not_modified_until_something_happens(world: CertificationCloud) -> None:
    session = world.session()
    first = world.room("watch_session", session["number"])
    again = world.room("watch_session", session["number"], headers={"if-none-match": first.headers["etag"]})
    assert (first.status, again.status, again.body) == (200, 304, None)
    world.enrol(session, ("Martin", "Anne"))
    assert world.room("watch_session", session["number"], headers={"if-none-match": first.headers["etag"]}).status == 200


def test_a_pupil_passes_from_the_list_to_the_end(world: CertificationCloud) -> None:
    session = world.session()
    (candidate,) = world.seat(session, ("Lefèvre", "Zoé"))
    assert candidate.read().body["status"] == "authorised"
    started = candidate.start()
    test = started.body["test"]
    assert (started.status, started.body["status"], test["sequence"], test["total"]) == (200, "started", 1, 18)
    assert test["question"]["ticket"]
    test = candidate.answer(test, times=4)
    line = world.live(session)[candidate.candidate_id]
    assert (line["progress"], line["question_number"], line["question_count"], line["connected"]) == ("started", 5, 18, True)
    assert 103 <= line["minutes_left"] <= 105
    assert candidate.answer(test, times=100)["status"] == "completed"
    assert candidate.read().body["status"] == "completed"
    assert candidate.read().body["test"] is None


def test_the_waiting_room_tells_where_when_under_which_name_and_how_long(world: CertificationCloud) -> None:
    session = world.session(room="B12", start_time="14:05")
    (candidate,) = world.enrol(session, ("Lefèvre", "Zoé"))
    joined = candidate.join(last_name="LEFEVRE", first_name="zoe").body
    told = {name: joined[name] for name in ("centre", "site", "room", "date", "start_time", "time_zone", "first_name", "last_name")}
    wanted = {name: session[name] for name in ("centre", "site", "room", "date", "start_time", "time_zone")}
    assert told == wanted | {"first_name": "Zoé", "last_name": "Lefèvre"}
    assert (joined["duration_min"], joined["extra_time_percent"], joined["question_count"]) == (105, 0, None)
    assert candidate.read().body == joined


def test_extra_time_and_the_invigilators_minutes_are_in_the_duration_and_the_start_tells_the_number_of_questions(
    world: CertificationCloud,
) -> None:
    session = world.session()
    person = {
        "last_name": "Lefèvre",
        "first_name": "Zoé",
        "birth_date": "2012-05-17",
        "sex": "F",
        "birth_place": {"insee_code": "29019"},
        "extra_time_percent": 33,
    }
    (item,) = world.centre("enrol_candidates", number=session["number"], body={"candidates": [person]}).body["items"]
    candidate = Candidate(session["number"], session["access_code"], item, item["id"], item["certification_id"])
    assert DynamoProfiles().put(profile(UserId(candidate.user_id), everything_known()), expected_version=0)
    assert candidate.join().body["duration_min"] == 140  # 139.65
    world.authorise(candidate)
    started = candidate.start().body
    assert (started["duration_min"], started["question_count"], started["test"]["total"]) == (140, 18, 18)
    assert world.room("extend_time", session["number"], candidate_id=candidate.candidate_id, body={"total_min": 15}).status == 200
    later = candidate.read().body
    assert (later["duration_min"], later["extra_time_percent"], later["question_count"]) == (155, 33, 18)


def test_the_waiting_room_is_not_sent_again_until_something_happens_and_reads_three_items(
    world: CertificationCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = world.session(room="B12")
    (candidate,) = world.enrol(session, ("Lefèvre", "Zoé"))
    candidate.join()
    known = {"if-none-match": candidate.read().headers["etag"]}
    operations: list[str] = []
    call = BaseClient._make_api_call
    with monkeypatch.context() as watched:
        watched.setattr(BaseClient, "_make_api_call", lambda self, name, asked: (operations.append(name), call(self, name, asked))[1])
        held = candidate.read(known)
    assert (held.status, held.body, operations) == (304, None, ["GetItem"] * 3)
    assert world.centre("change_session", number=session["number"], body={"room": "C3"}).status == 200
    moved = candidate.read(known)
    assert (moved.status, moved.body["room"]) == (200, "C3")
    world.authorise(candidate)
    assert candidate.read({"if-none-match": moved.headers["etag"]}).body["status"] == "authorised"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"access_code": "BBBB22"}, 403, "wrong_access_code"),
        ({"session_number": "99999999"}, 403, "wrong_access_code"),
        ({"birth_date": "2012-05-18"}, 404, "candidate_not_matched"),
        ({"first_name": "Zoë-Anne"}, 404, "candidate_not_matched"),
    ],
)
def test_who_is_not_on_the_list_does_not_enter(world: CertificationCloud, changes: dict[str, str], status: int, code: str) -> None:
    (candidate,) = world.enrol(world.session(), ("Lefèvre", "Zoé"))
    refused = candidate.join(**changes)
    assert (refused.status, refused.body["code"]) == (status, code)
    assert candidate.join(last_name="LEFEVRE", first_name="zoe").status == 201


def test_only_a_pupil_sits_a_certification(world: CertificationCloud) -> None:
    for name in ("join_certification", "read_certification", "start_certification", "resume_certification"):
        assert send("sessions", name, INVIGILATOR).body["code"] == "role_required"


def test_nobody_starts_before_the_invigilator_says_so(world: CertificationCloud) -> None:
    (candidate,) = world.enrol(world.session(), ("Lefèvre", "Zoé"))
    assert candidate.join().body["status"] == "waiting"
    refused = candidate.start()
    assert (refused.status, refused.body["code"]) == (403, "not_authorised")


def test_who_is_not_certifiable_is_told_so(world: CertificationCloud) -> None:
    (candidate,) = world.enrol(world.session(), ("Lefèvre", "Zoé"))
    candidate.join()
    world.authorise(candidate)
    refused = candidate.start()
    assert (refused.status, refused.body["code"], refused.body["competences"]) == (409, "not_certifiable", 0)


def test_a_start_needs_a_key_and_the_same_key_gives_the_question_again(world: CertificationCloud) -> None:
    (candidate,) = world.seat(world.session(), ("Lefèvre", "Zoé"))
    assert candidate.start("x" * 300).status == 422
    first, again = candidate.start("device-1"), candidate.start("device-1")
    assert again.body["test"]["question"]["challenge_id"] == first.body["test"]["question"]["challenge_id"]
    refused = candidate.start("device-2")
    assert (refused.status, refused.body["code"]) == (403, "not_authorised")


def test_a_computer_dies_and_the_test_goes_on_elsewhere_with_a_new_leave(world: CertificationCloud) -> None:
    session = world.session()
    (candidate,) = world.seat(session, ("Lefèvre", "Zoé"))
    test = candidate.answer(candidate.start().body["test"], times=3)
    assert candidate.device.read(test["id"]).body["question"] is None
    assert candidate.resume("device-2").body["code"] == "not_authorised"
    assert world.authorise(candidate).body["status"] == "resume_authorised"
    resumed = candidate.resume("device-2").body["test"]
    assert (resumed["sequence"], resumed["epoch"]) == (4, 2)
    assert resumed["question"]["challenge_id"] == test["question"]["challenge_id"]
    stale = candidate.device.answer(test["id"], test["question"])
    assert (stale.status, stale.body["code"]) == (409, "moved_to_another_device")
    assert candidate.resume("device-3").body["code"] == "not_authorised"
    assert candidate.answer(resumed, times=100)["status"] == "completed"


def test_the_invigilator_extends_and_ends(world: CertificationCloud) -> None:
    session = world.session()
    (candidate,) = world.seat(session, ("Lefèvre", "Zoé"))
    test = candidate.start().body["test"]
    before = world.live(session)[candidate.candidate_id]["minutes_left"]
    for _ in range(2):
        assert world.room("extend_time", session["number"], candidate_id=candidate.candidate_id, body={"total_min": 15}).status == 200
    assert world.live(session)[candidate.candidate_id]["minutes_left"] == before + 15
    refused = world.room("extend_time", session["number"], candidate_id=candidate.candidate_id, body={"total_min": 5})
    assert (refused.status, refused.body["code"]) == (422, "invalid_extension")
    assert world.room("end_test", session["number"], candidate_id=candidate.candidate_id).body["status"] == "ended"
    assert candidate.device.answer(test["id"], test["question"]).status == 410


def test_reports_are_written_shown_and_withdrawn(world: CertificationCloud) -> None:
    session = world.session()
    (candidate,) = world.seat(session, ("Lefèvre", "Zoé"))
    refused = world.room(
        "write_report", session["number"], body={"candidate_id": candidate.candidate_id, "code": "E7", "question_number": 2}
    )
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "description_required")
    assert world.room("write_report", session["number"], body={"candidate_id": candidate.candidate_id, "code": "E99"}).status == 422
    body = {"candidate_id": candidate.candidate_id, "code": "E7", "question_number": 2, "description": "Le son coupe."}
    written = world.room("write_report", session["number"], body=body)
    assert written.status == 201
    assert world.live(session)[candidate.candidate_id]["reports"] == [written.body]
    withdrawn = world.room("withdraw_report", session["number"], candidate_id=candidate.candidate_id, report_id=written.body["id"])
    assert withdrawn.status == 204
    assert world.live(session)[candidate.candidate_id]["reports"] == []


def test_a_finalisation_refuses_what_the_domain_refuses(world: CertificationCloud) -> None:
    session = world.session()
    assert world.centre("read_finalisation", number=session["number"]).body["code"] == "session_not_finalised"
    (absent,) = world.enrol(session, ("Absent", "Ali"))
    assert world.finalise(session).body["code"] == "session_nobody_started"
    (running,) = world.seat(session, ("Lefèvre", "Zoé"))
    running.start()
    missing = world.finalise(session)
    assert (missing.status, missing.body["errors"][0]["code"]) == (422, "abort_reason_missing")
    superfluous = world.finalise(session, abort_reasons={running.candidate_id: "candidate", absent.candidate_id: "technical"})
    assert (superfluous.status, superfluous.body["errors"][0]["code"]) == (422, "abort_reason_superfluous")
    assert world.finalise(session, abort_reasons={running.candidate_id: "tired"}).status == 422
    accepted = world.finalise(session, abort_reasons={running.candidate_id: "candidate"})
    assert (accepted.status, accepted.body["status"], accepted.body["number"]) == (202, "finalised", 1)
    assert accepted.headers["location"] == f"/v1/sessions/{session['number']}/finalisation"
    again = world.finalise(session, abort_reasons={running.candidate_id: "candidate"})
    assert (again.status, again.body["code"]) == (409, "session_already_finalised")
    assert world.centre("read_finalisation", number=session["number"]).body == accepted.body


def test_no_name_code_or_ticket_reaches_the_logs(
    world: CertificationCloud, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    session = world.session()
    (candidate,) = world.seat(session, ("Zanzibarde", "Quetzalcoatl"))
    ticket = candidate.start().body["test"]["question"]["ticket"]
    logged = capsys.readouterr().out + "".join(str(vars(record)) for record in caplog.records)
    assert "TEST_STARTED" in logged
    for secret in ("Zanzibarde", "Quetzalcoatl", session["access_code"], session["invigilator_code"], ticket):
        assert secret not in logged
