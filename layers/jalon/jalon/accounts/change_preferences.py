"""A person says how they want to be served."""

from dataclasses import dataclass
from typing import TypeVar

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import AccountNotFoundError, Preferences
from jalon.kernel.ids import UserId

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PreferencesChange:
    """What to change; None leaves it as it is."""

    locale: str | None = None
    high_contrast: bool | None = None
    large_text: bool | None = None
    reduced_motion: bool | None = None
    screen_reader: bool | None = None


def change_preferences(accounts: Accounts, user_id: UserId, change: PreferencesChange) -> Preferences:
    """The preferences from now on; raises :class:`AccountNotFoundError`."""
    identity = accounts.store.identity(user_id)
    if identity is None:
        raise AccountNotFoundError("There is no such account.", user_id=user_id)
    present = identity.preferences
    preferences = Preferences(
        locale=_either(change.locale, present.locale),
        high_contrast=_either(change.high_contrast, present.high_contrast),
        large_text=_either(change.large_text, present.large_text),
        reduced_motion=_either(change.reduced_motion, present.reduced_motion),
        screen_reader=_either(change.screen_reader, present.screen_reader),
    )
    accounts.store.set_preferences(user_id, preferences)
    return preferences


def _either(asked: Value | None, present: Value) -> Value:
    return present if asked is None else asked
