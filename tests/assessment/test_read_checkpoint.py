"""Checkpoints show what was answered and what was right, after the answer and never in a certification. Source: docs/domain.md §3."""

import pytest

from jalon.assessment.errors import CheckpointForbiddenError, CheckpointNotReachedError
from jalon.assessment.presentation import present_assessment, present_checkpoint_row, present_solution
from jalon.assessment.read_checkpoint import checkpoint_closed_by, checkpoints_reached, read_checkpoint
from jalon.assessment.state import Purpose
from tests.assessment.content import CAMPAIGN_PROFILE, PLANTED, release
from tests.assessment.desk import Desk


def link(version: str, attachment: object) -> str:
    return "https://content.example"


def test_five_answers_make_a_checkpoint_with_solutions_and_tutorials(desk: Desk) -> None:
    test = desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    desk.play(test, right=True, at_most=1)
    state = desk.play(test)
    rows = read_checkpoint(release(), state, 1)
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
        read_checkpoint(release(), desk.play(test, at_most=1), number)


def test_a_test_under_way_shows_whole_checkpoints_only_and_a_finished_one_the_rest_too(desk: Desk) -> None:
    test = desk.start()
    under_way = desk.play(test, right=False, at_most=1)
    assert checkpoints_reached(under_way) == 0
    done = desk.play(test, right=False)
    assert 0 < len(done.answers) < 5
    assert checkpoints_reached(done) == 1
    assert checkpoint_closed_by(done, len(done.answers)) == 1
    assert checkpoint_closed_by(done, 1) is None
    assert len(read_checkpoint(release(), done, 1)) == len(done.answers)


def test_every_fifth_answer_closes_a_checkpoint_but_none_in_a_certification(desk: Desk) -> None:
    discovery = desk.start()
    assert [number for number in range(1, 12) if checkpoint_closed_by(discovery, number)] == [5, 10]
    certification = desk.certify()
    assert checkpoint_closed_by(certification, 5) is None
    with pytest.raises(CheckpointForbiddenError):
        read_checkpoint(release(), desk.play(certification, at_most=5), 1)


def test_a_question_shows_nothing_of_its_solution(desk: Desk) -> None:
    for test in (desk.start(), desk.certify(questions=30)):
        for _ in range(30):
            state = desk.state(test.assessment_id)
            if not state.is_live:
                break
            asked = desk.question(test.assessment_id)
            assert PLANTED not in str(present_assessment(release(), state, asked, link))
            desk.give(test.assessment_id, asked)


def test_a_certification_shows_neither_scores_nor_checkpoints(desk: Desk) -> None:
    state = desk.play(desk.certify(), at_most=5)
    shown = present_assessment(release(), state, None, link)
    assert (shown["scores"], shown["checkpoints"]) == (None, 0)
