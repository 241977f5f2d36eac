"""What was acknowledged is compared with what is stored, answer by answer."""

import json
from dataclasses import replace

from jalon.assessment.reconcile import Acknowledged, Reconciliation, acknowledged_in, reconcile
from jalon.kernel.ids import AssessmentId, UserId
from tests.assessment.desk import OTHER_PUPIL, PUPIL, Desk
from tests.assessment.fakes import FakeAssessments


def line(item: Acknowledged, message: str = "ANSWER_STORED") -> str:
    owner = {"user_id": item.user_id} if item.user_id else {}
    told = {"assessment_id": item.assessment_id, **owner, "sequence": item.sequence, "digest": item.digest.hex()}
    return json.dumps({"message": message, "level": "INFO", **told})


def nobody(_user_id: UserId) -> bool:
    """Who was erased, where nobody was."""
    return False


def acknowledgements(desk: Desk) -> list[Acknowledged]:
    tests = [desk.play(desk.start("1.1")), desk.play(desk.certify())]
    return [
        Acknowledged(test.assessment_id, sequence, answered.digest, test.user_id)
        for test in tests
        for sequence, answered in enumerate(test.answers, 1)
    ]


def test_what_is_stored_as_acknowledged_reconciles(desk: Desk) -> None:
    told = acknowledgements(desk)
    assert reconcile(desk.store, told, nobody) == Reconciliation(len(told), 2, (), ())


def test_a_repeated_acknowledgement_counts_once(desk: Desk) -> None:
    told = acknowledgements(desk)
    assert reconcile(desk.store, told + told, nobody).acknowledged == len(told)


def test_an_answer_that_is_not_stored_is_lost_and_another_one_in_its_place_is_changed(desk: Desk) -> None:
    told = acknowledgements(desk)
    beyond = replace(told[0], sequence=99)
    elsewhere = replace(told[0], assessment_id=AssessmentId("asm_" + "0" * 32))
    other = replace(told[0], digest=b"another")
    found = reconcile(desk.store, [*told, beyond, elsewhere, other], nobody)
    assert set(found.lost) == {beyond, elsewhere}
    assert found.changed == (other,)


def test_answers_of_a_test_that_an_erasure_took_away_are_gone_and_those_of_any_other_that_is_no_more_are_lost(desk: Desk) -> None:
    told = acknowledgements(desk)
    erased = [item for item in told if item.assessment_id == told[0].assessment_id]
    assert isinstance(desk.store, FakeAssessments)
    desk.store.items.clear()
    found = reconcile(desk.store, told, lambda user_id: user_id == PUPIL)
    assert (found.gone, found.lost, found.changed) == (len(told), (), ())
    for is_erased, owner in ((nobody, PUPIL), (lambda user_id: user_id == PUPIL, OTHER_PUPIL), (lambda _: True, None)):
        found = reconcile(desk.store, [replace(item, user_id=owner) for item in erased], is_erased)
        assert (found.gone, len(found.lost)) == (0, len(erased))


def test_an_answer_that_a_test_of_somebody_erased_lacks_is_lost_while_the_test_is_there(desk: Desk) -> None:
    told = acknowledgements(desk)
    assert reconcile(desk.store, [replace(told[0], sequence=99)], lambda _: True).lost


def test_a_line_of_an_earlier_version_tells_everything_but_whose_answer_it_was(desk: Desk) -> None:
    [one] = acknowledgements(desk)[:1]
    [before], [now] = acknowledged_in([line(replace(one, user_id=None))]), acknowledged_in([line(one)])
    assert before == now == one
    assert (before.user_id, now.user_id) == (None, PUPIL)


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
