"""What was acknowledged is compared with what is stored, answer by answer."""

import json
from dataclasses import replace

from jalon.assessment.reconcile import Acknowledged, Reconciliation, acknowledged_in, reconcile
from jalon.kernel.ids import AssessmentId
from tests.assessment.desk import Desk


def line(item: Acknowledged, message: str = "ANSWER_STORED") -> str:
    return json.dumps(
        {"message": message, "assessment_id": item.assessment_id, "sequence": item.sequence, "digest": item.digest.hex(), "level": "INFO"}
    )


def acknowledgements(desk: Desk) -> list[Acknowledged]:
    tests = [desk.play(desk.start("1.1")), desk.play(desk.certify())]
    return [
        Acknowledged(test.assessment_id, sequence, answered.digest) for test in tests for sequence, answered in enumerate(test.answers, 1)
    ]


def test_what_is_stored_as_acknowledged_reconciles(desk: Desk) -> None:
    told = acknowledgements(desk)
    assert reconcile(desk.store, told) == Reconciliation(len(told), 2, (), ())


def test_a_repeated_acknowledgement_counts_once(desk: Desk) -> None:
    told = acknowledgements(desk)
    assert reconcile(desk.store, told + told).acknowledged == len(told)


def test_an_answer_that_is_not_stored_is_lost_and_another_one_in_its_place_is_changed(desk: Desk) -> None:
    told = acknowledgements(desk)
    beyond = replace(told[0], sequence=99)
    elsewhere = replace(told[0], assessment_id=AssessmentId("asm_" + "0" * 32))
    other = replace(told[0], digest=b"another")
    found = reconcile(desk.store, [*told, beyond, elsewhere, other])
    assert set(found.lost) == {beyond, elsewhere}
    assert found.changed == (other,)


def test_acknowledgements_are_found_among_other_log_lines(desk: Desk) -> None:
    one, two = acknowledgements(desk)[:2]
    lines = ["START RequestId: 1", line(one), "[]", '{"message": "Refused"}', line(two, "ANSWER_REPEATED"), "{not json"]
    assert list(acknowledged_in(lines)) == [one, two]


def test_what_a_log_reader_puts_before_a_line_is_passed_over(desk: Desk) -> None:
    one, two, three = acknowledgements(desk)[:3]
    lines = [
        f"05:19:02 AnswersLogs: {line(one)}\n",
        f"2026-11-22T05:19:02.113000+00:00 2026/11/22/[$LATEST]0f3c {line(two)}\n",
        f"2026-11-22T05:19:02 {line(three)}\n",
        "05:19:02 AnswersLogs: \n",
    ]
    assert list(acknowledged_in(lines)) == [one, two, three]
