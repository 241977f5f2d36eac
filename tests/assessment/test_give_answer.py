"""Each answer is stored exactly once, judged by the server, and refused for the right reason. Source: docs/protocol.md."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.grading import Answer, Result
from engine.packing import Answered
from engine.trace import play
from jalon.assessment.abridged_answer import as_given
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import (
    AnswerConflictError,
    AnswerFormError,
    AnswerTooLargeError,
    AssessmentCompletedError,
    AssessmentEndedError,
    AssessmentNotFoundError,
    DeadlinePassedError,
    MovedToAnotherDeviceError,
    TicketExpiredError,
    TicketInvalidError,
)
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.state import AssessmentState, EndReason, Purpose, Status
from tests.assessment.content import release, wrong_answer
from tests.assessment.desk import OTHER_PUPIL, PUPIL, Desk, right_to


def test_a_right_answer_is_stored_with_its_result_its_time_and_what_was_typed(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    taken = desk.give(test.assessment_id, asked, seconds=12.5)
    stored = desk.state(test.assessment_id)
    assert taken.answered.result is Result.OK
    assert stored.answers == (taken.answered,)
    assert stored.answers[0].elapsed_ms == 12_500
    assert stored.answers[0].answer is not None
    assert stored.sequence == 2
    assert not taken.repeated
    assert taken.due is not None


def test_a_wrong_and_a_skipped_answer_are_told_apart(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    assert desk.give(test.assessment_id, asked, wrong_answer(asked.challenge.type)).answered.result is Result.KO
    asked = desk.question(test.assessment_id)
    assert desk.give(test.assessment_id, asked, {"skipped": True}).answered.result is Result.SKIPPED


def test_the_same_request_again_gets_the_stored_outcome_and_writes_nothing(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    first = desk.give(test.assessment_id, asked, key="k")
    again = desk.give(test.assessment_id, asked, key="k")
    assert again.repeated
    assert again.answered == first.answered
    assert again.due == first.due
    assert len(desk.state(test.assessment_id).answers) == 1


def test_the_same_request_is_recognised_for_every_past_question(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    first = desk.give(test.assessment_id, asked, key="k")
    for _ in range(2):
        desk.give(test.assessment_id, desk.question(test.assessment_id))
    again = desk.give(test.assessment_id, asked, key="k")
    assert (again.repeated, again.sequence, again.answered) == (True, 1, first.answered)


@pytest.mark.parametrize(("key", "focus_lost", "skipped"), [("other", False, False), ("k", True, False), ("k", False, True)])
def test_another_request_for_an_answered_question_is_a_conflict_that_tells_the_servers_sequence(
    desk: Desk, key: str, focus_lost: bool, skipped: bool
) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    desk.give(test.assessment_id, asked, key="k")
    with pytest.raises(AnswerConflictError) as refused:
        desk.give(test.assessment_id, asked, {"skipped": True} if skipped else None, key=key, focus_lost=focus_lost)
    assert refused.value.facts == {"sequence": 2}
    assert len(desk.state(test.assessment_id).answers) == 1


def test_a_device_that_was_replaced_writes_nothing(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    raise_epoch(desk.store, desk.clock, test)
    with pytest.raises(MovedToAnotherDeviceError) as refused:
        desk.give(test.assessment_id, asked)
    assert refused.value.facts == {"sequence": 1, "epoch": 2}
    assert desk.state(test.assessment_id).answers == ()


def test_of_two_devices_that_take_a_test_over_at_once_each_gets_an_epoch_of_its_own(desk: Desk) -> None:
    """Both have read it before either writes; neither takes the other's epoch for its own."""
    test = desk.start()
    assert [raise_epoch(desk.store, desk.clock, test).epoch for _device in range(2)] == [2, 3]


