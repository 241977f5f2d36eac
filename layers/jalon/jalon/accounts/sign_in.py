"""A login and a password, against what is kept. The same work is done whether or not the login exists."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import Identity
from jalon.accounts.known_device import counter_of
from jalon.accounts.lockout import NONE_YET, AccountWaitsError, Attempts, begin_attempt
from jalon.accounts.logins import normalise_login
from jalon.accounts.passwords import normalise_password
from jalon.accounts.sign_in_code import counter_of_code
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import NotSignedInError
from jalon.kernel.ids import UserId

_RACES_LOST = 4


class WrongCredentialsError(NotSignedInError):
    """Unknown login or wrong password: never said which."""

    code = "wrong_credentials"


def sign_in(accounts: Accounts, login: str, password: str, device_token: str = "", sign_in_code: str = "") -> Identity:
    """Whom the login and password belong to.

    ``device_token`` is what an earlier sign-in left on this device, ``sign_in_code`` what a teacher gave: with either, what others
    typed under the login counts for nothing.

    Raises :class:`WrongCredentialsError`, or :class:`AccountWaitsError` after too many failures, in both cases alike
    for logins that exist and for those that do not.
    """
    found = find_login(accounts, login)
    user_id = found.user_id or accounts.keyring.decoy_user(found.key)
    credentials = accounts.store.credentials(user_id) or _decoy(accounts, found.key)
    counter = counter_of_code(accounts.keyring, user_id, sign_in_code, accounts.clock.now())
    counter = counter or counter_of(accounts, user_id, device_token) or user_id
    braked = "@" in normalise_login(login) or credentials.initial_nonce is None
    return _prove(accounts, user_id, password, credentials, counter, braked=braked)


def prove(accounts: Accounts, user_id: UserId, password: str) -> Identity:
    """The identity of ``user_id``, who is signed in, if the password is theirs; raises as :func:`sign_in` does.

    Counted apart from sign-ins: a stranger who makes the account wait does not keep its owner from changing the password.
    """
    credentials = accounts.store.credentials(user_id) or Credentials()
    return _prove(accounts, user_id, password, credentials, f"signed-in#{user_id}", braked=True)


def _prove(accounts: Accounts, user_id: UserId, password: str, credentials: Credentials, counter: str, *, braked: bool) -> Identity:
    _count_attempt(accounts, counter, braked=braked)
    identity = accounts.store.identity(user_id) if _fits(accounts, credentials, password) else None
    if identity is None:
        raise WrongCredentialsError("The login or the password is wrong.")
    accounts.store.forget_attempts(counter)
    _renew_outdated(accounts, user_id, credentials, password)
    return identity


def _decoy(accounts: Accounts, login_key: str) -> Credentials:
    """What an unknown login is taken to have: half of them an initial password, so that waiting or not tells nothing."""
    initial = accounts.keyring.derive("decoy password", login_key)[0] % 2
    return Credentials(initial_nonce=b"decoy" if initial else None)


def _count_attempt(accounts: Accounts, counter: str, *, braked: bool) -> None:
    """Count the attempt before the password is looked at; attempts made at the same time are counted one by one.

    The same is written where nothing is braked: a stranger cannot tell by the time it takes.
    """
    before = NONE_YET
    for _ in range(_RACES_LOST):
        now = accounts.clock.now()
        stored = accounts.store.record_attempt(counter, before, begin_attempt(before, now) if braked else Attempts(1, now))
        if stored is None or not braked:
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
