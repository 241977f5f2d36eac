"""Who an e-mail address belongs to: the account that proved it, else whoever proves it first.

A sign-up only says that an address is the person's. Such a claim signs in, so that nobody waits for a message, but it keeps
nobody out: whoever types the code that was sent to the address takes it over, whether they attach it to the account they have
or sign up afresh. The account that claimed it loses this way in and nothing else; its owner attaches another address.
"""

from datetime import datetime, timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_account import account_of_login
from jalon.accounts.find_login import Login, find_login
from jalon.accounts.identity import DEFAULT_LOCALE, Identity, refuse
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.mail_allowance import MessageKind, one_message
from jalon.accounts.messages import Mailer, address_has_account, sign_up_with_address
from jalon.accounts.stores import Displaced
from jalon.accounts.typed_codes import as_typed, typed_code
from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import UserId

#: A code is good until the end of the next period: twelve to twenty-four hours.
PERIOD = timedelta(hours=12)
CODE_LENGTH = 10
#: Whom a code is for that opens no account yet but a sign-up.
NOBODY_YET = None


def ask_to_sign_up(accounts: Accounts, mailer: Mailer, email: str) -> None:
    """Send a code to sign up with to the address, or a word that it has an account; whoever asks cannot tell which.

    The same is read and written either way. Raises :class:`InvalidInputError`, :class:`TooManyMessagesError`.
    """
    address = clean_email(email)
    refuse(email_violations("/email", address))
    login = find_login(accounts, address)
    with one_message(accounts, MessageKind.SIGN_UP, login.key):
        if _is_taken(accounts, login):
            message = address_has_account(DEFAULT_LOCALE)
        else:
            message = sign_up_with_address(DEFAULT_LOCALE, write_code(accounts.keyring, NOBODY_YET, address, accounts.clock.now()))
        mailer.send(address, message)


def _is_taken(accounts: Accounts, login: Login) -> bool:
    """Whether the address signs in to an account that does more than claim it; one read either way."""
    identity = accounts.store.identity(login.user_id or accounts.keyring.decoy_user(login.key))
    return login.user_id is not None and (identity is None or not identity.only_claims_email)


def is_proven_by_another(accounts: Accounts, login_key: str, user_id: UserId | None) -> bool:
    """Whether the address signs in to another account than this one, which does more than claim it."""
    holder = accounts.store.user_of_login(login_key)
    return holder not in {None, user_id} and claimant(accounts, login_key) is None


def claimant(accounts: Accounts, login_key: str) -> Displaced | None:
    """The account that only claims the address of this login, if one does."""
    identity = account_of_login(accounts.store, login_key)
    return Displaced(identity, login_key) if identity is not None and identity.only_claims_email else None


def require_code(pointer: str, accounts: Accounts, asker: Identity | None, address: str, code: str) -> None:
    """Raise :class:`InvalidInputError` unless the code was sent to this address for this person."""
    if not is_code(accounts.keyring, asker, address, accounts.clock.now(), code):
        wrong = Violation(pointer, "This code is not the one sent to this address, or it is too old.", "wrong_code")
        raise InvalidInputError("The code does not fit this address.", (wrong,))


def write_code(keyring: Keyring, asker: Identity | None, address: str, now: datetime) -> str:
    """The code for a person as they are now, an address and the present period: ten symbols that are not mistaken for each other.

    It ends, too, when they sign out everywhere, and when this address or another is attached.
    """
    return _code(keyring, asker, address, _period(now))


def is_code(keyring: Keyring, asker: Identity | None, address: str, now: datetime, code: str) -> bool:
    """Whether ``code`` is that of the present period or the one before."""
    given = as_typed(code)
    return any(same(given, _code(keyring, asker, address, _period(now) - back)) for back in (0, 1))


def _code(keyring: Keyring, asker: Identity | None, address: str, period: int) -> str:
    standing = (asker.user_id, asker.email or "", str(asker.sign_in_epoch)) if asker else ("",)
    return typed_code(keyring.derive("email code", *standing, address, str(period)), CODE_LENGTH)


def _period(now: datetime) -> int:
    return int(now.timestamp()) // int(PERIOD.total_seconds())
