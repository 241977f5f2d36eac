"""A person attaches an e-mail address to their account, and keeps the account for life (docs/domain.md §3).

Nothing is stored while the address is not proven: the code is derived from the person, the address and the hour, and the
person sends the address again with it. An attached address becomes a second way in to the same account, with the same
password; attaching another one later replaces it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import AccountNotFoundError, EmailTakenError, Identity, clean_email, email_violations, refuse
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.mail_allowance import count_message
from jalon.accounts.messages import Mailer, address_in_use, confirm_address
from jalon.accounts.stores import LoginTakenError
from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import UserId

#: A code is good until the end of the next period: twelve to twenty-four hours.
PERIOD = timedelta(hours=12)
CODE_ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
CODE_LENGTH = 10


def ask_for_email(accounts: Accounts, mailer: Mailer, user_id: UserId, email: str) -> None:
    """Send a code to the address, or a word that it is in use; whoever asks cannot tell which.

    Raises :class:`InvalidInputError`, :class:`TooManyMessagesError`, :class:`AccountNotFoundError`.
    """
    identity = _person(accounts, user_id)
    address = clean_email(email)
    refuse(email_violations("/email", address))
    login_key = accounts.keyring.login_key(address)
    count_message(accounts, user_id)
    count_message(accounts, login_key)
    locale = identity.preferences.locale
    if accounts.store.user_of_login(login_key) in {None, user_id}:
        message = confirm_address(locale, write_code(accounts.keyring, user_id, address, accounts.clock.now()))
    else:
        message = address_in_use(locale)
    mailer.send(address, message)


def confirm_email(accounts: Accounts, user_id: UserId, email: str, code: str) -> Identity:
    """Attach the address that the code proves, or verify the one that the person signed up with. Confirming it again changes nothing.

    Raises :class:`InvalidInputError` for a code that does not fit, :class:`EmailTakenError` if another account took the
    address meanwhile, :class:`AccountNotFoundError`.
    """
    identity = _person(accounts, user_id)
    address = clean_email(email)
    if not is_code(accounts.keyring, user_id, address, accounts.clock.now(), code):
        wrong = Violation("/code", "This code is not the one sent to this address, or it is too old.", "wrong_code")
        raise InvalidInputError("The code does not fit this address.", (wrong,))
    if identity.email == address and identity.email_verified:
        return identity
    former = frozenset({accounts.keyring.login_key(identity.email)}) if identity.email else frozenset()
    login_key = accounts.keyring.login_key(address)
    attached = replace(identity, email=address, email_verified=True, login_keys=identity.login_keys - former | {login_key})
    try:
        accounts.store.replace_logins(identity, attached)
    except LoginTakenError as error:
        raise EmailTakenError("Another account signs in with this e-mail address.") from error
    return attached


def write_code(keyring: Keyring, user_id: UserId, address: str, now: datetime) -> str:
    """The code for a person, an address and the present period: ten symbols that are not mistaken for each other."""
    return _code(keyring, user_id, address, _period(now))


def is_code(keyring: Keyring, user_id: UserId, address: str, now: datetime, code: str) -> bool:
    """Whether ``code`` is that of the present period or the one before."""
    given = "".join(code.upper().split())
    return any(same(given, _code(keyring, user_id, address, _period(now) - back)) for back in (0, 1))


def _code(keyring: Keyring, user_id: UserId, address: str, period: int) -> str:
    number = int.from_bytes(keyring.derive("email code", user_id, address, str(period)), "big")
    symbols = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(CODE_ALPHABET))
        symbols.append(CODE_ALPHABET[index])
    return "".join(symbols)


def _period(now: datetime) -> int:
    return int(now.timestamp()) // int(PERIOD.total_seconds())


def _person(accounts: Accounts, user_id: UserId) -> Identity:
    identity = accounts.store.identity(user_id)
    if identity is None:
        raise AccountNotFoundError("There is no such account.", user_id=user_id)
    return identity
