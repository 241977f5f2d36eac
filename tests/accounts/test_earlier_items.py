"""Items as earlier versions wrote them, on the real tables: they are read, and change in place."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from jalon.accounts.accounts import Accounts
from jalon.accounts.change_preferences import PreferencesChange, change_preferences
from jalon.accounts.create_pupil_account import NewPupil, PupilAccount, create_pupil_account
from jalon.accounts.identity import Preferences
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.sign_in import sign_in
from jalon.accounts.tables import IdentityItem, SetupItem
from jalon.kernel.ids import UserId
from tests.cloud import Cloud

OWN = "un lapin dans la lune"


@pytest.fixture
def lea(accounts: Accounts) -> PupilAccount:
    return create_pupil_account(accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))


def test_preferences_in_one_map_are_read_and_changed_one_by_one(cloud: Cloud, accounts: Accounts, lea: PupilAccount) -> None:
    together = {"locale": "en", "high_contrast": True, "large_text": True, "reduced_motion": False, "screen_reader": False}
    apart = (getattr(IdentityItem, name).remove() for name in together)
    IdentityItem(lea.user_id).update(actions=[IdentityItem.preferences.set(together), *apart])
    (item,) = cloud.items("identities")
    assert json.loads(item["preferences"]["S"]) == together
    assert "locale" not in item
    identity = accounts.store.identity(lea.user_id)
    assert identity is not None
    assert identity.preferences == Preferences(**together)
    changed = change_preferences(accounts, lea.user_id, PreferencesChange(large_text=False, screen_reader=True))
    assert changed == Preferences(**(together | {"large_text": False, "screen_reader": True}))
    assert accounts.store.identities([lea.user_id])[lea.user_id].preferences == changed
    assert change_preferences(accounts, lea.user_id, PreferencesChange()) == changed


def test_a_token_given_when_there_was_one_ticket_sets_the_password(accounts: Accounts, lea: PupilAccount) -> None:
    """Recoveries too had ``ps.`` tokens and the item ``setup#``."""
    until = datetime.now(UTC) + timedelta(hours=1)
    SetupItem(f"setup#{lea.user_id}", nonce=b"nonce", expires_at=int(until.timestamp())).save()
    token = f"ps.{lea.user_id}.{accounts.keyring.secret('password setup', lea.user_id, b'nonce')}"
    assert set_up_password(accounts, token, OWN) == lea.user_id
    assert sign_in(accounts, lea.username, OWN).user_id == lea.user_id
