"""A pupil forgot the password: the school hands out a new initial one, and closes what others opened, if it is asked to."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import PupilAccount, initial_password_of
from jalon.accounts.identity import AccountNotFoundError
from jalon.accounts.messages import Mailer, school_closed_ways_in, school_replaced_password
from jalon.accounts.stores import ClosedWays, Credentials, StaleWriteError
from jalon.accounts.tell_owner import tell_owner
from jalon.accounts.ways_in import without_attached_ways
from jalon.kernel.ids import UserId


def reset_pupil_password(accounts: Accounts, mailer: Mailer, user_id: UserId, request: str) -> PupilAccount:
    """Give the account a fresh initial password, lift any wait, and end every sign-in begun before; the owner hears of it first.

    ``request`` names the request. Sent again, however late, it changes nothing: it gives the same password while that one serves, and
    None once the pupil chose another or a later request gave one.

    Whether this pupil is on the caller's list is the caller's to check. Raises :class:`AccountNotFoundError`, also for
    an account that no school gave a username, and :class:`UnavailableError` while the owner cannot be told.
    """
    return _reset(accounts, mailer, user_id, request, closing=False)


def reset_and_close_ways(accounts: Accounts, mailer: Mailer, user_id: UserId, request: str) -> PupilAccount:
    """As :func:`reset_pupil_password`, and with the same write every way in is closed but the username.

    The address among them is told first. What the pupil attaches afterwards stays, though the request be sent again. Raises what that one
    raises, :class:`StaleWriteError` if a way in was opened or closed meanwhile, and :class:`UnavailableError` while the address
    cannot be told.
    """
    return _reset(accounts, mailer, user_id, request, closing=True)


def _reset(accounts: Accounts, mailer: Mailer, user_id: UserId, request: str, *, closing: bool) -> PupilAccount:
    identity = accounts.store.identity(user_id)
    if identity is None or identity.username is None:
        raise AccountNotFoundError("There is no account with a school's username under this identifier.", user_id=user_id)
    nonce = accounts.keyring.identifier("n", user_id, request).encode()
    password = initial_password_of(accounts, user_id, nonce)
    credentials = _credentials(accounts, user_id)
    if nonce not in {credentials.initial_nonce, *credentials.given}:
        accounts.store.refuse_erased(user_id)
        tell_owner(mailer, identity, school_closed_ways_in if closing else school_replaced_password)
        closed = ClosedWays(identity, without_attached_ways(accounts.keyring, identity)) if closing else None
        try:
            accounts.store.set_password(user_id, accounts.hasher.hash(password), nonce, closing=closed)
        except StaleWriteError:
            if nonce not in _credentials(accounts, user_id).given:  # it is there when the same request was sent twice at once
                raise
        credentials = _credentials(accounts, user_id)
    return PupilAccount(user_id, identity.username, password if credentials.initial_nonce == nonce else None)


def _credentials(accounts: Accounts, user_id: UserId) -> Credentials:
    return accounts.store.credentials(user_id) or Credentials()
