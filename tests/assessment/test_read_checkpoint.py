"""Checkpoints show what was answered and what was right, after the answer and never in a certification. Source: docs/domain.md §3."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jalon.assessment.certification_under_way import is_under_way
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import CertificationUnderWayError, CheckpointForbiddenError, CheckpointNotReachedError
from jalon.assessment.move_deadline import MAX_EXTENSION_MIN, move_deadline
from jalon.assessment.next_question import NETWORK_GRACE
from jalon.assessment.presentation import present_assessment, present_checkpoint_row, present_solution
from jalon.assessment.read_checkpoint import checkpoint_closed_by, checkpoints_reached, read_checkpoint
from jalon.assessment.state import AssessmentState, EndReason, Purpose, Slot, Status
from jalon.assessment.store import Attempt
from jalon.kernel.ids import AssessmentId
from tests.assessment.content import CAMPAIGN_PROFILE, PLANTED, release
from tests.assessment.desk import OTHER_PUPIL, PUPIL, Desk


def link(version: str, attachment: object) -> str:
    return "https://content.example"


def test_five_answers_make_a_checkpoint_with_solutions_and_tutorials(desk: Desk) -> None:
    test = desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    desk.play(test, right=True, at_most=1)
    state = desk.play(test)
    rows = read_checkpoint(desk.store, desk.clock, release(), state, 1)
    assert [row.sequence for row in rows] == list(range(1, len(state.answers) + 1))[:5]
    shown = present_checkpoint_row(release(), rows[0], link)
    assert shown["result"] == "ok"
    assert shown["answer"] is not None
    assert shown["solution"] == present_solution(release().solution(rows[0].answered.challenge_index, rows[0].answered.variant_index))
    assert [tutorial["id"] for tutorial in shown["tutorials"]] == ["tuto_skill", "tuto_tube"]


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_checkpoint_that_is_not_reached_is_not_shown(desk: Desk, number: int) -> None:
    test = desk.start()
    with pytest.raises(CheckpointNotReachedError):
        read_checkpoint(desk.store, desk.clock, release(), desk.play(test, at_most=1), number)


def test_a_test_under_way_shows_whole_checkpoints_only_and_a_finished_one_the_rest_too(desk: Desk) -> None:
    test = desk.start()
    under_way = desk.play(test, right=False, at_most=1)
    assert checkpoints_reached(under_way) == 0
    done = desk.play(test, right=False)
    assert 0 < len(done.answers) < 5
    assert checkpoints_reached(done) == 1
    assert checkpoint_closed_by(done, len(done.answers)) == 1
    assert checkpoint_closed_by(done, 1) is None
    assert len(read_checkpoint(desk.store, desk.clock, release(), done, 1)) == len(done.answers)


def test_every_fifth_answer_closes_a_checkpoint_but_none_in_a_certification(desk: Desk) -> None:
    discovery = desk.start()
    assert [number for number in range(1, 12) if checkpoint_closed_by(discovery, number)] == [5, 10]
    certification = desk.certify()
    assert checkpoint_closed_by(certification, 5) is None
    with pytest.raises(CheckpointForbiddenError):
        read_checkpoint(desk.store, desk.clock, release(), desk.play(certification, at_most=5), 1)


def test_a_question_shows_nothing_of_its_solution(desk: Desk) -> None:
    for test in (desk.start(), desk.certify(questions=30)):
        for _ in range(30):
            state = desk.state(test.assessment_id)
            if not state.is_live:
                break
            asked = desk.question(test.assessment_id)
            assert PLANTED not in str(present_assessment(release(), state, asked, link, desk.clock.now()))
            desk.give(test.assessment_id, asked)


def test_a_certification_shows_neither_scores_nor_checkpoints(desk: Desk) -> None:
    state = desk.play(desk.certify(), at_most=5)
    shown = present_assessment(release(), state, None, link, desk.clock.now())
    assert (shown["scores"], shown["checkpoints"]) == (None, 0)


def first_checkpoint(desk: Desk, test: AssessmentState) -> tuple[object, ...]:
    return read_checkpoint(desk.store, desk.clock, release(), desk.state(test.assessment_id), 1)


@pytest.mark.parametrize("answered", [0, 3])
def test_while_a_pupil_sits_a_certification_no_test_of_theirs_shows_a_solution(desk: Desk, answered: int) -> None:
    """The questions of the certification may stand among those that another test shows the solutions of."""
    done = desk.play(desk.start())
    assert first_checkpoint(desk, done)
    desk.play(desk.certify(), at_most=answered)
    with pytest.raises(CertificationUnderWayError):
        first_checkpoint(desk, done)
    skipped = desk.start("discovery", Purpose.DISCOVERY)
    for _ in range(3):
        desk.give(skipped.assessment_id, desk.question(skipped.assessment_id), {"skipped": True})
    with pytest.raises(CertificationUnderWayError):
        first_checkpoint(desk, skipped)


def test_a_certification_hides_nothing_of_other_pupils_tests(desk: Desk) -> None:
    desk.certify()
    theirs = desk.start(user_id=OTHER_PUPIL)
    while desk.state(theirs.assessment_id).is_live:
        desk.give(theirs.assessment_id, desk.question(theirs.assessment_id), {"skipped": True}, user_id=OTHER_PUPIL)
    assert first_checkpoint(desk, theirs)


def test_solutions_are_shown_again_when_the_certification_is_answered_or_ended(desk: Desk) -> None:
    done = desk.play(desk.start())
    desk.play(desk.certify(questions=2))
    assert first_checkpoint(desk, done)
    another = desk.certify(letter="b")
    with pytest.raises(CertificationUnderWayError):
        first_checkpoint(desk, done)
    end_assessment(desk.store, desk.clock, another.assessment_id, EndReason.INVIGILATOR)
    assert first_checkpoint(desk, done)


def test_a_deadline_that_the_invigilator_may_still_move_hides_them_and_one_that_nobody_can_does_not(desk: Desk) -> None:
    done, certification = desk.play(desk.start()), desk.certify(minutes=105)
    desk.wait(minutes=106)
    with pytest.raises(CertificationUnderWayError):
        first_checkpoint(desk, done)
    assert certification.deadline_at is not None
    move_deadline(desk.store, desk.clock, certification.assessment_id, certification.deadline_at + timedelta(minutes=10))
    assert desk.give(certification.assessment_id, desk.question(certification.assessment_id)).sequence == 1
    desk.wait(minutes=10 + MAX_EXTENSION_MIN - 2)
    with pytest.raises(CertificationUnderWayError):
        first_checkpoint(desk, done)
    desk.wait(minutes=2)
    assert first_checkpoint(desk, done)


def test_a_certification_that_nobody_ended_is_under_way_to_the_last_instant_at_which_it_could_be_opened_again(desk: Desk) -> None:
    certification = desk.certify(minutes=105)
    assert certification.deadline_at is not None
    last = certification.deadline_at + timedelta(minutes=MAX_EXTENSION_MIN) + NETWORK_GRACE
    assert is_under_way(certification, last)
    assert not is_under_way(certification, last + timedelta(microseconds=1))


def test_a_certification_without_a_deadline_is_under_way_until_it_ends(desk: Desk) -> None:
    endless = replace(desk.certify(), deadline_at=None)
    desk.wait(days=400)
    assert is_under_way(endless, desk.clock.now())
    assert not is_under_way(replace(endless, status=Status.ENDED), desk.clock.now())


def test_a_claimed_certification_that_was_never_made_hides_nothing(desk: Desk) -> None:
    done = desk.play(desk.start())
    slot = Slot(PUPIL, Purpose.CERTIFICATION, "crt_" + "c" * 32)
    assert desk.store.claim_attempt(Attempt(slot, 1, AssessmentId("asm_" + "c" * 32)))
    assert first_checkpoint(desk, done)