def test_a_replaced_device_learns_its_stored_outcome_but_gets_no_next_question(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    first = desk.give(test.assessment_id, asked, key="k")
    raise_epoch(desk.store, desk.clock, test)
    again = desk.give(test.assessment_id, asked, key="k")
    assert (again.repeated, again.moved, again.due, again.answered) == (True, True, None, first.answered)


def test_an_ended_test_takes_no_answer_and_says_why(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    end_assessment(desk.store, desk.clock, test.assessment_id, EndReason.INVIGILATOR)
    with pytest.raises(AssessmentEndedError) as refused:
        desk.give(test.assessment_id, asked)
    assert refused.value.facts["reason"] == "invigilator"


def test_an_answer_acknowledged_before_the_end_is_still_acknowledged_after_it(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    desk.give(test.assessment_id, asked, key="k")
    end_assessment(desk.store, desk.clock, test.assessment_id, EndReason.INVIGILATOR)
    again = desk.give(test.assessment_id, asked, key="k")
    assert (again.repeated, again.due, again.state.status) == (True, None, Status.ENDED)


def test_the_last_answer_completes_the_test_and_repeating_it_finds_it_completed(desk: Desk) -> None:
    test = desk.certify(questions=2)
    desk.give(test.assessment_id, desk.question(test.assessment_id))
    asked = desk.question(test.assessment_id)
    last = desk.give(test.assessment_id, asked, key="last")
    assert (last.state.status, last.due) == (Status.COMPLETED, None)
    again = desk.give(test.assessment_id, asked, key="last")
    assert (again.repeated, again.state.status, again.answered) == (True, Status.COMPLETED, last.answered)
    with pytest.raises(AssessmentCompletedError):
        desk.give(test.assessment_id, asked, key="another")


def test_an_answer_that_the_network_brings_just_after_the_deadline_counts(desk: Desk) -> None:
    test = desk.certify(minutes=10)
    taken = desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=602)  # three seconds of grace
    assert (taken.sequence, len(desk.state(test.assessment_id).answers)) == (1, 1)


def test_a_late_answer_is_gone_and_extending_the_time_lets_it_in(desk: Desk) -> None:
    test = desk.certify(minutes=10)
    asked = desk.question(test.assessment_id)
    with pytest.raises(DeadlinePassedError) as refused:
        desk.give(test.assessment_id, asked, seconds=604)
    assert refused.value.facts == {"deadline_at": "2026-11-23T09:10:00Z"}
    assert test.deadline_at is not None
    move_deadline(desk.store, desk.clock, test.assessment_id, test.deadline_at.replace(hour=10))
    assert desk.give(test.assessment_id, asked).sequence == 1


def test_someone_elses_ticket_is_worth_nothing(desk: Desk) -> None:
    test = desk.start()
    with pytest.raises(TicketInvalidError):
        desk.give(test.assessment_id, desk.question(test.assessment_id), user_id=OTHER_PUPIL)


def test_a_ticket_of_another_test_is_refused(desk: Desk) -> None:
    one, other = desk.start("1.1"), desk.start("1.2")
    with pytest.raises(TicketInvalidError):
        desk.give(other.assessment_id, desk.question(one.assessment_id))


def test_a_ticket_of_yesterday_is_refused_and_a_fresh_one_asks_the_same_question(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    with pytest.raises(TicketExpiredError):
        desk.give(test.assessment_id, asked, seconds=86_401)
    again = desk.question(test.assessment_id)
    assert (again.challenge, again.variant_index) == (asked.challenge, asked.variant_index)
    assert desk.give(test.assessment_id, again).sequence == 1


def test_an_assessment_that_vanished_is_not_found(desk: Desk) -> None:
    test = desk.start()
    asked = desk.question(test.assessment_id)
    desk.store.items.clear()
    with pytest.raises(AssessmentNotFoundError):
        desk.give(test.assessment_id, asked)


@pytest.mark.parametrize("answer", [{"choices": ["nothing like it"], "text": "x"}, {}, {"fields": {"unknown": "x"}}])
def test_an_answer_that_the_question_cannot_take_is_refused_and_names_its_place(desk: Desk, answer: dict[str, object]) -> None:
    test = desk.start()
    with pytest.raises(AnswerFormError) as refused:
        desk.give(test.assessment_id, desk.question(test.assessment_id), answer)
    assert refused.value.violations[0].pointer.startswith("/answer")


def test_a_choice_that_is_not_offered_is_refused_and_nothing_is_stored(desk: Desk) -> None:
    test = desk.start()
    while (asked := desk.question(test.assessment_id)).challenge.type not in {"QCU", "QCM"}:
        desk.give(test.assessment_id, asked)
    before = desk.state(test.assessment_id)
    for choices, mend in ((["zzz"], "a, b, c, d"), (["b", "zzz"], "a, b, c, d"), ([], '{"skipped": true}')):
        with pytest.raises(AnswerFormError) as refused:
            desk.give(test.assessment_id, asked, {"choices": choices})
        (violation,) = refused.value.violations
        assert violation.pointer == "/answer/choices"
        assert mend in violation.detail
    assert desk.state(test.assessment_id) == before
    assert desk.give(test.assessment_id, asked, {"skipped": True}).answered.result is Result.SKIPPED


NOTHING: dict[str, list[tuple[dict[str, Any], str]]] = {
    "QCM": [({"choices": []}, "/answer/choices")],
    "QROC": [({"text": ""}, "/answer/text"), ({"text": " \u00a0"}, "/answer/text")],
    "QROCM-ind": [({"fields": {}}, "/answer/fields"), ({"fields": {"f1": "", "f2": " "}}, "/answer/fields")],
    "QROCM-dep": [({"fields": {"f2": ""}}, "/answer/fields")],
}


def test_an_empty_answer_is_refused_and_costs_no_skill(desk: Desk) -> None:
    test = desk.certify(questions=12)
    met = set()
    for _ in range(12):
        asked, before = desk.question(test.assessment_id), desk.state(test.assessment_id)
        for answer, pointer in NOTHING[asked.challenge.type]:
            with pytest.raises(AnswerFormError) as refused:
                desk.give(test.assessment_id, asked, answer)
            assert [violation.pointer for violation in refused.value.violations] == [pointer]
        assert desk.state(test.assessment_id) == before
        assert desk.give(test.assessment_id, asked).answered.result is Result.OK
        met.add(asked.challenge.type)
    assert met == NOTHING.keys()


def single_choice(desk: Desk) -> AssessmentState:
    """A test whose fourth question takes one choice."""
    whole = release()
    single = tuple(replace(challenge, type="QCU") if challenge.type == "QCM" else challenge for challenge in whole.challenges)
    desk.releases.releases = [replace(whole, challenges=single)]
    test = desk.certify()
    return desk.play(test, at_most=3)


def test_several_choices_where_one_is_asked_are_refused_and_nothing_is_stored(desk: Desk) -> None:
    test = single_choice(desk)
    asked = desk.question(test.assessment_id)
    assert asked.challenge.type == "QCU"
    for choices in (["a", "b"], ["b", "d"], ["a", "b", "c", "d"]):
        with pytest.raises(AnswerFormError) as refused:
            desk.give(test.assessment_id, asked, {"choices": choices})
        assert [(violation.pointer, "one choice" in violation.detail) for violation in refused.value.violations] == [
            ("/answer/choices", True)
        ]
    assert desk.state(test.assessment_id) == test
    assert desk.give(test.assessment_id, asked, {"choices": ["b", "b"]}).sequence == 4


@pytest.mark.parametrize("given", [Answer(choices=frozenset("ab")), Answer(choices=frozenset())])
def test_an_answer_stored_before_its_form_was_refused_stays_what_it_is(desk: Desk, given: Answer) -> None:
    """Earlier versions took them, as wrong: what was acknowledged is never judged again."""
    test = single_choice(desk)
    asked, now = desk.question(test.assessment_id), desk.clock.now()
    index = release().challenge_index(asked.challenge.id)
    stored = Answered(index, asked.variant_index, Result.KO, 1_000, int(now.timestamp()), answer=given, digest=b"d" * 12)
    desk.store.append_answer(test.assessment_id, epoch=test.epoch, sequence=4, answer=stored, at=now, deadline_from=now)
    state = desk.play(desk.state(test.assessment_id))
    assert (state.status, state.answers[3]) == (Status.COMPLETED, stored)
    replayed = [as_given(desk.releases.current(), answered) for answered in state.answers]
    assert replayed[3].answer == given
    assert {step.contradiction for step in play(desk.releases.current(), replayed, lambda past: (None, ""))} == {""}


def test_an_answer_larger_than_a_record_is_refused(desk: Desk) -> None:
    test = desk.certify(questions=1)
    asked = desk.question(test.assessment_id)
    answer = {"text": "é" * 600} if asked.challenge.type == "QROC" else {"fields": {"f1": "é" * 600, "f2": ""}}
    with pytest.raises(AnswerTooLargeError) as refused:
        desk.give(test.assessment_id, asked, answer)
    assert refused.value.facts == {"limit_bytes": 1_000}


def test_a_right_answer_that_comes_too_late_for_its_timer_does_not_count(desk: Desk) -> None:
    test = desk.certify(questions=6)  # question 6 is timed (30 s)
    desk.play(test, at_most=5)
    asked = desk.question(test.assessment_id)
    assert asked.timer_s == 30
    assert desk.give(test.assessment_id, asked, seconds=34).answered.result is Result.TIMEDOUT


@pytest.mark.parametrize(
    ("extra_time_percent", "seconds", "result"),
    [(0, 33, Result.OK), (0, 33.001, Result.TIMEDOUT), (33, 43, Result.OK), (33, 43.001, Result.TIMEDOUT), (0, 0, Result.OK)],
)
def test_a_timer_is_judged_to_the_millisecond_with_three_seconds_for_the_network(
    desk: Desk, extra_time_percent: int, seconds: float, result: Result
) -> None:
    test = desk.certify(questions=6, extra_time_percent=extra_time_percent)
    desk.play(test, at_most=5)
    assert desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=seconds).answered.result is result


@pytest.mark.parametrize(("seconds", "result"), [(33, Result.OK), (33.001, Result.TIMEDOUT)])
def test_a_timer_starts_with_the_answer_before_and_not_with_its_second(desk: Desk, seconds: float, result: Result) -> None:
    test = desk.certify(questions=6)
    desk.wait(milliseconds=999)
    desk.play(test, at_most=5)
    assert desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=seconds).answered.result is result


@pytest.mark.parametrize(("seconds", "result"), [(33, Result.OK), (33.002, Result.TIMEDOUT)])
def test_a_deadline_that_is_moved_does_not_start_a_timer_early_nor_again(desk: Desk, seconds: float, result: Result) -> None:
    """What is known of the answer before is then its second; the next one counts."""
    test = desk.certify(questions=6)
    desk.wait(milliseconds=999)
    desk.play(test, at_most=5)
    desk.wait(seconds=5)
    move_deadline(desk.store, desk.clock, test.assessment_id, desk.clock.now() + timedelta(hours=3))
    assert desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=seconds - 5).answered.result is result


