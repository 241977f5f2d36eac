"""The jury's routes, on the emulator: what waits, what is decided, what is let go."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from engine.grading import Result
from functions.jury.schemas import MarkView
from functions.load_session.app import handler as load_session
from functions.mark_published.app import handler as mark_published
from functions.request_jury.app import handler as request_jury
from functions.score_candidate.app import handler as score_candidate
from jalon.certification.scoring import UNANSWERED
from jalon.edge.paging import encode_cursor
from tests.certification.centre import HEAD, JUROR
from tests.functions.certification_cloud import EVENTS, Candidate, CertificationCloud, certification_cloud, send


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as built:
        yield built


def task_event(function: str, name: str, **changes: Any) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / function / f"{name}.json").read_text())
    return event | changes


def brought(world: CertificationCloud, *, wrong: int = 0, report: dict[str, Any] | None = None) -> tuple[Any, Candidate]:
    """A finalised session with one candidate, scored and put before the jury by the machine's tasks."""
    session = world.session()
    (candidate,) = world.finish(session, ("Lefèvre", "Zoé"), wrong=wrong)
    if report:
        written = world.room("write_report", session["number"], body={"candidate_id": candidate.candidate_id, **report})
        assert written.status == 201, written.body
    assert world.finalise(session, global_comment="Une coupure.").status == 202
    loaded = load_session(task_event("load_session", "session", session_number=session["number"]), None)
    assert loaded["global_comment"] is True
    for item in loaded["candidates"]:
        score_candidate(task_event("score_candidate", "candidate") | item, None)
    assert request_jury(task_event("request_jury", "session", session_number=session["number"]), None) == {"waiting": True}
    return session, candidate


def decide(world: CertificationCloud, candidate: Candidate, **body: Any) -> Any:
    return world.jury("decide", certification_id=candidate.certification_id, body=body)


def review(world: CertificationCloud, session: Any) -> Any:
    reply = world.jury("review_session", number=session["number"])
    assert reply.status == 200, reply.body
    return reply.body


@pytest.mark.parametrize("name", ["list_waiting", "review_session", "decide", "publish", "correct", "revoke"])
def test_only_the_jury_enters(world: CertificationCloud, name: str) -> None:
    refused = send("jury", name, HEAD, "teacher")
    assert (refused.status, refused.body["code"]) == (403, "role_required")


def test_what_waits_is_listed_in_pages_that_miss_nothing(world: CertificationCloud) -> None:
    numbers = {brought(world)[0]["number"] for _ in range(3)}
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = world.jury("list_waiting", query={"limit": "1"} | ({"cursor": cursor} if cursor else {})).body
        found += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert numbers <= set(found)
    assert len(found) == len(set(found))
    row = next(item for item in world.jury("list_waiting", query={"limit": "200"}).body["items"] if item["number"] in numbers)
    assert (row["certifications"], row["to_decide"], row["global_comment"]) == (1, 0, True)


@pytest.mark.parametrize("position", [{"after": 5}, {"after": {"S": "x"}}, {"after": ""}, {"before": "x"}])
def test_a_cursor_that_no_page_gave_is_refused(world: CertificationCloud, position: dict[str, Any]) -> None:
    assert world.jury("list_waiting", query={"cursor": encode_cursor(position)}).status == 422


def test_the_jury_sees_the_result_the_reports_and_who_decided(world: CertificationCloud) -> None:
    session, candidate = brought(world, wrong=2, report={"code": "C6", "description": "Une antisèche."})
    seen = review(world, session)
    assert (seen["status"], seen["global_comment"], seen["open_points"]) == ("in_jury", "Une coupure.", 1)
    (certification,) = seen["certifications"]
    assert certification["identity"]["last_name"] == "Lefèvre"
    assert certification["reports"][0]["outcome"] == "waiting"
    assert (certification["result"]["version"], certification["result"]["rate"], len(certification["result"]["marks"])) == (1000, 89, 18)
    assert [entry["kind"] for entry in certification["history"]] == ["scored"]
    report_id = certification["reports"][0]["id"]
    decided = decide(world, candidate, kind="settle_report", version=1000, report_id=report_id, upheld=False)
    assert (decided.status, decided.body["version"], decided.body["open_points"]) == (201, 1001, [])
    history = review(world, session)["certifications"][0]["history"]
    assert [(entry["kind"], entry["author"]) for entry in history] == [("scored", "system"), ("settle_report", JUROR)]


