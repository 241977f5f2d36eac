"""A loss of focus is recorded at once, before the answer or not at all, and only where it counts.

Source: docs/domain.md §2; docs/protocol.md.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.grading import Result
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import (
    AssessmentEndedError,
    AssessmentNotFoundError,
    DeadlinePassedError,
    MovedToAnotherDeviceError,
    TicketExpiredError,
    TicketInvalidError,
)
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.record_focus_loss import FocusLoss
from jalon.assessment.state import AssessmentState, EndReason, Purpose, Status
from jalon.kernel.errors import JalonError
from tests.assessment.content import wrong_answer
from tests.assessment.desk import OTHER_PUPIL, Desk
from tests.assessment.fakes import FakeAssessments

#: The fifth question of a certification at the desk is focused.
FOCUSED = 5


@pytest.fixture
def test(desk: Desk) -> AssessmentState:
    """A certification that has come to its focused question."""
    return desk.play(desk.certify(questions=6), at_most=FOCUSED - 1)


@pytest.fixture
def asked(desk: Desk, test: AssessmentState) -> AskedQuestion:
    asked = desk.question(test.assessment_id)
    assert asked.challenge.focused
    return asked


def losses(desk: Desk, test: AssessmentState) -> frozenset[int]:
    return desk.state(test.assessment_id).focus_losses


def test_a_right_answer_is_focusedout_once_the_loss_was_recorded_though_the_answer_does_not_tell(
    desk: Desk, test: AssessmentState, asked: AskedQuestion
) -> None:
    assert desk.lose_focus(test.assessment_id, asked) == FocusLoss(FOCUSED, counted=True)
    taken = desk.give(test.assessment_id, asked)
    assert (taken.answered.result, taken.answered.focus_lost) == (Result.FOCUSEDOUT, True)
    assert desk.state(test.assessment_id).answers[FOCUSED - 1] == taken.answered == taken.state.answers[FOCUSED - 1]


def test_the_same_answer_again_is_recognised_and_told_the_same_outcome(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    desk.lose_focus(test.assessment_id, asked)
    first = desk.give(test.assessment_id, asked, key="k")
    again = desk.give(test.assessment_id, asked, key="k")
    assert (again.repeated, again.answered) == (True, first.answered)


def test_another_device_does_not_make_it_forgotten(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    desk.lose_focus(test.assessment_id, asked)
    raise_epoch(desk.store, desk.clock, test)
    shown_there = desk.question(test.assessment_id)
    assert shown_there.ticket != asked.ticket
    assert desk.lose_focus(test.assessment_id, shown_there).counted
    assert losses(desk, test) == {FOCUSED}
    assert desk.give(test.assessment_id, shown_there).answered.result is Result.FOCUSEDOUT


@pytest.mark.parametrize(("answer", "result"), [("wrong", Result.KO), ("skipped", Result.SKIPPED)])
def test_an_answer_that_was_not_right_stays_what_it_is(
    desk: Desk, test: AssessmentState, asked: AskedQuestion, answer: str, result: Result
) -> None:
    desk.lose_focus(test.assessment_id, asked)
    given = {"skipped": True} if answer == "skipped" else wrong_answer(asked.challenge.type)
    answered = desk.give(test.assessment_id, asked, given).answered
    assert (answered.result, answered.focus_lost) == (result, True)


def test_the_next_question_is_not_concerned(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    desk.lose_focus(test.assessment_id, asked)
    desk.give(test.assessment_id, asked)
    answered = desk.give(test.assessment_id, desk.question(test.assessment_id)).answered
    assert (answered.result, answered.focus_lost) == (Result.OK, False)


def test_a_loss_after_the_answer_changes_nothing_and_says_so(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    taken = desk.give(test.assessment_id, asked)
    before = desk.state(test.assessment_id)
    assert desk.lose_focus(test.assessment_id, asked) == FocusLoss(FOCUSED, counted=False)
    assert desk.state(test.assessment_id) == before
    assert before.answers[FOCUSED - 1].result is taken.answered.result is Result.OK


def _end(desk: Desk, test: AssessmentState) -> None:
    end_assessment(desk.store, desk.clock, test.assessment_id, EndReason.INVIGILATOR)


def _move(desk: Desk, test: AssessmentState) -> None:
    raise_epoch(desk.store, desk.clock, test)


def _run_out(desk: Desk, _test: AssessmentState) -> None:
    desk.wait(minutes=106)


REFUSALS: dict[str, tuple[type[JalonError], Callable[[Desk, AssessmentState], None]]] = {
    "ended": (AssessmentEndedError, _end),
    "moved": (MovedToAnotherDeviceError, _move),
    "late": (DeadlinePassedError, _run_out),
}


def _answer(desk: Desk, test: AssessmentState) -> None:
    desk.give(test.assessment_id, desk.question(test.assessment_id))


@pytest.mark.parametrize("happen", [_answer, _end, _move, _run_out])
def test_a_recorded_loss_is_told_as_recorded_whatever_happened_since(
    desk: Desk, test: AssessmentState, asked: AskedQuestion, happen: Callable[[Desk, AssessmentState], None]
) -> None:
    desk.lose_focus(test.assessment_id, asked)
    happen(desk, test)
    assert desk.lose_focus(test.assessment_id, asked) == FocusLoss(FOCUSED, counted=True)


@pytest.mark.parametrize("happens", REFUSALS)
def test_a_loss_that_could_not_be_answered_any_more_is_refused_for_the_reason_an_answer_is(
    desk: Desk, test: AssessmentState, asked: AskedQuestion, happens: str
) -> None:
    error, happen = REFUSALS[happens]
    happen(desk, test)
    with pytest.raises(error) as refused:
        desk.lose_focus(test.assessment_id, asked)
    with pytest.raises(error) as refused_answer:
        desk.give(test.assessment_id, asked, seconds=0)
    assert refused.value.facts == refused_answer.value.facts
    assert losses(desk, test) == frozenset()


@pytest.mark.parametrize(("seconds", "counted"), [(603, True), (603.001, False)])
def test_a_loss_has_the_three_seconds_for_the_network_that_an_answer_has(
    desk: Desk, test: AssessmentState, asked: AskedQuestion, seconds: float, counted: bool
) -> None:
    move_deadline(desk.store, desk.clock, test.assessment_id, desk.clock.now() + timedelta(minutes=10))
    if counted:
        assert desk.lose_focus(test.assessment_id, asked, seconds=seconds).counted
    else:
        with pytest.raises(DeadlinePassedError):
            desk.lose_focus(test.assessment_id, asked, seconds=seconds)
    assert losses(desk, test) == ({FOCUSED} if counted else frozenset())


def test_a_loss_on_the_last_question_comes_too_late_once_the_test_is_completed(desk: Desk) -> None:
    test = desk.play(desk.certify(questions=FOCUSED), at_most=FOCUSED - 1)
    asked = desk.question(test.assessment_id)
    desk.give(test.assessment_id, asked)
    assert desk.state(test.assessment_id).status is Status.COMPLETED
    assert desk.lose_focus(test.assessment_id, asked) == FocusLoss(FOCUSED, counted=False)


def test_where_it_does_not_count_nothing_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    certification = desk.certify(questions=6)
    discovery = desk.play(desk.start(purpose=Purpose.DISCOVERY, subject="discovery"), at_most=2)
    asked = {test.assessment_id: desk.question(test.assessment_id) for test in (certification, discovery)}
    focused = {assessment_id: question.challenge.focused for assessment_id, question in asked.items()}
    assert focused == {certification.assessment_id: False, discovery.assessment_id: True}
    operations: list[str] = []
    for name in ("get", "record_focus_loss"):
        monkeypatch.setattr(FakeAssessments, name, lambda *_, name=name, **__: operations.append(name))
    for assessment_id, question in asked.items():
        assert not desk.lose_focus(assessment_id, question).counted
    assert operations == []


def test_a_recorded_loss_costs_one_write_and_no_read(
    desk: Desk, test: AssessmentState, asked: AskedQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeAssessments, "get", lambda *_: pytest.fail("read"))
    assert desk.lose_focus(test.assessment_id, asked).counted
    raise_epoch(desk.store, desk.clock, test)
    assert desk.lose_focus(test.assessment_id, asked).counted  # refused by the table, which shows what it holds


def test_a_loss_in_a_test_that_vanished_is_not_found(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    assert isinstance(desk.store, FakeAssessments)
    desk.store.items.clear()
    with pytest.raises(AssessmentNotFoundError):
        desk.lose_focus(test.assessment_id, asked)


def test_someone_elses_ticket_another_tests_and_yesterdays_record_nothing(desk: Desk, test: AssessmentState, asked: AskedQuestion) -> None:
    with pytest.raises(TicketInvalidError):
        desk.lose_focus(test.assessment_id, asked, user_id=OTHER_PUPIL)
    with pytest.raises(TicketInvalidError):
        desk.lose_focus(desk.start().assessment_id, asked)
    with pytest.raises(TicketExpiredError):
        desk.lose_focus(test.assessment_id, asked, seconds=86_401)
    assert losses(desk, test) == frozenset()


@pytest.mark.parametrize("focus_lost", [False, True])
def test_the_records_own_flag_and_the_event_are_one_loss(desk: Desk, test: AssessmentState, asked: AskedQuestion, focus_lost: bool) -> None:
    """The page tells at once and with the answer: either would do, and both are not two."""
    desk.lose_focus(test.assessment_id, asked)
    assert desk.give(test.assessment_id, asked, focus_lost=focus_lost).answered.result is Result.FOCUSEDOUT
