"""A refusal says how to go on, and what it says can be done."""

from dataclasses import replace

from jalon.assessment.errors import MovedToAnotherDeviceError
from jalon.assessment.refusals import not_taken
from jalon.assessment.state import AssessmentState
from jalon.assessment.tickets import Ticket
from tests.assessment.desk import Desk


def moved(desk: Desk, test: AssessmentState) -> str:
    """What the former device is told, once another one has the test."""
    ticket = Ticket(test.assessment_id, test.release, 1, 0, 0, 1, desk.clock.now(), certification=test.purpose.is_certification)
    refusal = not_taken(replace(test, epoch=2), ticket)
    assert isinstance(refusal, MovedToAnotherDeviceError)
    assert refusal.facts == {"sequence": 1, "epoch": 2}
    return str(refusal)


def test_a_test_is_taken_over_again_but_a_certification_by_the_invigilator_alone(desk: Desk) -> None:
    assert "take it over again" in moved(desk, desk.start())
    told = moved(desk, desk.certify())
    assert "call the invigilator" in told
    assert "take" not in told
