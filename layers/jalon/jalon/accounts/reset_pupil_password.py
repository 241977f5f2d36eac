"""A pupil forgot the password: the school hands out a new initial one."""

from contextlib import suppress

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import PupilAccount, initial_password_of
from jalon.accounts.identity import AccountNotFoundError
from jalon.accounts.stores import Credentials, StaleWriteError
from jalon.kernel.ids import UserId


def reset_pupil_password(accounts: Accounts, user_id: UserId, request: str) -> PupilAccount:
    """Give the account a fresh initial password, lift any wait, and end every sign-in begun before.

    ``request`` names the request. Sent again, however late, it changes nothing: it gives the same password while that one serves, and
    None once the pupil chose another or a later request gave one.

    Whether this pupil is on the caller's list is the caller's to check. Raises :class:`AccountNotFoundError`, also for
    an account that no school gave a username.
    """
    identity = accounts.store.identity(user_id)
    if identity is None or identity.username is None:
        raise AccountNotFoundError("There is no account with a school's username under this identifier.", user_id=user_id)
    nonce = accounts.keyring.identifier("n", user_id, request).encode()
    password = initial_password_of(accounts, user_id, nonce)
    credentials = accounts.store.credentials(user_id) or Credentials()
    if nonce not in {credentials.initial_nonce, *credentials.given}:
        with suppress(StaleWriteError):  # the same request, sent twice at once
            accounts.store.set_password(user_id, accounts.hasher.hash(password), nonce)
        credentials = accounts.store.credentials(user_id) or Credentials()
    return PupilAccount(user_id, identity.username, password if credentials.initial_nonce == nonce else None)
