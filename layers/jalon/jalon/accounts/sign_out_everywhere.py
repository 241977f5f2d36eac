"""A person ends every sign-in of theirs, on every device."""

from jalon.accounts.accounts import Accounts
from jalon.kernel.ids import UserId


def sign_out_everywhere(accounts: Accounts, user_id: UserId) -> None:
    """No refresh token given before works any longer; access tokens end by themselves, within 20 minutes.

    One write: refreshing compares the sign-in's epoch with the person's. Raises :class:`AccountNotFoundError`.
    """
    accounts.store.raise_sign_in_epoch(user_id)
