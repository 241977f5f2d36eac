"""Who may use the routes that are about oneself."""

from functions.accounts.exchange import Exchange
from jalon.kernel.ids import UserId


def require_person(exchange: Exchange) -> UserId:
    """The user id of the person who calls; raises :class:`~jalon.edge.auth.PeopleOnlyError` for software."""
    return exchange.caller().require_person()
