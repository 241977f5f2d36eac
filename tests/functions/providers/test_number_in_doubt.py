"""A certified number is believed of the same person only; whoever is not believed is asked, and is never stuck."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from functions.accounts.wiring import desk, provider_sign_ins
from jalon.accounts.account_store import AccountTable
from jalon.accounts.create_pupil_accounts import NewPupil
from jalon.accounts.give_username import give_username
from jalon.accounts.identity import Identity, Role
from jalon.accounts.messages import Message
from jalon.accounts.national_number import account_on_list, list_number
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.ses_mailer import MailUnavailableError
from jalon.accounts.sign_in_with_provider import begin_account as begin_account_of
from jalon.accounts.stores import Credentials
from jalon.kernel.ids import Ine, UserId
from tests.accounts.fakes import Mailbox
from tests.accounts.openid_provider import LEA, OpenIdProvider
from tests.accounts.pupils import create_pupil_account
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, sample, send
from tests.functions.providers.portal import (
    ALSO_CERTIFYING,
    CERTIFYING,
    INE,
    NUMBER_CLAIM,
    begin_account,
    complete_certified,
    link_certified,
    proven_account,
    school_made,
    sign_in_certified,
    subject_of,
)

WITHOUT_BIRTH_DATE = {name: value for name, value in LEA.items() if name != "birthdate"}
TOM = {**LEA, "sub": "tom-1", "given_name": "Tom"}
FILLERS = ["N/A", "n/a", "0", "-", "INCONNU", "\u00a0", "00000000000", "000000000AA", "123456789", "123456789ABC", "１２３４５６７８９AB"]


def doubts(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str | None]]:
    """Why numbers were not believed, and whose account has them, as the operator reads it."""
    warned = [record for record in caplog.records if record.getMessage() == "CERTIFIED_NUMBER_NOT_BELIEVED"]
    told = {str(value) for record in warned for value in vars(record).values()}
    assert not {INE, "Léa", "Tom", "Zoé", "Martin", "Dubois", LEA["birthdate"]} & told
    return [(vars(record)["reason"], vars(record)["user_id"]) for record in warned]


@pytest.mark.parametrize("filler", FILLERS)
def test_what_a_portal_writes_in_place_of_a_number_joins_nobody(
    cloud: Cloud, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture, filler: str
) -> None:
    provider.person = {**WITHOUT_BIRTH_DATE, NUMBER_CLAIM: filler}
    lea = subject_of(cloud, sign_in_certified())
    provider.person = {**WITHOUT_BIRTH_DATE, "sub": "lea-2", NUMBER_CLAIM: filler}  # of the same name, and no birth date is known
    assert subject_of(cloud, sign_in_certified()) != lea
    assert set(doubts(caplog)) == ({("form", None)} if filler.strip() else set())
    provider.person = {**WITHOUT_BIRTH_DATE, NUMBER_CLAIM: filler}
    assert subject_of(cloud, complete_certified()) == lea


@pytest.mark.parametrize(
    ("person", "doubt"),
    [
        (TOM, "first_name"),
        ({**WITHOUT_BIRTH_DATE, "sub": "zoe", "given_name": "Zoé", "family_name": "Dubois"}, "first_name"),
        ({**WITHOUT_BIRTH_DATE, "sub": "lea-2", "family_name": "Dubois"}, "names"),
        ({"sub": "nameless"}, "names"),
        ({**LEA, "sub": "lea-2", "birthdate": "2011-03-12"}, "birth_date"),
    ],
)
def test_a_number_alone_opens_nothing(
    cloud: Cloud, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture, person: dict[str, Any], doubt: str
) -> None:
    lea = school_made()
    provider.person = {**person, NUMBER_CLAIM: INE}
    unknown = complete_certified()
    assert (unknown.status, unknown.body["code"]) == (409, "provider_account_unknown")
    assert doubts(caplog) == [(doubt, lea)]
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert subject_of(cloud, complete_certified()) == lea


def test_a_twin_gets_an_account_of_their_own_and_nobody_loses_theirs(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert subject_of(cloud, complete_certified()) == lea
    provider.person = {**TOM, NUMBER_CLAIM: INE}
    unknown = complete_certified()
    assert unknown.body["sign_in_with"] == "username"
    asked = begin_account(unknown)
    assert (asked.status, asked.body["code"], asked.body["sign_in_with"]) == (409, "account_may_exist", "username")
    tom = subject_of(cloud, begin_account(unknown, anyway=True))
    assert tom != lea
    assert subject_of(cloud, complete_certified()) == tom
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert subject_of(cloud, complete_certified()) == lea


@pytest.mark.parametrize(
    "names",
    [{"given_name": "LEA MARIE"}, {"family_name": "Martin-Dubois"}, {"usual_name": "Dubois"}, {"given_name": ""}, {"family_name": ""}],
)
def test_another_spelling_or_family_name_keeps_nobody_born_that_day_from_their_account(
    cloud: Cloud, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture, names: dict[str, str]
) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE, **names}
    for _ in range(2):
        assert subject_of(cloud, complete_certified()) == lea
    (linked,) = [vars(record) for record in caplog.records if record.getMessage() == "PROVIDER_LINKED"]
    assert (linked["user_id"], linked["provider"], linked["by"]) == (lea, CERTIFYING, "number")


@pytest.mark.parametrize("vague", [WITHOUT_BIRTH_DATE, {**LEA, "family_name": "Dubois"}, {**LEA, "given_name": ""}])
def test_only_all_that_agrees_takes_the_place_of_another_subject(
    cloud: Cloud, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture, vague: dict[str, Any]
) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    complete_certified()
    provider.person = {**vague, "sub": "lea-2", NUMBER_CLAIM: INE}
    unknown = complete_certified()
    assert (unknown.status, unknown.body["sign_in_with"]) == (409, "username")
    assert doubts(caplog) == [("another_subject", lea)]
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert subject_of(cloud, complete_certified()) == lea


def test_whoever_was_not_believed_signs_in_and_links_the_portal(cloud: Cloud, provider: OpenIdProvider) -> None:
    """A first name that the portal has otherwise."""
    lea = school_made()
    provider.person = {**LEA, "given_name": "Léopoldine", NUMBER_CLAIM: INE}
    body = {"introduction": complete_certified().body["introduction"]}
    assert send("link_introduced_provider", body=body, subject=lea, proven=True).status == 200
    assert subject_of(cloud, complete_certified()) == lea


def test_the_owner_hears_of_a_portal_that_a_number_let_in(cloud: Cloud, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, str | None]] = []

    def note(_: Any, to: str, message: Message) -> None:
        sent.append((to, message.subject, stored(lea).providers.get(CERTIFYING)))

    monkeypatch.setattr(type(desk().mailer), "send", note)
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    lea = with_number(proven_account("lea@example.org", first_name="Léa", last_name="Martin"))
    assert subject_of(cloud, complete_certified()) == lea
    assert sent == [("lea@example.org", "Un portail ouvre maintenant votre compte", None)]  # before it does
    former = stored(lea).providers[CERTIFYING]
    assert subject_of(cloud, complete_certified()) == lea
    assert len(sent) == 1
    provider.person = {**LEA, "sub": "lea-renamed", NUMBER_CLAIM: INE}
    assert subject_of(cloud, complete_certified()) == lea
    assert sent[1:] == [("lea@example.org", "Un portail ouvre maintenant votre compte", former)]


def test_while_the_owner_cannot_be_told_no_portal_is_let_in(
    cloud: Cloud, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise MailUnavailableError("No message can be sent now.")

    provider.person = {**LEA, NUMBER_CLAIM: INE}
    lea = with_number(proven_account("lea@example.org", first_name="Léa", last_name="Martin"))
    with monkeypatch.context() as silent:
        silent.setattr(type(desk().mailer), "send", refuse)
        refused = complete_certified()
    assert (refused.status, refused.body["code"]) == (503, "mail_unavailable")
    assert send("read_me", subject=lea).body["providers"] == []
    assert subject_of(cloud, complete_certified()) == lea


@pytest.fixture
def listed() -> UserId:
    """Léa's account, which a school found on its list by her name and birth date: the number opens nothing of it."""
    lea = UserId(proven_account("lea@example.org", first_name="Léa", last_name="Martin"))
    list_number(desk().accounts, lea, Ine(INE))
    return lea


