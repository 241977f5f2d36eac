"""What a ticket that is too old to answer its question is still good for: finding what became of the question."""

from jalon.assessment.errors import TicketExpiredError
from jalon.assessment.refusals import awaits
from jalon.assessment.store import AssessmentStore, NotWritten
from jalon.assessment.tickets import Ticket


def found_with(ticket: Ticket, store: AssessmentStore) -> NotWritten:
    """The assessment as it stands: one read, and nothing is written for a ticket that serves no more.

    The ticket is ours, so its holder may be told what is stored: an answer whose response was lost is found again a day later too.
    Raises TicketExpiredError while the question awaits its answer on the ticket's device: only then is a new ticket of use.
    """
    state = store.get(ticket.assessment_id)
    if state is not None and awaits(state, ticket):
        raise TicketExpiredError("This question was asked too long ago and is not answered: ask for it again, then answer.")
    return NotWritten(state)
