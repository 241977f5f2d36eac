"""A login and a password, against what is kept. The same work is done whether or not the login exists."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.lockout import NONE_YET, AccountWaitsError, begin_attempt
from jalon.accounts.logins import normalise_login
from jalon.accounts.passwords import normalise_password
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import NotSignedInError
from jalon.kernel.ids import UserId

_RACES_LOST = 4


class WrongCredentialsError(NotSignedInError):
    """Unknown login or wrong password: never said which."""

    code = "wrong_credentials"


def sign_in(accounts: Accounts, login: str, password: str) -> Identity:
    """Whom the login and password belong to.

    Raises :class:`WrongCredentialsError`, or :class:`AccountWaitsError` after too many failures, in both cases alike
    for logins that exist and for those that do not.
    """
    login_key = accounts.keyring.login_key(normalise_login(login))
    user_id = accounts.store.user_of_login(login_key) or accounts.keyring.decoy_user(login_key)
    return prove(accounts, user_id, password)


def prove(accounts: Accounts, user_id: UserId, password: str) -> Identity:
    """The identity of ``user_id`` if the password is theirs; raises as :func:`sign_in` does."""
    _count_attempt(accounts, user_id)
    credentials = accounts.store.credentials(user_id) or Credentials()
    identity = accounts.store.identity(user_id) if _fits(accounts, credentials, password) else None
    if identity is None:
        raise WrongCredentialsError("The login or the password is wrong.")
    accounts.store.forget_attempts(user_id)
    _renew_outdated(accounts, user_id, credentials, password)
    return identity


def _count_attempt(accounts: Accounts, user_id: UserId) -> None:
    """Count the attempt before the password is looked at; attempts made at the same time are counted one by one."""
    before = NONE_YET
    for _ in range(_RACES_LOST):
        stored = accounts.store.record_attempt(user_id, before, begin_attempt(before, accounts.clock.now()))
        if stored is None:
            return
        before = stored
    raise AccountWaitsError("Too many sign-ins at once for this login; try again.", retry_after_s=1)


def _fits(accounts: Accounts, credentials: Credentials, password: str) -> bool:
    """Check the password at the same cost whatever there is to check it against."""
    verifier = credentials.verifier or accounts.hasher.decoy
    fits = accounts.hasher.verify(verifier, normalise_password(password))
    return fits and credentials.verifier is not None


def _renew_outdated(accounts: Accounts, user_id: UserId, credentials: Credentials, password: str) -> None:
    """Keep up with the parameters of the day, at the one moment when the password is known."""
    verifier = credentials.verifier
    if verifier is not None and accounts.hasher.is_outdated(verifier):
        accounts.store.renew_verifier(user_id, verifier, accounts.hasher.hash(normalise_password(password)))
