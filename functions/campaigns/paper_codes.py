"""The codes that answers of this function carry: made from the request, and so again when it is repeated, instead of being kept."""

from functions.campaigns.wiring import accounts
from jalon.organisations.paper_codes import paper_code


def activation_code(request: str) -> str:
    """Opens the space of the school that the request names."""
    return paper_code(accounts().keyring, "activation", request)


def invitation_code(request: str) -> str:
    """Makes a member of the colleague whom the request invites."""
    return paper_code(accounts().keyring, "invitation", request)
