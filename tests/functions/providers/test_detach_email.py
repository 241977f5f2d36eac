"""The address on an account may be a stranger's: whoever owns the account takes it off."""

from dataclasses import replace
from typing import Any

import pytest

from functions.accounts.wiring import desk
from jalon.accounts.create_pupil_accounts import initial_password_of
from jalon.accounts.find_account import find_account
from jalon.accounts.find_login import find_login
from jalon.accounts.prove_email import write_code
from jalon.accounts.ses_mailer import MailUnavailableError
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.stores import TicketPurpose
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import LEA, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, send
from tests.functions.providers.portal import PASSWORD, link, proven_account, school_made, sign_in, subject_of
from tests.functions.providers.test_proofs import remove

ADDRESS = "voleur@example.org"


def detach(subject: str, *, proven: bool = True, **proof: Any) -> Reply:
    return send("detach_own_email", subject=subject, body=proof or "", proven=proven)


def attach(subject: str, address: str = ADDRESS) -> None:
    identity = find_account(desk().accounts.store, UserId(subject))
    code = write_code(desk().accounts.keyring, identity, address, desk().accounts.clock.now())
    assert send("confirm_attached_email", subject=subject, body={"email": address, "code": code}).status == 200


def slip_of(subject: str) -> str:
    credentials = desk().accounts.store.credentials(UserId(subject))
    assert credentials is not None
    assert credentials.initial_nonce is not None
    return initial_password_of(desk().accounts, UserId(subject), credentials.initial_nonce)


def signs_in(username: str, password: str) -> bool:
    return send("token_password", form={"grant_type": "password", "username": username, "password": password}).status == 200


def recovery_of(subject: str) -> str:
    """The token that a message of this moment would have."""
    accounts = desk().accounts
    ticket = accounts.store.offer_ticket(new_ticket(accounts, UserId(subject), TicketPurpose.RECOVERY), accounts.clock.now())
    return write_setup_token(accounts.keyring, ticket, find_account(accounts.store, UserId(subject)))


@pytest.fixture
def lea() -> str:
    """A pupil with a school's slip, and the address that somebody who had it attached."""
    subject = school_made()
    attach(subject)
    return subject


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(type(desk().mailer), "send", lambda _, address, message: sent.append((address, message.subject)))
    return sent


def test_an_address_that_is_taken_off_opens_nothing_any_more(lea: str, told: list[tuple[str, str]]) -> None:
    slip, recovery = slip_of(lea), recovery_of(lea)
    assert signs_in(ADDRESS, slip)
    assert detach(lea).status == 204
    me = send("read_me", subject=lea).body
    assert (me["email"], me["email_verified"], me["username"]) == (None, False, "lea.martin1203")
    assert (signs_in(ADDRESS, slip), signs_in("lea.martin1203", slip)) == (False, True)
    assert send("set_password", body={"token": recovery, "password": PASSWORD}).body["code"] == "setup_token_over"
    assert told == [(ADDRESS, "Cette adresse est retirée de votre compte")]
    assert find_login(desk().accounts, ADDRESS).user_id is None


def test_taking_it_off_again_changes_nothing(lea: str, told: list[tuple[str, str]]) -> None:
    assert [detach(lea).status, detach(lea).status] == [204, 204]
    assert len(told) == 1


def test_an_address_that_was_taken_off_is_anyones_again(lea: str) -> None:
    detach(lea)
    assert signs_in(ADDRESS, slip_of(lea)) is False
    somebody = proven_account(ADDRESS)
    assert find_login(desk().accounts, ADDRESS).user_id == somebody


def test_an_address_in_the_letters_it_was_once_kept_in_goes_too(lea: str) -> None:
    """Versions before kept an internationalised domain as it was typed."""
    before = find_account(desk().accounts.store, UserId(lea))
    kept = desk().accounts.keyring.login_key("lea@exämple.fr")
    old = replace(before, email="lea@exämple.fr", login_keys=before.login_keys - {find_login(desk().accounts, ADDRESS).key} | {kept})
    desk().accounts.store.replace_logins(before, old)
    assert detach(lea).status == 204
    assert desk().accounts.store.user_of_login(kept) is None


def test_a_screen_left_open_takes_no_address_off(lea: str) -> None:
    refused = detach(lea, proven=False)
    assert (refused.status, refused.body["code"], refused.body["proven_by"]) == (403, "proof_required", ["password"])
    assert detach(lea, proven=False, password="wrong").status == 422
    assert send("read_me", subject=lea).body["email"] == ADDRESS
    assert detach(lea, proven=False, password=slip_of(lea)).status == 204


def test_nothing_is_taken_off_while_the_address_cannot_be_told(lea: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise MailUnavailableError("The mail service is busy; send the same request again.")

    monkeypatch.setattr(type(desk().mailer), "send", busy)
    refused = detach(lea)
    assert (refused.status, refused.body["code"]) == (503, "mail_unavailable")
    assert send("read_me", subject=lea).body["email"] == ADDRESS


@pytest.mark.parametrize("code", [None, "proven"])
def test_the_address_is_kept_where_it_is_the_only_way_in(code: str | None) -> None:
    person = proven_account() if code else str(send("create_account").body["id"])
    refused = detach(person)
    assert (refused.status, refused.body["code"]) == (409, "only_way_in")
    assert send("read_me", subject=person).body["email"] is not None


def test_a_portal_is_a_way_in_without_the_address_and_then_the_only_one(cloud: Cloud, provider: OpenIdProvider) -> None:
    """Their password has no login any more, and is no way in by itself."""
    person = proven_account()
    link(person)
    assert detach(person).status == 204
    assert subject_of(cloud, sign_in()) == person
    refused = remove(person)
    assert (refused.status, refused.body["code"]) == (409, "only_way_in")
    provider.person = {**LEA, "sub": "somebody-else"}
    assert subject_of(cloud, sign_in()) != person
