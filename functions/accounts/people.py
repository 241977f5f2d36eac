"""Who may use the routes that are about oneself."""

from functions.accounts.exchange import Exchange
from jalon.kernel.errors import ForbiddenError
from jalon.kernel.ids import UserId


class PeopleOnlyError(ForbiddenError):
    """A client's token was sent where a person's is asked for."""

    code = "people_only"


def require_person(exchange: Exchange) -> UserId:
    """The user id of the person who calls; raises :class:`PeopleOnlyError` for software."""
    subject = exchange.caller().subject
    if not subject.startswith("usr_"):
        raise PeopleOnlyError("This is for people; a client's token does not open it.")
    return UserId(subject)
