"""A page that lost the focus says so at once, over the real tables: whatever becomes of the page, the server does not forget.

Source: docs/domain.md §2; docs/protocol.md.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from engine.grading import Result
from functions.answers import wiring
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.export_assessments import assessments_document
from jalon.assessment.load_assessment import load_assessment
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.reconcile import Acknowledged, Reconciliation, reconcile
from jalon.assessment.state import AssessmentState, EndReason
from jalon.assessment.tables import state_of
from jalon.certification.reports import Report, ReportCode
from jalon.certification.results import Settled
from jalon.certification.scoring import equipment_of, marks_of
from jalon.certification.settle_reports import settle_reports
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil, Reply, code
from tests.functions.answers_cloud import certification, first_ticket, stored, stream

#: The fifth question of the certification is focused.
FOCUSED = 5


@pytest.fixture
def test(pupil: Pupil) -> AssessmentState:
    """A certification that has come to its focused question."""
    state = certification(pupil)
    for _ in range(FOCUSED - 1):
        assert pupil.answer(state.assessment_id, _due(state)).status == 200
    return state


@pytest.fixture
def question(test: AssessmentState) -> dict[str, Any]:
    question = _due(test)
    assert (question["number"], question["focused"]) == (FOCUSED, True)
    return question


def _stored(state: AssessmentState) -> AssessmentState:
    return load_assessment(wiring.parts().store, state.assessment_id)


def _due(state: AssessmentState) -> dict[str, Any]:
    return first_ticket(_stored(state))


def _result(state: AssessmentState) -> Result:
    return _stored(state).answers[FOCUSED - 1].result


def test_it_is_recorded_in_one_operation_without_a_read_and_telling_it_again_changes_nothing(
    pupil: Pupil, answers: Cloud, test: AssessmentState, question: dict[str, Any], asked: list[str]
) -> None:
    told = [pupil.lose_focus(test.assessment_id, question) for _ in range(2)]
    assert [(reply.status, reply.body) for reply in told] == [(200, {"sequence": FOCUSED, "counted": True})] * 2
    assert asked == ["UpdateItem", "UpdateItem"]
    item = stored(answers, test.assessment_id)
    assert item["focus_losses"] == {"NS": [str(FOCUSED)]}
    assert int(item["sequence"]["N"]) == FOCUSED


def test_a_refreshed_page_that_says_nothing_of_it_gets_a_right_answer_that_does_not_count(
    pupil: Pupil, test: AssessmentState, question: dict[str, Any], asked: list[str]
) -> None:
    pupil.lose_focus(test.assessment_id, question)
    refreshed = pupil.read(test.assessment_id, question["ticket"]).body["question"]
    asked.clear()
    reply = pupil.answer(test.assessment_id, refreshed, key="k")
    assert (reply.status, reply.body["result"]) == (200, None)
    assert asked == ["UpdateItem"]
    assert _result(test) is Result.FOCUSEDOUT
    assert pupil.answer(test.assessment_id, question, key="k").body["repeated"]


def test_whoever_reads_the_answers_reads_what_counts(
    pupil: Pupil, answers: Cloud, test: AssessmentState, question: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Scoring, the settlement of a report about the focus, the stream, a person's own data, the reconciler."""
    pupil.lose_focus(test.assessment_id, question)
    pupil.answer(test.assessment_id, question)
    state, release = _stored(test), wiring.parts().releases.pinned(test.release)
    marks = marks_of(release, state)
    assert [mark.result for mark in marks] == ["ok"] * (FOCUSED - 1) + ["focusedout", "unanswered"]
    report = Report("rpt_1", ReportCode.E10, "usr_invigilator", state.updated_at, question_number=FOCUSED)
    assert settle_reports([report], marks, equipment_of(release, state)).settlements[0].outcome is Settled.COUNTED_RIGHT
    [image] = [image for image in _images(answers) if image["assessment_id"]["S"] == test.assessment_id]
    assert state_of(image) == state
    [document] = assessments_document([state], wiring.parts().releases, {state.certification_id})
    assert (document["focus_losses"], document["answers"][FOCUSED - 1]["result"]) == ([FOCUSED], "focusedout")
    assert document["answers"][FOCUSED - 1]["focus_lost"]
    [line] = [vars(record) for record in caplog.records if record.getMessage() == "ANSWER_STORED"]
    acknowledged = Acknowledged(line["assessment_id"], line["sequence"], bytes.fromhex(line["digest"]))
    assert reconcile(wiring.parts().store, [acknowledged], lambda _: False) == Reconciliation(1, 1, (), ())


def _images(cloud: Cloud) -> list[dict[str, Any]]:
    records: Any = stream(cloud)["Records"]
    return [record["dynamodb"]["NewImage"] for record in records]


