"""What a reset refuses, and what it forgets for good."""

import copy

import pytest

from engine.knowledge import Knowledge
from jalon.assessment.competence_card import Progress, competence_card
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import CertificationUnderWayError
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.state import AssessmentState, EndReason, Purpose, Status
from tests.assessment.content import release
from tests.assessment.desk import PUPIL, Desk


def reset(desk: Desk, code: str = "1.1") -> None:
    reset_competence(store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code=code)


def test_nothing_is_forgotten_while_a_certification_asks_about_it(desk: Desk) -> None:
    """A test begun afresh would ask the certification's own questions, and say which answers are right."""
    before = project_profile(desk.profiles, desk.releases, desk.play(desk.start("1.1")))
    live = desk.play(desk.start("1.2"), at_most=1)
    desk.wait(days=8)
    certification = desk.certify()
    for code in ("1.1", "1.2"):
        with pytest.raises(CertificationUnderWayError):
            reset(desk, code)
    assert (desk.profiles.get(PUPIL), desk.state(live.assessment_id)) == (before, live)
    end_assessment(desk.store, desk.clock, certification.assessment_id, EndReason.INVIGILATOR)
    reset(desk, "1.1")
    after = desk.profiles.get(PUPIL)
    assert after is not None
    assert "1.1" in after.resets


def answer_in_the_same_second(desk: Desk, test: AssessmentState) -> Knowledge:
    """One answer, half a second later; what the profile then knows."""
    desk.give(test.assessment_id, desk.question(test.assessment_id), seconds=0.5)
    project_profile(desk.profiles, desk.releases, desk.state(test.assessment_id))
    return read_profile(desk.profiles, desk.releases, PUPIL).knowledge


def progress(desk: Desk) -> Progress:
    profile = read_profile(desk.profiles, desk.releases, PUPIL)
    return competence_card(release(), profile, "1.1", desk.clock.now()).progress


def test_an_answer_given_in_the_second_of_a_reset_counts(desk: Desk) -> None:
    """Instants of answers are whole seconds, those of a reset and of a test's beginning are not."""
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    desk.wait(days=8, milliseconds=100)
    reset(desk)
    assert progress(desk) is Progress.TO_START
    begun = desk.start()
    assert len(answer_in_the_same_second(desk, begun))
    assert progress(desk) is Progress.IN_PROGRESS


def test_an_answer_to_a_campaign_given_in_the_second_of_a_reset_counts(desk: Desk) -> None:
    beside = desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11a": 3})
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    desk.wait(days=8, milliseconds=100)
    reset(desk)
    assert len(answer_in_the_same_second(desk, beside))


def test_an_answer_that_meets_the_reset_of_its_own_test_is_forgotten_with_it(desk: Desk) -> None:
    """It was stored in the same second, just before the reset ended the test."""
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11a": 3})))
    live = desk.start()
    desk.wait(days=8, milliseconds=100)
    other_device = copy.deepcopy(desk)
    other_device.give(live.assessment_id, other_device.question(live.assessment_id), seconds=0)
    late = other_device.state(live.assessment_id)
    assert not late.answers[-1].at < int(desk.clock.now().timestamp())
    reset(desk)
    assert desk.state(live.assessment_id).status is Status.ENDED
    project_profile(desk.profiles, desk.releases, late)
    assert not len(read_profile(desk.profiles, desk.releases, PUPIL).knowledge)
    project_profile(other_device.profiles, other_device.releases, late)
    assert len(read_profile(other_device.profiles, other_device.releases, PUPIL).knowledge) > 3


def test_a_test_begun_and_finished_in_the_second_of_a_reset_is_not_begun_anew(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    desk.wait(days=8, milliseconds=100)
    reset(desk)
    begun = desk.start()
    while desk.state(begun.assessment_id).is_live:
        desk.give(begun.assessment_id, desk.question(begun.assessment_id), seconds=0)
    assert desk.start().assessment_id == begun.assessment_id