@pytest.mark.parametrize("seconds", [603, 603.001])
def test_a_deadline_is_judged_to_the_millisecond_with_three_seconds_for_the_network(desk: Desk, seconds: float) -> None:
    test = desk.certify(minutes=10)
    asked = desk.question(test.assessment_id)
    if seconds > 603:
        with pytest.raises(DeadlinePassedError):
            desk.give(test.assessment_id, asked, seconds=seconds)
    else:
        desk.give(test.assessment_id, asked, seconds=seconds)
    assert len(desk.state(test.assessment_id).answers) == (seconds == 603)


def test_extra_time_lengthens_the_timer_of_a_question(desk: Desk) -> None:
    test = desk.certify(questions=6, extra_time_percent=33)
    desk.play(test, at_most=5)
    asked = desk.question(test.assessment_id)
    assert asked.timer_s == 40
    assert desk.give(test.assessment_id, asked, seconds=42).answered.result is Result.OK


def test_asking_again_in_a_certification_does_not_stop_the_clock(desk: Desk) -> None:
    test = desk.certify(questions=6)
    desk.play(test, at_most=5)
    desk.wait(seconds=30)
    assert desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=10).answered.result is Result.TIMEDOUT


def test_in_a_certification_the_clock_of_a_question_starts_again_when_the_invigilator_lets_the_candidate_resume(desk: Desk) -> None:
    test = desk.certify(questions=6)
    desk.play(test, at_most=5)
    desk.wait(minutes=10)  # the computer is dead
    raise_epoch(desk.store, desk.clock, test)
    taken = desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=20)
    assert (taken.answered.result, taken.answered.elapsed_ms) == (Result.OK, 20_000)