def test_of_an_answer_and_a_loss_at_the_same_instant_one_comes_first_and_both_are_told_so(
    pupil: Pupil, test: AssessmentState, question: dict[str, Any]
) -> None:
    together = threading.Barrier(2)

    def at_once(send: Callable[[], Reply]) -> Reply:
        together.wait()
        return send()

    with ThreadPoolExecutor(2) as threads:
        sent = (lambda: pupil.answer(test.assessment_id, question), lambda: pupil.lose_focus(test.assessment_id, question))
        answer, loss = threads.map(at_once, sent)
    assert (answer.status, loss.status) == (200, 200)
    assert _result(test) is (Result.FOCUSEDOUT if loss.body["counted"] else Result.OK)


def test_once_the_question_is_answered_nothing_changes_any_more(pupil: Pupil, test: AssessmentState, question: dict[str, Any]) -> None:
    pupil.answer(test.assessment_id, question)
    before = _stored(test)
    reply = pupil.lose_focus(test.assessment_id, question)
    assert (reply.status, reply.body) == (200, {"sequence": FOCUSED, "counted": False})
    assert _stored(test) == before
    assert _result(test) is Result.OK


def test_where_the_focus_does_not_count_nothing_is_asked_of_the_tables(pupil: Pupil, asked: list[str]) -> None:
    positioning = pupil.start().body
    discovery = pupil.start(purpose="discovery", discovery_test="discovery").body
    for _ in range(2):
        discovery = pupil.answer(discovery["id"], discovery["question"]).body["assessment"]
    assert discovery["question"]["focused"]
    state = certification(pupil)
    not_focused = first_ticket(state)
    asked.clear()
    for assessment_id, question in (
        (positioning["id"], positioning["question"]),
        (discovery["id"], discovery["question"]),
        (state.assessment_id, not_focused),
    ):
        reply = pupil.lose_focus(assessment_id, question)
        assert (reply.status, reply.body) == (200, {"sequence": question["number"], "counted": False})
    assert asked == []


def test_a_replaced_device_an_ended_test_and_a_late_candidate_are_refused_as_their_answers_are(
    pupil: Pupil, test: AssessmentState, question: dict[str, Any]
) -> None:
    shared = wiring.parts()
    assert test.deadline_at is not None
    move_deadline(shared.store, shared.clock, test.assessment_id, shared.clock.now() - timedelta(minutes=1))
    assert code(pupil.lose_focus(test.assessment_id, question)) == (410, "deadline_passed")
    move_deadline(shared.store, shared.clock, test.assessment_id, test.deadline_at)
    raise_epoch(shared.store, shared.clock, test)
    moved = pupil.lose_focus(test.assessment_id, question)
    assert (*code(moved), moved.body["sequence"], moved.body["epoch"]) == (409, "moved_to_another_device", FOCUSED, 2)
    resumed = _due(test)
    end_assessment(shared.store, shared.clock, test.assessment_id, EndReason.INVIGILATOR)
    ended = pupil.lose_focus(test.assessment_id, resumed)
    assert (*code(ended), ended.body["reason"]) == (410, "assessment_ended", "invigilator")
    assert _stored(test).focus_losses == frozenset()


def test_another_persons_and_another_tests_ticket_and_no_ticket_at_all_are_refused(
    pupil: Pupil, test: AssessmentState, question: dict[str, Any]
) -> None:
    other = Pupil("usr_" + "e" * 32)
    assert code(other.lose_focus(test.assessment_id, question)) == (422, "ticket_invalid")
    assert code(pupil.lose_focus(pupil.start().body["id"], question)) == (422, "ticket_invalid")
    assert code(pupil.send("lose_focus")) == (422, "ticket_invalid")
    path = f"/v1/assessments/{test.assessment_id}/focus-losses"
    for body in ({}, {"ticket": ""}, {"ticket": 5}, {"ticket": question["ticket"], "question": 5}, [], "{"):
        assert pupil.send("lose_focus", path, body).status in {400, 422}
    assert code(Pupil(pupil.user_id, roles="orga_admin").lose_focus(test.assessment_id, question))[0] == 403
    assert _stored(test).focus_losses == frozenset()


def test_a_loss_in_an_erased_test_makes_no_new_item(pupil: Pupil, answers: Cloud, test: AssessmentState, question: dict[str, Any]) -> None:
    key = {"assessment_id": {"S": test.assessment_id}}
    answers.client("dynamodb").delete_item(TableName=answers.environment["TABLE_ASSESSMENTS"], Key=key)
    assert code(pupil.lose_focus(test.assessment_id, question)) == (404, "assessment_not_found")
    assert wiring.parts().store.get(test.assessment_id) is None


def test_the_log_names_the_question_and_never_the_ticket(
    pupil: Pupil, test: AssessmentState, question: dict[str, Any], logged: Callable[[], str]
) -> None:
    pupil.lose_focus(test.assessment_id, question)
    everything = logged()
    assert "FOCUS_LOSS_COUNTED" in everything
    assert question["ticket"] not in everything
