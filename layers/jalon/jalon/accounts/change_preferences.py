"""A person says how they want to be served."""

from dataclasses import asdict, dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import find_account
from jalon.accounts.identity import Preferences
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class PreferencesChange:
    """What to change; None leaves it as it is."""

    locale: str | None = None
    high_contrast: bool | None = None
    large_text: bool | None = None
    reduced_motion: bool | None = None
    screen_reader: bool | None = None


def change_preferences(accounts: Accounts, user_id: UserId, change: PreferencesChange) -> Preferences:
    """The preferences from now on; of two changes made at the same time, neither undoes the other.

    Raises :class:`AccountNotFoundError`.
    """
    asked = {name: value for name, value in asdict(change).items() if value is not None}
    if asked:
        return accounts.store.change_preferences(user_id, asked)
    return find_account(accounts.store, user_id).preferences
