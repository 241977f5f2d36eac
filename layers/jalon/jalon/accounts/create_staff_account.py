"""The certifying body's staff (the jury): the operator makes the account, the person sets the password."""

from dataclasses import dataclass
from datetime import datetime

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import EMAIL_IN_USE, AccountExistsError, EmailTakenError, Identity, Role, refuse
from jalon.accounts.registrant import Registrant
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.stores import Credentials, LoginTakenError, TicketPurpose
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class NewStaff:
    """``user_id`` comes from the request's idempotency key and ``request`` is its keyed digest."""

    user_id: UserId
    role: Role
    email: str
    first_name: str
    last_name: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """What the operator passes on to the person."""

    user_id: UserId
    setup_token: str
    expires_at: datetime


def create_staff_account(accounts: Accounts, staff: NewStaff) -> StaffInvitation:
    """Create the account without a password and give the token that sets one.

    The same request again gives the same token while it is good; another one, for someone who never set a password, gives a token
    that replaces the former. Raises :class:`InvalidInputError` naming every field, :class:`EmailTakenError` if the address belongs to an
    account that is in use, :class:`AccountExistsError` if another request used this user id.
    """
    who = Registrant.cleaned(staff.first_name, staff.last_name, staff.email)
    refuse(who.violations())
    identity = who.identity(accounts, staff.user_id, staff.role, staff.request)
    ticket = new_ticket(accounts, staff.user_id, TicketPurpose.INVITATION)
    try:
        accounts.store.create(identity, Credentials(), ticket)
    except (AccountExistsError, LoginTakenError):
        return _invite_again(accounts, identity)
    return StaffInvitation(staff.user_id, write_setup_token(accounts.keyring, ticket, identity), ticket.expires_at)


def _invite_again(accounts: Accounts, identity: Identity) -> StaffInvitation:
    """The address or the id is in use: a repeated request and a second invitation are welcome, anything else is not."""
    earlier = accounts.store.identity(identity.user_id)
    if earlier is not None and (earlier.email, earlier.request) != (identity.email, identity.request):
        raise AccountExistsError("Another request used this identifier.", user_id=identity.user_id)
    user_id = find_login(accounts, identity.email or "").user_id
    credentials = accounts.store.credentials(user_id) if user_id else None
    existing = accounts.store.identity(user_id) if user_id else None
    if existing is None or credentials is None or credentials.verifier is not None or existing.roles != identity.roles:
        raise EmailTakenError("An account with this e-mail address is in use.", EMAIL_IN_USE)
    ticket = accounts.store.ticket(existing.user_id, TicketPurpose.INVITATION) if earlier else None
    if ticket is None or ticket.expires_at <= accounts.clock.now():
        ticket = new_ticket(accounts, existing.user_id, TicketPurpose.INVITATION)
        accounts.store.put_ticket(ticket)
    return StaffInvitation(existing.user_id, write_setup_token(accounts.keyring, ticket, existing), ticket.expires_at)
