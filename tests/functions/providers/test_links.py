"""A portal becomes one more way in to the account that someone is signed in to."""

from tests.accounts.openid_provider import LEA, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import send
from tests.functions.providers.portal import PASSWORD, PROVIDER, begin, come_back, link, proven_account, sign_in, subject_of


def test_a_provider_is_linked_to_the_account_one_is_signed_in_to(cloud: Cloud) -> None:
    person = proven_account()
    assert link(person).body["providers"] == [PROVIDER]
    assert link(person).status == 200
    assert subject_of(cloud, sign_in()) == person
    assert len(cloud.items("identities")) == 1


def test_an_account_that_only_claims_its_address_is_not_linked(cloud: Cloud, provider: OpenIdProvider) -> None:
    """Its true owner may recover it, and must not share it with whoever signed up and linked themselves before."""
    person = send("create_account").body["id"]
    refused = send("begin_provider_link", subject=person)
    assert (refused.status, refused.body["code"]) == (409, "email_unproven")
    other = come_back(begin("link", proven_account("autre@example.org")))
    refused = send("complete_provider_link", body=other, subject=person, proven=True)
    assert (refused.status, refused.body["code"]) == (409, "email_unproven")
    assert "/token" not in provider.seen


def test_a_linked_account_keeps_its_other_ways_in(cloud: Cloud) -> None:
    person = proven_account()
    link(person)
    assert subject_of(cloud, send("token_password", form={
        "grant_type": "password", "username": "elodie.martin@example.org", "password": PASSWORD
    })) == person  # fmt: skip


def test_someone_who_signs_in_to_another_account_is_not_linked(cloud: Cloud) -> None:
    sign_in()
    person = proven_account()
    refused = link(person)
    assert (refused.status, refused.body["code"]) == (409, "provider_account_taken")
    assert send("read_me", subject=person).body["providers"] == []


def test_an_account_has_one_person_of_each_provider(provider: OpenIdProvider) -> None:
    person = proven_account()
    link(person)
    provider.person = {**LEA, "sub": "paul-2"}
    refused = link(person)
    assert (refused.status, refused.body["code"]) == (409, "provider_linked")


def test_an_address_given_by_a_provider_opens_nobodys_account(cloud: Cloud, provider: OpenIdProvider) -> None:
    person = send("create_account").body["id"]
    provider.person = {**LEA, "email": "elodie.martin@example.org", "email_verified": True}
    assert subject_of(cloud, sign_in()) != person


def test_a_sign_in_is_not_completed_as_a_link_nor_by_someone_else() -> None:
    person, other = (proven_account(f"{name}@example.org") for name in ("un", "deux"))
    begun_to_sign_in = come_back(begin())
    assert send("complete_provider_link", body=begun_to_sign_in, subject=person, proven=True).status == 410
    begun_by_other = come_back(begin("link", other))
    assert send("complete_provider_link", body=begun_by_other, subject=person, proven=True).status == 410
    assert send("complete_provider_sign_in", body=begun_by_other).status == 410
