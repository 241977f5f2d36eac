"""Items as earlier versions wrote them, on the real tables: they are read, and change in place."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from jalon.accounts.accounts import Accounts
from jalon.accounts.change_password import change_password
from jalon.accounts.change_preferences import PreferencesChange, change_preferences
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.identity import Preferences
from jalon.accounts.lockout import AccountWaitsError
from jalon.accounts.mail_allowance import MOST_A_DAY, MessageKind, TooManyMessagesError, one_message
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.tables import CountItem, IdentityItem, SetupItem
from jalon.kernel.ids import UserId
from tests.accounts.fakes import Mailbox
from tests.accounts.pupils import create_pupil_account
from tests.cloud import Cloud

OWN = "un lapin dans la lune"


@pytest.fixture
def lea(accounts: Accounts) -> PupilAccount:
    return create_pupil_account(accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))


def choose_own_password(accounts: Accounts, pupil: PupilAccount) -> None:
    """Let the pupil have a password of their own, which is braked."""
    change_password(accounts, Mailbox(), pupil.user_id, pupil.initial_password or "", OWN)


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


def test_slips_counted_under_their_former_name_still_brake_and_are_counted_on(cloud: Cloud, accounts: Accounts, lea: PupilAccount) -> None:
    choose_own_password(accounts, lea)
    until = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    CountItem(f"attempts#{lea.user_id}", failures=5, latest_at=datetime.now(UTC) - timedelta(seconds=1), expires_at=until).save()
    with pytest.raises(AccountWaitsError):
        sign_in(accounts, lea.username, OWN)
    CountItem(f"attempts#{lea.user_id}", failures=5, latest_at=datetime.now(UTC) - timedelta(seconds=20), expires_at=until).save()
    with pytest.raises(WrongCredentialsError):
        sign_in(accounts, lea.username, "wrong")
    (counted,) = [item for item in cloud.items("credentials") if item["key"]["S"].startswith("attempts#")]
    assert (counted["times"]["N"], "failures" in counted) == ("6", False)
    with pytest.raises(AccountWaitsError):
        sign_in(accounts, lea.username, OWN)


def test_messages_counted_under_their_former_name_are_in_nobodys_way(accounts: Accounts, lea: PupilAccount) -> None:
    until = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    CountItem(f"attempts#mail#{lea.user_id}", failures=5, latest_at=datetime.now(UTC), expires_at=until).save()
    for number in range(MOST_A_DAY):
        with one_message(accounts, MessageKind.ADDRESS, f"key{number}", asker=lea.user_id):
            pass
    with pytest.raises(TooManyMessagesError), one_message(accounts, MessageKind.ADDRESS, "one more", asker=lea.user_id):
        pass


def test_a_token_given_when_there_was_one_ticket_sets_the_password(accounts: Accounts, lea: PupilAccount) -> None:
    """Recoveries too had ``ps.`` tokens and the item ``setup#``."""
    until = datetime.now(UTC) + timedelta(hours=1)
    SetupItem(f"setup#{lea.user_id}", nonce=b"nonce", expires_at=int(until.timestamp())).save()
    token = f"ps.{lea.user_id}.{accounts.keyring.secret('password setup', lea.user_id, b'nonce')}"
    assert set_up_password(accounts, Mailbox(), token, OWN) == lea.user_id
    assert sign_in(accounts, lea.username, OWN).user_id == lea.user_id
