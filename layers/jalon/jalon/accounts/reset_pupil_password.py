"""A pupil forgot the password: the school hands out a new initial one."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import PupilAccount, initial_password_of
from jalon.accounts.identity import AccountNotFoundError
from jalon.kernel.ids import UserId


def reset_pupil_password(accounts: Accounts, user_id: UserId, request: str) -> PupilAccount:
    """Give the account a fresh initial password, lift any wait, and end every sign-in begun before.

    ``request`` names the request: sent again while its password still serves, it gives the same one and ends nothing.

    Whether this pupil is on the caller's list is the caller's to check. Raises :class:`AccountNotFoundError`, also for
    an account that no school made: its owner resets the password by e-mail.
    """
    identity = accounts.store.identity(user_id)
    if identity is None or identity.username is None:
        raise AccountNotFoundError("There is no account made by a school under this identifier.", user_id=user_id)
    nonce = accounts.keyring.identifier("n", user_id, request).encode()
    password = initial_password_of(accounts, user_id, nonce)
    credentials = accounts.store.credentials(user_id)
    if credentials is None or credentials.initial_nonce != nonce:
        accounts.store.set_password(user_id, accounts.hasher.hash(password), nonce)
    return PupilAccount(user_id, identity.username, password)
