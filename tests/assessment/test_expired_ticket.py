"""A ticket of yesterday stores nothing, and finds what became of its question: the laptop was shut before the response came."""

import pytest

from engine.grading import Result
from jalon.assessment.errors import (
    AnswerConflictError,
    AssessmentEndedError,
    AssessmentNotFoundError,
    MovedToAnotherDeviceError,
    TicketExpiredError,
)
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.state import AssessmentState, Purpose
from tests.assessment.desk import Desk
from tests.assessment.fakes import FakeAssessments

A_DAY_S = 24 * 3600 + 1


@pytest.fixture
def test(desk: Desk) -> AssessmentState:
    return desk.start("discovery", Purpose.DISCOVERY)


@pytest.fixture
def asked(desk: Desk, test: AssessmentState) -> AskedQuestion:
    return desk.question(test.assessment_id)


def test_an_answer_whose_response_was_lost_is_told_as_it_is_stored(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    first = desk.give(test.assessment_id, asked, key="k")
    again = desk.give(test.assessment_id, asked, key="k", seconds=A_DAY_S)
    assert (again.repeated, again.sequence, again.answered, again.state) == (True, 1, first.answered, first.state)
    assert again.due == first.due
    assert len(desk.state(test.assessment_id).answers) == 1


def test_a_question_that_awaits_its_answer_wants_a_new_ticket_and_takes_the_same_answer_with_it(
    desk: Desk, test: AssessmentState, asked: AskedQuestion
) -> None:
    with pytest.raises(TicketExpiredError):
        desk.give(test.assessment_id, asked, key="k", seconds=A_DAY_S)
    assert desk.state(test.assessment_id) == test
    read_again = desk.question(test.assessment_id)
    assert read_again.number == asked.number
    taken = desk.give(test.assessment_id, read_again, key="k")
    assert (taken.repeated, taken.answered.result) == (False, Result.OK)
    assert desk.give(test.assessment_id, asked, key="k").repeated  # by either ticket it is the same request


def test_whoever_answered_otherwise_is_told_so_and_not_to_send_it_again(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    desk.give(test.assessment_id, asked, key="k")
    with pytest.raises(AnswerConflictError):
        desk.give(test.assessment_id, asked, key="other", seconds=A_DAY_S)


def test_a_device_that_was_replaced_and_a_test_that_was_ended_are_told_as_that(
    desk: Desk, test: AssessmentState, asked: AskedQuestion
) -> None:
    raise_epoch(desk.store, desk.clock, test)
    with pytest.raises(MovedToAnotherDeviceError):
        desk.give(test.assessment_id, asked, seconds=A_DAY_S)
    desk.store.end(test.assessment_id, reason="reset", at=desk.clock.now())
    with pytest.raises(AssessmentEndedError):
        desk.give(test.assessment_id, asked)


def test_a_test_that_is_no_more_is_not_found(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    assert isinstance(desk.store, FakeAssessments)
    desk.store.items.clear()
    with pytest.raises(AssessmentNotFoundError):
        desk.give(test.assessment_id, asked, seconds=A_DAY_S)


def test_it_costs_one_read_and_no_write(desk: Desk, test: AssessmentState, asked: AskedQuestion, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.give(test.assessment_id, asked, key="k")
    operations: list[str] = []
    for name in ("get", "append_answer", "complete", "record_focus_loss"):
        real = getattr(FakeAssessments, name)

        def counted(*args: object, name: str = name, real: object = real, **more: object) -> object:
            operations.append(name)
            return real(*args, **more)

        monkeypatch.setattr(FakeAssessments, name, counted)
    desk.give(test.assessment_id, asked, key="k", seconds=A_DAY_S)
    assert operations == ["get"]


def test_a_loss_of_focus_is_told_as_it_is_stored_too(desk: Desk) -> None:
    test = desk.certify(questions=6)
    desk.play(test, at_most=4)
    focused = desk.question(test.assessment_id)
    assert focused.challenge.focused
    desk.lose_focus(test.assessment_id, focused)
    with pytest.raises(TicketExpiredError):
        desk.lose_focus(test.assessment_id, focused, seconds=A_DAY_S)
    desk.wait(seconds=-A_DAY_S)
    desk.give(test.assessment_id, focused)
    assert desk.lose_focus(test.assessment_id, focused, seconds=A_DAY_S).counted
