"""The room through the API: a place that was taken is given back, the room closes with its session, nobody invigilates themselves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.functions.certification_cloud import Candidate, CertificationCloud, certification_cloud, send

STRANGER = "usr_" + "9" * 32


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as built:
        yield built


def _free(world: CertificationCloud, candidate: Candidate) -> Any:
    return world.room("free_seat", candidate.number, candidate_id=candidate.candidate_id)


def _invigilate(session: Any, user_id: str) -> Any:
    body = {"invigilator_code": session["invigilator_code"]}
    return send("sessions", "join_as_invigilator", user_id, "pupil", number=session["number"], body=body)


def _code(reply: Any) -> tuple[int, str]:
    return reply.status, reply.body["code"]


def _another(candidate: Candidate, user_id: str = "") -> Candidate:
    """Another account with the same names typed."""
    return replace(candidate, user_id=user_id)


def test_a_place_that_a_stranger_took_is_given_back(world: CertificationCloud, caplog: pytest.LogCaptureFixture) -> None:
    session = world.session()
    (candidate,) = world.enrol(session, ("Lefèvre", "Zoé"))
    stranger, owner = _another(candidate), _another(candidate)
    assert stranger.join().status == 201
    assert _code(owner.join()) == (409, "candidate_taken")
    caplog.clear()
    for _ in range(2):
        assert _free(world, candidate).status == 204
    assert [record.getMessage() for record in caplog.records].count("SEAT_FREED") == 2
    assert _code(stranger.read()) == (410, "seat_freed")
    assert _code(stranger.start()) == (410, "seat_freed")
    assert _code(stranger.join()) == (410, "seat_freed")
    assert world.live(session)[candidate.candidate_id]["progress"] == "enrolled"
    joined = owner.join()
    assert (joined.status, joined.body["status"], joined.body["id"] != candidate.certification_id) == (201, "waiting", True)
    assert _code(stranger.join()) == (409, "candidate_taken")


def test_a_place_is_given_back_after_the_first_of_the_room_has_started_too(world: CertificationCloud) -> None:
    session = world.session()
    (second,) = world.enrol(session, ("Lefèvre", "Zoé"))
    assert _another(second).join().status == 201
    seated = world.seat(session, ("Petit", "Éric"))
    assert seated[0].start().status == 200
    assert _code(world.centre("remove_candidate", number=session["number"], candidate_id=second.candidate_id)) == (
        409,
        "session_already_started",
    )
    assert _free(world, second).status == 204
    assert _another(second).join().status == 201


def test_only_the_room_gives_a_place_back_and_not_one_that_has_started(world: CertificationCloud) -> None:
    session = world.session()
    (candidate,) = world.seat(session, ("Lefèvre", "Zoé"))
    path = {"number": session["number"], "candidate_id": candidate.candidate_id}
    for user_id in (STRANGER, candidate.user_id):
        assert _code(send("sessions", "free_seat", user_id, "pupil", **path)) == (403, "not_an_invigilator")
    assert _code(world.centre("free_seat", **path)) == (403, "not_an_invigilator")
    assert candidate.start().status == 200
    assert _code(_free(world, candidate)) == (409, "test_started")
    assert _code(world.room("free_seat", session["number"], candidate_id="can_" + "0" * 32)) == (404, "candidate_not_found")


def test_a_room_is_closed_once_its_session_is_finalised(world: CertificationCloud) -> None:
    session = world.session()
    world.finish(session, ("Lefèvre", "Zoé"))
    assert world.room("watch_session", session["number"]).status == 200
    assert world.finalise(session).status == 202
    for name in ("watch_session", "authorise_candidate", "end_test", "extend_time", "write_report", "withdraw_report", "free_seat"):
        assert (name, _code(world.room(name, session["number"]))) == (name, (410, "session_finalised"))
    assert _code(_invigilate(session, STRANGER)) == (410, "session_finalised")
    assert _code(send("sessions", "watch_session", STRANGER, number=session["number"])) == (403, "not_an_invigilator")


def test_a_candidate_does_not_authorise_themselves(world: CertificationCloud) -> None:
    session = world.session()
    (candidate,) = world.enrol(session, ("Lefèvre", "Zoé"))
    assert candidate.join().status == 201
    assert _code(_invigilate(session, candidate.user_id)) == (409, "candidate_of_session")
    (other,) = world.enrol(session, ("Petit", "Éric"))
    assert _invigilate(session, STRANGER).status == 200
    assert _code(replace(other, user_id=STRANGER).join()) == (409, "invigilator_of_session")
