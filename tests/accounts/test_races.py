"""Many at once on the real tables: what conditional writes hold, and no fake can show."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jalon.accounts.accounts import Accounts
from jalon.accounts.change_password import change_password
from jalon.accounts.change_preferences import PreferencesChange, change_preferences
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.accounts.create_pupil_accounts import NewPupil, create_pupil_accounts
from jalon.accounts.identity import EmailTakenError, Preferences
from jalon.accounts.lockout import FREE_FAILURES, AccountWaitsError
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.prove_email import NOBODY_YET, write_code
from jalon.accounts.setup_token import new_ticket
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_in_wiring import open_sign_ins
from jalon.accounts.sign_ins import SignIns
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.accounts.stores import TicketPurpose
from jalon.edge.settings import Settings
from jalon.edge.tables import StoreUnavailableError
from jalon.kernel.errors import JalonError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import Mailbox
from tests.accounts.pupils import create_pupil_account
from tests.cloud import Cloud

AT_ONCE = 8


@pytest.fixture
def sign_ins(cloud: Cloud, accounts: Accounts) -> SignIns:
    return open_sign_ins(Settings.from_environment(cloud.environment), accounts)


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of many parallel calls gave, errors of ours included."""

    def outcome(number: int) -> Any:
        try:
            return act(number)
        except JalonError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(outcome, range(AT_ONCE)))


def test_one_refresh_token_used_many_times_at_once_has_one_successor(cloud: Cloud, accounts: Accounts, sign_ins: SignIns) -> None:
    pupil = create_pupil_account(accounts, NewPupil(UserId("usr_1"), "Léa", "Martin", date(2010, 3, 12)))
    identity = sign_in(accounts, pupil.username, pupil.initial_password or "")
    token = sign_ins.open(identity, SCREENS).refresh_token
    given = at_once(lambda _: sign_ins.refresh(token, SCREENS).refresh_token)
    assert len(set(given)) == 1
    (family,) = cloud.items("refresh_tokens")
    assert family["generation"] == {"N": "1"}
    assert sign_ins.refresh(given[0], SCREENS).refresh_token not in {token, given[0]}


def test_parallel_guesses_have_no_more_tries_than_guesses_in_a_row(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil = create_pupil_account(accounts, NewPupil(UserId("usr_1"), "Léa", "Martin", date(2010, 3, 12)))
    change_password(accounts, Mailbox(), pupil.user_id, pupil.initial_password or "", "un lapin dans la lune")
    given = at_once(lambda _: sign_in(accounts, pupil.username, "wrong"))
    tried = [error for error in given if isinstance(error, WrongCredentialsError)]
    refused = [error for error in given if isinstance(error, AccountWaitsError)]
    assert len(tried) <= FREE_FAILURES
    assert len(tried) + len(refused) == AT_ONCE


def test_one_address_asked_for_many_times_at_once_is_one_account(cloud: Cloud, accounts: Accounts) -> None:
    given = at_once(
        lambda number: create_member_account(
            accounts, NewMember(UserId(f"usr_{number}"), "Claire", "Petit", "claire@example.org", "Tr0ubadour!")
        )
    )
    assert len([each for each in given if isinstance(each, str)]) == 1
    assert all(isinstance(each, str | EmailTakenError | StoreUnavailableError) for each in given)
    assert len(cloud.items("identities")) == 1


def test_a_claimed_address_taken_over_by_many_at_once_has_one_owner(cloud: Cloud, accounts: Accounts) -> None:
    claim = SignUp(UserId("usr_claim"), "lea@example.org", "un lapin dans la lune", "Jean", "Personne", date(2008, 5, 6))
    sign_up(accounts, claim)
    code = write_code(accounts.keyring, NOBODY_YET, "lea@example.org", accounts.clock.now())
    given = at_once(lambda number: sign_up(accounts, replace(claim, user_id=UserId(f"usr_{number}"), email_code=code)))
    owners = [each for each in given if not isinstance(each, JalonError)]
    assert len(owners) == 1
    assert sign_in(accounts, "lea@example.org", claim.password).user_id == owners[0].user_id
    assert all(isinstance(each, EmailTakenError | StoreUnavailableError) for each in given if isinstance(each, JalonError))
    emails = {item["user_id"]["S"]: item.get("email") for item in cloud.items("identities")}
    assert emails == {"usr_claim": None, owners[0].user_id: {"S": "lea@example.org"}}


def test_of_preferences_changed_at_once_none_is_lost(accounts: Accounts) -> None:
    pupil = create_pupil_account(accounts, NewPupil(UserId("usr_1"), "Léa", "Martin", date(2010, 3, 12)))
    changes: list[dict[str, Any]] = [{"locale": "en"}, {"high_contrast": True}, {"large_text": True}, {"reduced_motion": True}] * 2
    at_once(lambda number: change_preferences(accounts, pupil.user_id, PreferencesChange(**changes[number])))
    identity = accounts.store.identity(pupil.user_id)
    assert identity is not None
    assert identity.preferences == Preferences(locale="en", high_contrast=True, large_text=True, reduced_motion=True)


def test_a_recovery_asked_for_many_times_at_once_is_one_token(accounts: Accounts) -> None:
    pupil = create_pupil_account(accounts, NewPupil(UserId("usr_1"), "Léa", "Martin", date(2010, 3, 12)))
    now = accounts.clock.now()
    given = at_once(lambda _: accounts.store.offer_ticket(new_ticket(accounts, pupil.user_id, TicketPurpose.RECOVERY), now))
    standing = accounts.store.ticket(pupil.user_id, TicketPurpose.RECOVERY)
    assert standing is not None
    assert {ticket.nonce for ticket in given} == {standing.nonce}


def test_one_class_made_many_times_at_once_is_one_class(cloud: Cloud, accounts: Accounts) -> None:
    pupils = [NewPupil(UserId(f"usr_{number}"), "Léa", "Martin", date(2010, 3, 12)) for number in range(3)]
    given = [each for each in at_once(lambda _: create_pupil_accounts(accounts, pupils)) if not isinstance(each, JalonError)]
    again = create_pupil_accounts(accounts, pupils)
    assert all(each == again for each in given)
    assert len({account.username for account in again}) == 3
    assert len(cloud.items("identities")) == 3
    for account in again:
        assert sign_in(accounts, account.username, account.initial_password or "").user_id == account.user_id


def test_a_class_of_thirty_in_one_call(accounts: Accounts) -> None:
    pupils = [NewPupil(UserId(f"usr_{number}"), "Noé", "Exemple", date(2010, 1 + number % 12, 5)) for number in range(30)]
    made = create_pupil_accounts(accounts, pupils)
    assert len({account.username for account in made}) == 30
    assert create_pupil_accounts(accounts, pupils) == made
