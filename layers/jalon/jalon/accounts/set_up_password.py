"""A person who holds a setup token chooses a password."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import AccountNotFoundError, Identity, refuse
from jalon.accounts.messages import Mailer, password_replaced
from jalon.accounts.passwords import normalise_password, password_violations
from jalon.accounts.setup_token import SetupTokenError, read_setup_token
from jalon.accounts.stores import StaleWriteError
from jalon.accounts.tell_owner import tell_owner
from jalon.kernel.ids import UserId


def set_up_password(accounts: Accounts, mailer: Mailer, token: str, password: str) -> UserId:
    """Set the password and use the token up, both or neither; sign-ins begun before are over, and the owner hears of it first.

    Raises :class:`SetupTokenError`, and :class:`InvalidInputError` for a password that cannot be chosen or
    :class:`UnavailableError` while the owner cannot be told (the token stays good).
    """
    ticket, identity = read_setup_token(accounts, token)
    chosen = chosen_password(identity, "/password", password)
    _tell(accounts, mailer, identity)
    try:
        accounts.store.set_password(ticket.user_id, accounts.hasher.hash(chosen), None, ticket)
    except (StaleWriteError, AccountNotFoundError) as error:
        raise SetupTokenError("This token was used or replaced: ask for a new one.") from error
    return ticket.user_id


def _tell(accounts: Accounts, mailer: Mailer, identity: Identity) -> None:
    """A first password is told to an address that was proven alone: nobody but who was invited has read the other yet."""
    accounts.store.refuse_erased(identity.user_id)
    credentials = accounts.store.credentials(identity.user_id)
    if identity.email_verified or (credentials is not None and credentials.verifier is not None):
        tell_owner(mailer, identity, password_replaced)


def chosen_password(identity: Identity, pointer: str, password: str) -> str:
    """The normalised password if this person may choose it; raises :class:`InvalidInputError`."""
    normalised = normalise_password(password)
    known = identity.username or "", (identity.email or "").partition("@")[0], identity.first_name, identity.last_name
    refuse(password_violations(pointer, normalised, *known, born=identity.birth_date))
    return normalised