def test_each_kind_of_decision_has_its_effect(world: CertificationCloud) -> None:
    session, candidate = brought(world, wrong=1)
    person = {"last_name": "Lefebvre", "first_name": "Zoé", "birth_date": "2012-05-17", "sex": "F"}
    place = {"country": "FR", "postcode": "29200", "town": "Brest"}
    steps: list[tuple[dict[str, Any], str, str]] = [
        ({"kind": "neutralise_question", "question_number": 1}, "validated", ""),
        ({"kind": "reject"}, "rejected", "fraud"),
        ({"kind": "reinstate"}, "validated", ""),
        ({"kind": "cancel"}, "cancelled", "cancelled_by_jury"),
        ({"kind": "reinstate"}, "validated", ""),
        ({"kind": "change_result", "competences": {"1.1": {"level": 1, "pix": 8}}}, "validated", ""),
        ({"kind": "correct_identity", "identity": person | {"birth_place": place}}, "validated", ""),
        ({"kind": "comment", "for_candidate": "Bravo", "for_organisation": "Rien à signaler"}, "validated", ""),
    ]
    for rank, (body, outcome, reason) in enumerate(steps):
        decided = decide(world, candidate, version=1000 + rank, **body)
        assert (decided.status, decided.body.get("outcome"), decided.body.get("reason")) == (201, outcome, reason), decided.body
    (certification,) = review(world, session)["certifications"]
    assert (certification["identity"]["last_name"], certification["corrected"]) == ("Lefebvre", True)
    assert certification["result"]["comment_for_candidate"] == "Bravo"
    assert next(item for item in certification["result"]["competences"] if item["code"] == "1.1")["level"] == 1
    assert len(certification["history"]) == 1 + len(steps)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "neutralise_question", "version": 1000, "question_number": 40}, 422, "invalid_decision"),
        ({"kind": "reinstate", "version": 1000}, 422, "invalid_decision"),
        ({"kind": "comment", "version": 999, "for_candidate": "x"}, 409, "result_changed"),
        ({"kind": "forgive", "version": 1000}, 422, "invalid_input"),
        ({"kind": "reject"}, 422, "invalid_input"),
        ({"kind": "reject", "version": 1000, "because": "x"}, 422, "invalid_input"),
        ({"kind": "change_result", "version": 1000, "competences": {"9.9": {"level": 1, "pix": 8}}}, 422, "invalid_input"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(world: CertificationCloud, body: dict[str, Any], status: int, code: str) -> None:
    session, candidate = brought(world)
    refused = decide(world, candidate, **body)
    assert (refused.status, refused.body["code"]) == (status, code), refused.body
    assert review(world, session)["certifications"][0]["result"]["version"] == 1000


def test_the_same_decision_sent_twice_is_taken_once(world: CertificationCloud) -> None:
    session, candidate = brought(world)
    body = {"kind": "comment", "version": 1000, "for_candidate": "Bravo"}
    key = {"idempotency-key": f"decision-{candidate.certification_id}"}
    first, second = (world.jury("decide", certification_id=candidate.certification_id, body=body, headers=key) for _ in range(2))
    assert first.body == second.body
    assert len(review(world, session)["certifications"][0]["history"]) == 2


def test_publication_waits_for_every_open_point_and_locks_the_session(world: CertificationCloud) -> None:
    session, candidate = brought(world, report={"code": "C6", "description": "Une antisèche."})
    refused = world.jury("publish", number=session["number"])
    assert (refused.status, refused.body["code"], refused.body["open_points"]) == (409, "open_points", 1)
    report_id = review(world, session)["certifications"][0]["reports"][0]["id"]
    decide(world, candidate, kind="settle_report", version=1000, report_id=report_id, upheld=True)
    approved, again = (world.jury("publish", number=session["number"]) for _ in range(2))
    assert (approved.status, approved.body) == (202, again.body)
    late = decide(world, candidate, kind="cancel", version=1001)
    assert (late.status, late.body["code"]) == (409, "session_not_in_jury")
    mark_published(task_event("mark_published", "session", session_number=session["number"]), None)
    assert review(world, session)["status"] == "published"
    assert session["number"] not in [item["number"] for item in world.jury("list_waiting", query={"limit": "200"}).body["items"]]
    assert world.jury("publish", number=session["number"]).status == 202


def test_a_session_that_is_not_before_the_jury_is_not_let_go(world: CertificationCloud) -> None:
    session = world.session()
    assert world.jury("review_session", number=session["number"]).body["code"] == "session_not_in_jury"
    assert world.jury("publish", number=session["number"]).body["code"] == "session_not_in_jury"
    assert world.jury("review_session", number="99999999").body["code"] == "session_not_found"
    assert world.jury("revoke", certification_id="crt_" + "9" * 32).body["code"] == "certificate_not_found"


def test_the_document_knows_a_question_that_was_never_answered() -> None:
    """A test that was ended early has such marks beside those of answers."""
    words = MarkView.model_json_schema()["properties"]["result"]["enum"]
    assert set(words) == {*(result.value for result in Result), UNANSWERED}
