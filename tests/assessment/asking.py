"""The question that a page shows, for a test that has just been read."""

from datetime import datetime

from engine.content import Release
from jalon.assessment.next_question import AskedQuestion, ask, question_due
from jalon.assessment.state import AssessmentState
from jalon.assessment.tickets import TicketOffice


def asked_now(release: Release, state: AssessmentState, tickets: TicketOffice, now: datetime) -> AskedQuestion | None:
    """The question to answer now, with a ticket for the present device; None when there is none or the test is not live."""
    due = question_due(release, state) if state.is_live else None
    return None if due is None else ask(release, state, due, tickets, now)
