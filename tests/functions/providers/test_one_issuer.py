"""People are known by issuer and subject: an issuer may be listed twice, and an entry may get another id."""

from tests.accounts.openid_provider import LEA, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import send
from tests.functions.providers.portal import PROVIDER, come_back, link, proven_account, sign_in, subject_of
from tests.functions.providers.test_asked_anew import list_with
from tests.functions.providers.test_proofs import remove

#: Lists the same issuer as PROVIDER does.
OF_THE_SAME_ISSUER = "ent-du-nord"


def begin_there(kind: str, subject: str | None = None) -> dict[str, str]:
    body = {"provider": OF_THE_SAME_ISSUER, "redirect_uri": "https://ecrans.example/retour"}
    return come_back(send(f"begin_provider_{kind}", subject=subject, body=body).body)


def test_who_is_linked_through_one_entry_signs_in_through_the_other_and_links_nothing_twice(cloud: Cloud) -> None:
    person = proven_account()
    link(person)
    assert subject_of(cloud, send("complete_provider_sign_in", body=begin_there("sign_in"))) == person
    again = send("complete_provider_link", subject=person, body=begin_there("link", person), proven=True)
    assert (again.status, again.body["providers"]) == (200, [PROVIDER])


def test_who_is_linked_through_one_entry_proves_it_through_the_other(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = subject_of(cloud, sign_in())
    body = {"email": "autre@example.org", "provider_return": begin_there("link", lea)}
    assert send("attach_email", subject=lea, body=body).status == 202
    provider.person = {**LEA, "sub": "classmate"}
    refused = send("attach_email", subject=lea, body={**body, "provider_return": begin_there("link", lea)})
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "wrong_person")


def test_another_person_of_an_entry_is_linked_to_nobody_through_it(provider: OpenIdProvider) -> None:
    person = proven_account()
    link(person)
    provider.person = {**LEA, "sub": "classmate"}
    refused = link(person)
    assert (refused.status, refused.body["code"]) == (409, "provider_linked")


def test_an_entry_with_another_id_goes_on_opening_and_proving_and_the_former_id_is_unlinked(cloud: Cloud, provider: OpenIdProvider) -> None:
    person = proven_account()
    link(person)
    list_with(cloud, provider, id="ent-renomme")
    begun = send("begin_provider_sign_in", body={"provider": "ent-renomme", "redirect_uri": "https://ecrans.example/retour"})
    assert subject_of(cloud, send("complete_provider_sign_in", body=come_back(begun.body))) == person
    asked = {"provider": "ent-renomme", "redirect_uri": "https://ecrans.example/retour"}
    back = come_back(send("begin_provider_link", subject=person, body=asked).body)
    assert send("attach_email", subject=person, body={"email": "autre@example.org", "provider_return": back}).status == 202
    assert send("read_me", subject=person).body["providers"] == [PROVIDER]
    assert remove(person, PROVIDER).status == 204
    assert send("read_me", subject=person).body["providers"] == []
