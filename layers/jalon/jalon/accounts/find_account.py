"""Whose account it is, by its identifier or by a way in."""

from jalon.accounts.identity import AccountNotFoundError, Identity
from jalon.accounts.stores import AccountStore
from jalon.kernel.ids import UserId


def find_account(store: AccountStore, user_id: UserId) -> Identity:
    """The account with this identifier; raises :class:`AccountNotFoundError`, also after an erasure."""
    identity = store.identity(user_id)
    if identity is None:
        raise AccountNotFoundError("This account no longer exists.", user_id=user_id)
    return identity


def account_of_login(store: AccountStore, login_key: str) -> Identity | None:
    """The account that this login key (:mod:`jalon.accounts.keyring`) opens or names, if one does."""
    user_id = store.user_of_login(login_key)
    return store.identity(user_id) if user_id else None
