"""A test that is read again: with the server's clock, and not sent while nothing happens to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from functions.answers import wiring
from functions.answers.wiring import parts
from jalon.assessment.move_deadline import move_deadline
from tests.assessment.content import wrong_answer
from tests.functions.answers_client import Pupil, Reply
from tests.functions.answers_cloud import certification, first_ticket
from tests.sources import FixedClock

NINE = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[FixedClock]:
    """The function's own clock, at five past nine."""
    parts.cache_clear()
    governed = FixedClock(NINE)
    monkeypatch.setattr(wiring, "SystemClock", lambda: governed)
    yield governed
    parts.cache_clear()


def again(pupil: Pupil, read: Reply, ticket: str | None = None) -> Reply:
    """The same test, asked for with the ETag of what was read."""
    known = {"if-none-match": read.headers["etag"]} | ({"jalon-ticket": ticket} if ticket else {})
    return pupil.send("read_assessment", f"/v1/assessments/{read.body['id']}", headers=known)


def test_a_test_that_nothing_happens_to_is_not_sent_again_for_an_hour(pupil: Pupil, clock: FixedClock) -> None:
    started = pupil.start().body
    first = pupil.read(started["id"])
    clock.instant += timedelta(minutes=54, seconds=59)
    held = again(pupil, first)
    assert (held.status, held.text, held.headers["etag"]) == (304, "", first.headers["etag"])
    clock.instant += timedelta(seconds=1)
    fresh = again(pupil, first)
    assert (fresh.status, fresh.body["now"]) == (200, "2026-11-23T10:00:00Z")
    assert fresh.body["question"]["ticket"] != first.body["question"]["ticket"]


def test_no_cache_keeps_a_test_so_that_a_page_loaded_anew_hears_the_clock(pupil: Pupil, clock: FixedClock) -> None:
    first = pupil.read(pupil.start().body["id"])
    assert first.headers["cache-control"] == again(pupil, first).headers["cache-control"] == "no-store"


def test_an_answer_a_moved_deadline_and_another_device_are_heard_of(pupil: Pupil, clock: FixedClock) -> None:
    state = certification(pupil, minutes=105)
    asked = first_ticket(state)
    first = pupil.read(state.assessment_id, asked["ticket"])
    assert again(pupil, first, asked["ticket"]).status == 304
    assert again(pupil, first).status == 200  # a device without a ticket is shown no question
    move_deadline(parts().store, clock, state.assessment_id, clock.instant + timedelta(minutes=200))
    moved = again(pupil, first, asked["ticket"])
    assert (moved.status, moved.body["deadline_at"]) == (200, "2026-11-23T12:25:00Z")
    assert pupil.answer(state.assessment_id, asked).status == 200
    assert again(pupil, moved, asked["ticket"]).status == 200


def test_a_reloaded_page_of_a_certification_counts_down_from_what_is_left(pupil: Pupil, clock: FixedClock) -> None:
    state = certification(pupil, questions=6)
    question = first_ticket(state)
    while question["timer_s"] is None:
        assert (question["remaining_ms"], question["focus_counts"]) == (None, question["focused"])
        question = pupil.answer(state.assessment_id, question, wrong_answer(question["type"])).body["assessment"]["question"]
    assert (question["timer_s"], question["remaining_ms"]) == (30, 30_000)
    clock.instant += timedelta(seconds=12.5)
    reloaded = pupil.read(state.assessment_id, question["ticket"]).body
    assert (reloaded["now"], reloaded["question"]["remaining_ms"]) == ("2026-11-23T09:05:12Z", 17_500)
    assert reloaded["question"]["ticket"] == question["ticket"]


def test_a_test_that_is_not_there_has_no_tag(pupil: Pupil, clock: FixedClock) -> None:
    missing = pupil.send("read_assessment", f"/v1/assessments/asm_{'9' * 32}", headers={"if-none-match": "*"})
    assert (missing.status, "etag" in missing.headers) == (404, False)
