"""A login and a password, against what is kept. The same work is done whether or not the login exists."""

from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.counts import NONE_YET, count_once
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import Identity
from jalon.accounts.known_device import counter_of
from jalon.accounts.lockout import AccountWaitsError, attempts_of, attempts_signed_in, begin_attempt
from jalon.accounts.logins import normalise_login
from jalon.accounts.passwords import normalise_password, typed_initial_password
from jalon.accounts.sign_in_code import counter_of_code
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import NotSignedInError
from jalon.kernel.ids import UserId


class WrongCredentialsError(NotSignedInError):
    """Unknown login or wrong password: never said which."""

    code = "wrong_credentials"


@dataclass(frozen=True, slots=True)
class Proven:
    """Whose the password is, and the verifier that it fits: a change that rests on this proof is made while that is still the one."""

    identity: Identity
    verifier: str


def sign_in(accounts: Accounts, login: str, password: str, device_token: str = "", sign_in_code: str = "") -> Identity:
    """Whom the login and password belong to.

    ``device_token`` is what an earlier sign-in left on this device, ``sign_in_code`` what a teacher gave: with either, what others
    typed under the login counts for nothing.

    Raises :class:`WrongCredentialsError`, or :class:`AccountWaitsError` after too many failures, in both cases alike
    for logins that exist and for those that do not.
    """
    found = find_login(accounts, login)
    user_id = found.user_id or accounts.keyring.decoy_user(found.key)
    identity = accounts.store.identity(user_id)
    credentials = accounts.store.credentials(user_id) or _decoy(accounts, found.key)
    apart = counter_of_code(accounts.keyring, user_id, sign_in_code, accounts.clock.now()) or counter_of(accounts, user_id, device_token)
    braked = "@" in normalise_login(login) or credentials.initial_nonce is None
    return _prove(accounts, identity, password, credentials, attempts_of(apart or user_id), braked=braked).identity


def prove(accounts: Accounts, user_id: UserId, password: str) -> Proven:
    """The identity of ``user_id``, who is signed in, if the password is theirs; raises as :func:`sign_in` does.

    Counted apart from sign-ins: a stranger who makes the account wait does not keep its owner from changing the password.
    """
    identity = accounts.store.identity(user_id)
    credentials = accounts.store.credentials(user_id) or Credentials()
    return _prove(accounts, identity, password, credentials, attempts_signed_in(user_id), braked=True)


def _prove(accounts: Accounts, identity: Identity | None, password: str, credentials: Credentials, counter: str, *, braked: bool) -> Proven:
    """``identity`` as it was before ``credentials`` were read: a password replaced while this one is checked raised the epoch since, and a
    sign-in begun under the older one is over.
    """
    _count_attempt(accounts, counter, braked=braked)
    typed = normalise_password(password) if credentials.initial_nonce is None else typed_initial_password(password)
    fits = _fits(accounts, credentials, typed)
    if identity is None or credentials.verifier is None or not fits:
        raise WrongCredentialsError("The login or the password is wrong.")
    accounts.store.forget_count(counter)
    return Proven(identity, _renew_outdated(accounts, identity.user_id, credentials.verifier, typed))


def _decoy(accounts: Accounts, login_key: str) -> Credentials:
    """What an unknown login is taken to have: half of them an initial password, so that waiting or not tells nothing."""
    initial = accounts.keyring.derive("decoy password", login_key)[0] % 2
    return Credentials(initial_nonce=b"decoy" if initial else None)


def _count_attempt(accounts: Accounts, counter: str, *, braked: bool) -> None:
    """Count the attempt before the password is looked at; attempts made at the same time are counted one by one.

    The same is written where nothing is braked: a stranger cannot tell by the time it takes.
    """
    if not braked:
        accounts.store.count(counter, NONE_YET, NONE_YET.one_more(accounts.clock.now()))
    elif not count_once(accounts.store, counter, lambda attempts: begin_attempt(attempts, accounts.clock.now())):
        raise AccountWaitsError("Too many sign-ins at once for this login; try again.", retry_after_s=1)


def _fits(accounts: Accounts, credentials: Credentials, typed: str) -> bool:
    """Check the password at the same cost whatever there is to check it against; the decoy is no proof."""
    return accounts.hasher.verify(credentials.verifier or accounts.hasher.decoy, typed)


def _renew_outdated(accounts: Accounts, user_id: UserId, verifier: str, typed: str) -> str:
    """The verifier from now on: keep up with the parameters of the day, at the one moment when the password is known."""
    if not accounts.hasher.is_outdated(verifier):
        return verifier
    renewed = accounts.hasher.hash(typed)
    accounts.store.renew_verifier(user_id, verifier, renewed)
    return renewed
