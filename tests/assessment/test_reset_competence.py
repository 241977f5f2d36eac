"""What a reset refuses, and what it forgets for good."""

import pytest

from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import CertificationUnderWayError
from jalon.assessment.project_profile import project_profile
from jalon.assessment.reset_competence import reset_competence
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
    end_assessment(desk.store, desk.clock, certification.assessment_id, "invigilator")
    reset(desk, "1.1")
    after = desk.profiles.get(PUPIL)
    assert after is not None
    assert "1.1" in after.resets