def test_whoever_has_an_account_under_the_number_is_told_before_a_second_begins(
    cloud: Cloud, provider: OpenIdProvider, listed: UserId
) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    unknown = complete_certified()
    assert (unknown.body["code"], unknown.body["sign_in_with"]) == ("provider_account_unknown", "email")
    asked = begin_account(unknown)
    assert (asked.status, asked.body["code"], asked.body["sign_in_with"]) == (409, "account_may_exist", "email")
    assert "lea@example.org" not in unknown.text + asked.text
    assert len(cloud.items("identities")) == 1
    body = {"introduction": unknown.body["introduction"]}
    assert send("link_introduced_provider", body=body, subject=listed, proven=True).status == 200
    assert subject_of(cloud, complete_certified()) == listed


def test_whoever_is_somebody_else_begins_an_account_all_the_same(cloud: Cloud, provider: OpenIdProvider, listed: UserId) -> None:
    """A classmate was found under Léa's name."""
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    lea = subject_of(cloud, begin_account(complete_certified(), anyway=True))
    assert lea != listed
    assert subject_of(cloud, complete_certified()) == lea


@pytest.mark.parametrize("person", [{**LEA, "birthdate": "2011-05-05"}, {**WITHOUT_BIRTH_DATE, "given_name": "Tom"}])
def test_nobody_is_pointed_to_an_account_that_cannot_be_theirs(
    cloud: Cloud, provider: OpenIdProvider, listed: UserId, person: dict[str, Any]
) -> None:
    provider.person = {**person, NUMBER_CLAIM: INE}
    unknown = complete_certified()
    assert unknown.body["sign_in_with"] is None
    assert subject_of(cloud, begin_account(unknown)) != listed