def test_a_question_shown_by_an_environment_whose_clock_is_ahead_took_no_time(desk: Desk) -> None:
    test = desk.start()
    desk.wait(seconds=2)
    asked = desk.question(test.assessment_id)
    assert desk.give(test.assessment_id, asked, seconds=-2).answered.elapsed_ms == 0


def test_losing_the_focus_on_a_focused_question_counts_in_a_certification_only(desk: Desk) -> None:
    test = desk.certify(questions=6)  # question 5 is focused
    desk.play(test, at_most=4)
    asked = desk.question(test.assessment_id)
    assert asked.challenge.focused
    taken = desk.give(test.assessment_id, asked, focus_lost=True)
    assert (taken.answered.result, taken.answered.focus_lost) == (Result.FOCUSEDOUT, True)


def test_losing_the_focus_is_recorded_but_counts_not_in_positioning(desk: Desk) -> None:
    test = desk.start(purpose=Purpose.DISCOVERY, subject="discovery")
    desk.play(test, at_most=2)
    asked = desk.question(test.assessment_id)
    assert asked.challenge.focused
    taken = desk.give(test.assessment_id, asked, focus_lost=True)
    assert (taken.answered.result, taken.answered.focus_lost) == (Result.OK, True)


def test_the_question_is_the_same_for_whoever_asks_until_it_is_answered(desk: Desk) -> None:
    test = desk.start()
    one, other = desk.question(test.assessment_id), desk.question(test.assessment_id)
    assert (one.challenge, one.variant_index) == (other.challenge, other.variant_index)
    assert right_to(one) == right_to(other)
    assert desk.state(test.assessment_id).user_id == PUPIL
