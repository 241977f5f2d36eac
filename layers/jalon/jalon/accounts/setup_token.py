"""One-time tokens with which a person sets a first or a forgotten password.

The token is ``ps.<user id>.<mac>`` for an invitation and ``pr.<user id>.<mac>`` for a recovery; the person's ticket is stored, the mac is
derived from its nonce, so that the table alone gives nobody a token. A person has at most one ticket of each kind, and both end
when a password is set. Inviting again ends the invitation before; a recovery asked for again is the same one. A recovery's token is for
the account as it stood: another address in it, or a sign-out everywhere, ends what was sent before.
"""

from datetime import timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
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


def write_setup_token(keyring: Keyring, ticket: SetupTicket, owner: Identity) -> str:
    """The token that stands for a ticket of ``owner``, as they are now."""
    if ticket.purpose is TicketPurpose.INVITATION:
        mac = keyring.secret("password setup", ticket.user_id, ticket.nonce)
    else:
        mac = keyring.secret("password recovery", ticket.user_id, ticket.nonce, owner.email or "", str(owner.sign_in_epoch))
    return f"{_PREFIX[ticket.purpose]}.{ticket.user_id}.{mac}"


def read_setup_token(accounts: Accounts, token: str) -> tuple[SetupTicket, Identity]:
    """The ticket that a token stands for, and whose it is; raises :class:`SetupTokenError`."""
    parts = token.split(".")
    purpose = _PURPOSE.get(parts[0])
    ticket = accounts.store.ticket(UserId(parts[1]), purpose) if purpose and len(parts) == 3 and parts[1].startswith("usr_") else None
    owner = accounts.store.identity(ticket.user_id) if ticket else None
    if ticket is None or owner is None or not same(token, write_setup_token(accounts.keyring, ticket, owner)):
        raise SetupTokenError("This token was used or replaced: ask for a new one.")
    if ticket.expires_at <= accounts.clock.now():
        raise SetupTokenError("This token has expired: ask for a new one.")
    return ticket, owner
