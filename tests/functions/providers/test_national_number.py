"""A portal that certifies the national student number finds the account that has it."""

from datetime import date
from typing import Any

import pytest

from functions.accounts.wiring import desk
from jalon.accounts.create_pupil_accounts import NewPupil, NotMade, create_pupil_accounts
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import LEA, REDIRECT_URI, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import send
from tests.functions.providers.portal import (
    CERTIFYING,
    INE,
    NUMBER_CLAIM,
    begin_account,
    come_back,
    complete_certified,
    link_certified,
    proven_account,
    school_made,
    sign_in,
    sign_in_certified,
    subject_of,
)


def certified_account() -> Identity | None:
    """The account that the number is certified of, whichever school or provider made it."""
    return account_of_login(desk().accounts.store, desk().accounts.keyring.number_key(INE))


def test_a_certified_national_number_finds_the_account_that_the_school_made(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: f" {INE.lower()} "}
    assert subject_of(cloud, sign_in_certified()) == lea
    assert subject_of(cloud, sign_in_certified()) == lea
    me = send("read_me", subject=lea).body
    assert (me["providers"], me["username"]) == ([CERTIFYING], "lea.martin1203")
    assert len(cloud.items("identities")) == 1


def test_a_number_that_the_provider_is_not_trusted_to_certify_finds_nobody(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert subject_of(cloud, sign_in()) != lea


def test_a_subject_that_the_provider_names_anew_takes_the_place_of_the_former(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    sign_in_certified()
    provider.person = {**LEA, NUMBER_CLAIM: INE, "sub": "lea-renamed"}
    assert subject_of(cloud, sign_in_certified()) == lea
    provider.person = {name: value for name, value in LEA.items() if name != NUMBER_CLAIM}
    assert subject_of(cloud, sign_in_certified()) != lea  # the former subject is somebody else's from now on


def test_a_pupil_who_came_through_the_portal_first_keeps_that_account(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    lea = subject_of(cloud, sign_in_certified())
    found = certified_account()
    assert found is not None
    assert found.user_id == lea
    (another,) = create_pupil_accounts(desk().accounts, [NewPupil(UserId("usr_" + "2f" * 16), "Léa", "Martin", date(2010, 3, 12), INE)])
    assert isinstance(another, NotMade)  # both in the same instant: it stays with the first
    assert certified_account() == found


def test_a_school_that_makes_the_account_in_between_has_it_joined(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    begun = send("begin_provider_sign_in", body={"provider": CERTIFYING, "redirect_uri": REDIRECT_URI}).body
    unknown = send("complete_provider_sign_in", body=come_back(begun))
    assert unknown.body["code"] == "provider_account_unknown"
    assert INE not in unknown.text
    lea = school_made()
    assert subject_of(cloud, begin_account(unknown)) == lea


def test_a_certified_number_comes_along_with_a_link(cloud: Cloud, provider: OpenIdProvider) -> None:
    """So that the school, later on, finds that its pupil has an account."""
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    person = proven_account(first_name="Lea", last_name="MARTIN")
    assert link_certified(person).status == 200
    found = certified_account()
    assert found is not None
    assert found.user_id == person


def test_a_number_does_not_come_along_to_an_account_of_another_name(cloud: Cloud, provider: OpenIdProvider) -> None:
    """A twin's, whose computer still knows Léa at the portal: her school would take the account for hers."""
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert link_certified(proven_account(first_name="Tom", last_name="Martin")).status == 200
    assert certified_account() is None


def test_a_number_of_another_account_is_not_linked(cloud: Cloud, provider: OpenIdProvider) -> None:
    school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    person = proven_account()
    refused = link_certified(person)
    assert (refused.status, refused.body["code"]) == (409, "provider_account_taken")
    assert send("read_me", subject=person).body["providers"] == []


TOM = {"sub": "tom-1", "given_name": "Tom", "family_name": "Durand", "birthdate": "2011-05-05", NUMBER_CLAIM: INE}


def test_a_number_of_somebody_born_on_another_day_opens_nothing(
    cloud: Cloud, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """A slip in the school's list: Léa stands there under Tom's number."""
    lea = school_made()
    provider.person = TOM
    begun = send("begin_provider_sign_in", body={"provider": CERTIFYING, "redirect_uri": REDIRECT_URI}).body
    unknown = send("complete_provider_sign_in", body=come_back(begun))
    assert (unknown.status, unknown.body["code"]) == (409, "provider_account_unknown")
    (warned,) = [record for record in caplog.records if record.getMessage() == "CERTIFIED_NUMBER_NOT_BELIEVED"]
    assert (warned.levelname, vars(warned)["provider"], vars(warned)["user_id"]) == ("WARNING", CERTIFYING, lea)
    assert not {INE, "Tom", "Durand", "2011-05-05"} & set(map(str, vars(warned).values()))
    tom = subject_of(cloud, begin_account(unknown))
    assert tom != lea
    found = certified_account()
    assert found is not None
    assert found.user_id == lea
    assert subject_of(cloud, sign_in_certified()) == tom


def test_a_portal_whose_number_is_another_birth_dates_is_linked_without_it(cloud: Cloud, provider: OpenIdProvider) -> None:
    school_made()
    provider.person = TOM
    linked = link_certified(proven_account(birth_date=TOM["birthdate"]))
    assert (linked.status, linked.body["providers"]) == (200, [CERTIFYING])


@pytest.mark.parametrize("introduced", [False, True])
def test_a_portal_that_knows_somebody_born_another_day_is_not_linked(cloud: Cloud, provider: OpenIdProvider, introduced: bool) -> None:
    """On a shared computer the portal may still know the person before."""
    person = proven_account()
    provider.person = TOM
    if introduced:
        body = {"introduction": complete_certified().body["introduction"]}
        refused = send("link_introduced_provider", subject=person, body=body, proven=True)
    else:
        refused = link_certified(person)
    assert (refused.status, refused.body["code"]) == (409, "born_on_another_day")
    assert certified_account() is None
    assert send("read_me", subject=person).body["providers"] == []


@pytest.mark.parametrize("number", [INE, "N/A"])
def test_a_portal_that_gives_no_birth_date_is_linked(cloud: Cloud, provider: OpenIdProvider, number: str) -> None:
    provider.person = {name: value for name, value in TOM.items() if name != "birthdate"} | {NUMBER_CLAIM: number}
    assert link_certified(proven_account()).status == 200


def test_an_unknown_birth_date_keeps_nobody_from_their_account(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {name: value for name, value in LEA.items() if name != "birthdate"} | {NUMBER_CLAIM: INE}
    assert subject_of(cloud, sign_in_certified()) == lea


def test_two_first_sign_ins_at_once_find_the_schools_account(
    cloud: Cloud, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    store = type(desk().accounts.store)
    write = store.replace_logins

    def after_the_other_screen(self: Any, *before_and_after: Identity) -> None:
        monkeypatch.setattr(store, "replace_logins", write)
        write(self, *before_and_after)
        write(self, *before_and_after)

    monkeypatch.setattr(store, "replace_logins", after_the_other_screen)
    assert subject_of(cloud, sign_in_certified()) == lea
