"""One-time tokens with which a person sets a first or a forgotten password.

The token is ``ps.<user id>.<mac>``; the person's ticket is stored, the mac is derived from its nonce, so that the table
alone gives nobody a token. A person has at most one ticket: making another ends the one before.
"""

from datetime import timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.stores import SetupTicket
from jalon.kernel.errors import GoneError
from jalon.kernel.ids import UserId

LIFETIME = timedelta(hours=72)


class SetupTokenError(GoneError):
    """The token is unknown, expired, replaced or used."""

    code = "setup_token_over"


def new_ticket(accounts: Accounts, user_id: UserId, lifetime: timedelta = LIFETIME) -> SetupTicket:
    """The person's ticket from now on."""
    return SetupTicket(user_id, accounts.ids.new("n").encode(), (accounts.clock.now() + lifetime).replace(microsecond=0))


def write_setup_token(keyring: Keyring, ticket: SetupTicket) -> str:
    """The token that stands for a ticket."""
    return f"ps.{ticket.user_id}.{keyring.secret('password setup', ticket.user_id, ticket.nonce)}"


def read_setup_token(accounts: Accounts, token: str) -> SetupTicket:
    """The ticket that a token stands for; raises :class:`SetupTokenError`."""
    parts = token.split(".")
    ticket = accounts.store.ticket(UserId(parts[1])) if len(parts) == 3 and parts[1].startswith("usr_") else None
    if ticket is None or not same(token, write_setup_token(accounts.keyring, ticket)) or ticket.expires_at <= accounts.clock.now():
        raise SetupTokenError("This link was used, replaced or has expired: ask for a new one.")
    return ticket
