"""One-time tokens with which a person sets a first or a forgotten password.

The token is ``ps.<user id>.<mac>`` for an invitation and ``pr.<user id>.<mac>`` for a recovery; the person's ticket is stored, the mac is
derived from its nonce, so that the table alone gives nobody a token. A person has at most one ticket of each kind, and both end
when a password is set. Inviting again ends the invitation before; a recovery asked for again is the same one.
"""

from datetime import timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.stores import SetupTicket, TicketPurpose
from jalon.kernel.errors import GoneError
from jalon.kernel.ids import UserId

LIFETIME = {TicketPurpose.INVITATION: timedelta(hours=72), TicketPurpose.RECOVERY: timedelta(hours=1)}
_PREFIX = {TicketPurpose.INVITATION: "ps", TicketPurpose.RECOVERY: "pr"}
_PURPOSE = {prefix: purpose for purpose, prefix in _PREFIX.items()}


class SetupTokenError(GoneError):
    """The token is unknown, expired, replaced or used."""

    code = "setup_token_over"


def new_ticket(accounts: Accounts, user_id: UserId, purpose: TicketPurpose) -> SetupTicket:
    """A ticket that begins now."""
    expires_at = (accounts.clock.now() + LIFETIME[purpose]).replace(microsecond=0)
    return SetupTicket(user_id, accounts.ids.new("n").encode(), expires_at, purpose)


def write_setup_token(keyring: Keyring, ticket: SetupTicket) -> str:
    """The token that stands for a ticket."""
    prefix = _PREFIX[ticket.purpose]
    label = "password setup" if ticket.purpose is TicketPurpose.INVITATION else "password recovery"
    return f"{prefix}.{ticket.user_id}.{keyring.secret(label, ticket.user_id, ticket.nonce)}"


def read_setup_token(accounts: Accounts, token: str) -> SetupTicket:
    """The ticket that a token stands for; raises :class:`SetupTokenError`."""
    parts = token.split(".")
    purpose = _PURPOSE.get(parts[0])
    ticket = accounts.store.ticket(UserId(parts[1]), purpose) if purpose and len(parts) == 3 and parts[1].startswith("usr_") else None
    if ticket is None or not same(token, write_setup_token(accounts.keyring, ticket)) or ticket.expires_at <= accounts.clock.now():
        raise SetupTokenError("This link was used, replaced or has expired: ask for a new one.")
    return ticket
