"""A question as it is asked: how much of its time is left, whether leaving the page costs anything, what it can be answered with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.challenge import Accessibility
from engine.grading import Result
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.presentation import lasting, present_assessment
from jalon.assessment.state import AssessmentState, Purpose
from tests.assessment.asking import asked_now
from tests.assessment.content import release
from tests.assessment.desk import Desk


def link(version: str, attachment: object) -> str:
    return "https://content.example"


def shown(desk: Desk, test: AssessmentState) -> dict[str, Any]:
    """The test as a page reads it now."""
    return presented(desk, desk.state(test.assessment_id))


def presented(desk: Desk, state: AssessmentState) -> dict[str, Any]:
    asked = asked_now(desk.releases.pinned(state.release), state, desk.tickets, desk.clock.now())
    return present_assessment(desk.releases.pinned(state.release), state, asked, link, desk.clock.now())


def timed(desk: Desk, **more: Any) -> AssessmentState:
    """A certification whose sixth question, of 30 seconds, has just come up."""
    test = desk.certify(**more)
    return desk.play(test, at_most=5)


def test_a_page_that_is_loaded_again_in_a_certification_is_shown_the_time_that_is_left(desk: Desk) -> None:
    test = timed(desk)
    assert [shown(desk, test)["question"][name] for name in ("number", "timer_s", "remaining_ms")] == [6, 30, 30_000]
    desk.wait(seconds=20.25)
    assert [shown(desk, test)["question"][name] for name in ("number", "timer_s", "remaining_ms")] == [6, 30, 9_750]
    desk.wait(seconds=60)
    assert shown(desk, test)["question"]["remaining_ms"] == 0


@pytest.mark.parametrize(("waited", "result"), [(0.0, Result.OK), (3.0, Result.OK), (3.001, Result.TIMEDOUT)])
def test_what_is_left_is_what_the_answer_is_judged_by_without_the_grace(desk: Desk, waited: float, result: Result) -> None:
    test = timed(desk, extra_time_percent=33)
    desk.wait(seconds=25)
    asked = desk.question(test.assessment_id)
    assert (asked.timer_s, asked.remaining_ms) == (40, 15_000)
    assert desk.give(test.assessment_id, asked, seconds=15 + waited).answered.result is result


def test_the_time_begins_anew_on_the_device_that_resumes_and_not_when_it_is_allowed_to(desk: Desk) -> None:
    test = timed(desk)
    desk.wait(minutes=10)
    resumed = replace(desk.state(test.assessment_id), epoch=2, epoch_at=desk.clock.now())
    desk.wait(seconds=4)
    assert presented(desk, resumed)["question"]["remaining_ms"] == 26_000


def test_elsewhere_a_question_has_its_whole_time_when_it_is_read(desk: Desk) -> None:
    test = desk.start("discovery", Purpose.DISCOVERY)
    content = release()
    desk.releases.releases = [replace(content, challenges=tuple(replace(each, timer_s=30) for each in content.challenges))]
    desk.wait(seconds=20)
    assert shown(desk, test)["question"]["remaining_ms"] == 30_000


def test_an_environment_whose_clock_is_behind_gives_no_more_than_the_whole_time(desk: Desk) -> None:
    test = timed(desk)
    desk.wait(seconds=-5)
    assert shown(desk, test)["question"]["remaining_ms"] == 30_000


def test_a_question_without_a_timer_has_no_time_left_to_tell(desk: Desk) -> None:
    question = shown(desk, desk.certify())["question"]
    assert (question["timer_s"], question["remaining_ms"]) == (None, None)


def test_the_servers_clock_stands_beside_the_deadline(desk: Desk) -> None:
    test = desk.certify(minutes=10)
    desk.wait(minutes=4)
    told = shown(desk, test)
    assert (told["now"], told["deadline_at"]) == ("2026-11-23T09:04:00Z", "2026-11-23T09:10:00Z")


def test_leaving_a_focused_page_costs_something_in_a_certification_only(desk: Desk) -> None:
    exam, discovery = desk.play(desk.certify(), at_most=4), desk.play(desk.start("discovery", Purpose.DISCOVERY), at_most=2)
    unfocused = shown(desk, desk.certify(letter="b"))["question"]
    told = [shown(desk, test)["question"] for test in (exam, discovery)]
    assert [(question["focused"], question["focus_counts"]) for question in (*told, unfocused)] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    for test, counts in ((exam, True), (discovery, False)):
        assert desk.lose_focus(test.assessment_id, desk.question(test.assessment_id)).counted is counts


def test_a_question_says_what_it_can_be_answered_with(desk: Desk) -> None:
    content, able = release(), (Accessibility.COLOUR_BLIND.value, Accessibility.KEYBOARD.value)
    desk.releases.releases = [replace(content, challenges=tuple(replace(each, accessibility=able) for each in content.challenges))]
    assert shown(desk, desk.certify())["question"]["accessibility"] == ["colour_blind", "keyboard"]


def test_what_lasts_of_a_test_changes_with_what_happens_and_with_the_hour_only(desk: Desk) -> None:
    test = desk.start()
    first = shown(desk, test)
    desk.wait(minutes=20)
    later = shown(desk, test)
    assert later != first
    assert lasting(later) == lasting(first)
    desk.give(test.assessment_id, desk.question(test.assessment_id))
    assert lasting(shown(desk, test)) != lasting(first)
    desk.wait(minutes=40)
    assert lasting(shown(desk, desk.state(test.assessment_id))) != lasting(later)


def test_a_deadline_that_is_moved_and_the_lack_of_a_question_last(desk: Desk) -> None:
    test = desk.certify()
    before = shown(desk, test)
    blind = before | {"question": None}
    assert lasting(blind) != lasting(before)
    move_deadline(desk.store, desk.clock, test.assessment_id, desk.clock.now() + timedelta(minutes=120))
    assert lasting(shown(desk, test)) != lasting(before)