def test_of_two_portals_that_certify_one_number_at_once_the_slower_joins(
    cloud: Cloud, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    unknown = complete_certified()
    provider.person = {**LEA, "sub": "lea-elsewhere", NUMBER_CLAIM: INE}
    also = complete_certified(ALSO_CERTIFYING)
    create = AccountTable.create
    faster: list[UserId] = []

    def after_the_other(self: AccountTable, identity: Identity, credentials: Credentials) -> None:
        monkeypatch.setattr(AccountTable, "create", create)
        if not faster:
            introduction = also.body["introduction"]
            faster.append(begin_account_of(provider_sign_ins(), desk().accounts, desk().mailer, introduction).identity.user_id)
        create(self, identity, credentials)

    monkeypatch.setattr(AccountTable, "create", after_the_other)
    assert subject_of(cloud, begin_account(unknown)) == faster[0]
    assert set(send("read_me", subject=faster[0]).body["providers"]) == {CERTIFYING, ALSO_CERTIFYING}
    assert len(cloud.items("identities")) == 1


@pytest.mark.parametrize("asked_first", [False, True])
def test_a_join_that_meets_another_change_is_made_from_what_is_there_now(
    cloud: Cloud, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch, asked_first: bool
) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    unknown = complete_certified() if asked_first else None
    lea = school_made()
    write = AccountTable.replace_logins

    def after_another_change(self: AccountTable, before: Identity, after: Identity) -> None:
        monkeypatch.setattr(AccountTable, "replace_logins", write)
        changed = replace(before, email="lea@example.org", login_keys=before.login_keys | {"another"})
        write(self, before, changed)
        write(self, before, after)

    monkeypatch.setattr(AccountTable, "replace_logins", after_another_change)
    joined: Reply = begin_account(unknown) if unknown else complete_certified()
    assert subject_of(cloud, joined) == lea
    me = send("read_me", subject=lea).body
    assert (me["providers"], me["email"]) == ([CERTIFYING], "lea@example.org")


def test_whoever_a_portal_names_anew_and_hardly_describes_comes_back_through_the_school(cloud: Cloud, provider: OpenIdProvider) -> None:
    """Their only way in was the portal, which gives no birth date."""
    provider.person = {**WITHOUT_BIRTH_DATE, NUMBER_CLAIM: INE}
    lea = subject_of(cloud, sign_in_certified())
    provider.person = {**WITHOUT_BIRTH_DATE, "sub": "lea-renamed", NUMBER_CLAIM: INE}
    assert complete_certified().body["sign_in_with"] == "provider"
    accounts = desk().accounts
    found = account_on_list(accounts, Ine(INE), "LEA", ("MARTIN",), date(2010, 3, 12))
    assert found is not None
    assert found.user_id == lea
    give_username(accounts, found, date(2010, 3, 12))
    slip = reset_pupil_password(accounts, Mailbox(), found.user_id, "the school's")
    removal = sample("remove_provider_link")
    removal["rawPath"] = removal["requestContext"]["http"]["path"] = f"/v1/me/provider-links/{CERTIFYING}"
    assert send("remove_provider_link", event=removal, subject=lea, body={"password": slip.initial_password}).status == 204
    assert link_certified(lea).status == 200
    assert subject_of(cloud, complete_certified()) == lea


def test_what_a_list_writes_in_place_of_a_number_is_nobodys(cloud: Cloud) -> None:
    """Two schools' lists have no number for two children of one name and day."""
    for rank in ("1", "2"):
        create_pupil_account(desk().accounts, NewPupil(UserId(f"usr_{rank * 32}"), "Léa", "Martin", date(2010, 3, 12), "INCONNU"))
    assert len(cloud.items("identities")) == 2
    store = desk().accounts.store
    identities = store.identities([UserId(f"usr_{rank * 32}") for rank in ("1", "2")]).values()
    assert [len(identity.login_keys) for identity in identities] == [1, 1]  # their usernames
    assert all(identity.roles == {Role.PUPIL} for identity in identities)


def with_number(user_id: str) -> str:
    """The number is certified of the account, as by a portal that ended."""
    account, key = stored(user_id), desk().accounts.keyring.number_key(INE)
    desk().accounts.store.replace_logins(account, replace(account, login_keys=account.login_keys | {key}))
    return user_id


def stored(user_id: str) -> Identity:
    account = desk().accounts.store.identity(UserId(user_id))
    assert account is not None
    return account
