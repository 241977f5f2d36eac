"""What an operator may register, and where a provider may send us."""

from typing import Any

import pytest

from jalon.accounts.identity import Role
from jalon.accounts.identity_providers import ProviderUnknownError, find_provider, is_safe_url, read_civil_claims, read_providers

ENTRY: dict[str, Any] = {
    "id": "ent-exemple",
    "name": "ENT des Exemples",
    "issuer": "https://ent.example",
    "client_id": "jalon",
    "client_secret": "secret",
    "redirect_uris": ["https://ecrans.example/retour"],
}


def test_a_provider_is_read_with_what_is_usual() -> None:
    provider = find_provider(read_providers({"providers": [ENTRY]}), "ent-exemple")
    assert (provider.role, provider.scopes) == (Role.PUPIL, ("openid", "profile"))
    with pytest.raises(ProviderUnknownError):
        find_provider({}, "ent-exemple")


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"client_secret": ""},
        {"issuer": "http://ent.example"},
        {"redirect_uris": []},
        {"redirect_uris": ["http://ecrans.example/retour"]},
        {"redirect_uris": ["https://ecrans.example/retour#here"]},
        {"role": "jury"},
        {"role": "king"},
        {"scopes": ["profile"]},
        {"colour": "red"},
        {"post_logout_redirect_uri": "http://ecrans.example/au-revoir"},
        {"fresh_sign_in": []},
        {"fresh_sign_in": "max_age"},
        {"fresh_sign_in": ["force"]},
        {"prompt": "none"},
        {"prompt": None},
        {"claim_names": {"nickname": "surnom"}},
        {"claim_names": {"first_name": ["prenom"]}},
        {"claim_names": "prenom"},
    ],
)
def test_a_provider_that_nobody_could_sign_in_with_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_providers({"providers": [ENTRY | change]})


def test_a_provider_is_listed_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        read_providers({"providers": [ENTRY, ENTRY]})


@pytest.mark.parametrize(
    "url", ["", "ftp://ent.example", "https://", "https://a@ent.example", "https://[x", "http://127.0.0.1.ent.example", "//ent.example"]
)
def test_strange_addresses_are_not_safe(url: str) -> None:
    assert not is_safe_url(url)


def test_a_provider_elsewhere_does_not_name_addresses_of_this_machine() -> None:
    provider = read_providers({"providers": [ENTRY]})["ent-exemple"]
    assert provider.allows_endpoint("https://login.ent.example/token")
    assert not provider.allows_endpoint("http://127.0.0.1:9001/2018-06-01/runtime/invocation/next")
    beside = read_providers({"providers": [ENTRY | {"issuer": "http://127.0.0.1:8080"}]})["ent-exemple"]
    assert beside.allows_endpoint("http://127.0.0.1:8080/token")


@pytest.mark.parametrize("claims", [{}, {"given_name": 1, "family_name": ["x"], "birthdate": None}, {"birthdate": "2010-02-31"}])
def test_claims_that_say_nothing_are_left_out(claims: dict[str, Any]) -> None:
    said = read_civil_claims(claims)
    assert (said.first_name, said.last_name, said.birth_date) == ("", "", None)
