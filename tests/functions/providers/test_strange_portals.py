"""Portals that lie, fail, or are not there."""

import pytest

from tests.accounts.openid_provider import CLIENT_ID, REDIRECT_URI, Mischief, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import send
from tests.functions.providers.portal import PROVIDER, begin, come_back, configure, sign_in


@pytest.mark.parametrize(
    "mischief",
    [
        Mischief(id_token={"nonce": "another"}),
        Mischief(id_token={"nonce": None}),
        Mischief(id_token={"aud": "another client"}),
        Mischief(id_token={"aud": [CLIENT_ID, "another"], "azp": "another"}),
        Mischief(id_token={"iss": "https://another.example"}),
        Mischief(id_token={"exp": 1_700_000_000}),
        Mischief(id_token={"exp": None}),
        Mischief(id_token={"sub": None}),
        Mischief(id_token={"sub": ""}),
        Mischief(id_token={"sub": "x" * 256}),
        Mischief(forged=True),
        Mischief(algorithm="HS256"),
        Mischief(names_in_userinfo_only=True, userinfo={"sub": "someone else"}),
        Mischief(statuses={"/token": 400}),
        Mischief(statuses={"/userinfo": 401}),
        Mischief(bodies={"/token": b"{}"}),
        Mischief(bodies={"/token": b'{"id_token": "a.b.c"}'}),
        Mischief(metadata={"authorization_response_iss_parameter_supported": True}),
    ],
    ids=lambda mischief: str({name: value for name, value in vars(mischief).items() if value})[:60],
)
def test_what_cannot_be_believed_signs_nobody_in(cloud: Cloud, provider: OpenIdProvider, mischief: Mischief) -> None:
    provider.mischief = mischief
    refused = sign_in()
    assert (refused.status, refused.body["code"]) == (401, "provider_refused")
    assert cloud.items("identities") == []


def test_the_issuer_that_a_provider_adds_is_compared(provider: OpenIdProvider) -> None:
    refused = send("complete_provider_sign_in", body=come_back(begin(), iss="https://another.example"))
    assert (refused.status, refused.body["code"]) == (401, "provider_refused")
    assert send("complete_provider_sign_in", body=come_back(begin(), iss=provider.issuer)).body["code"] == "provider_account_unknown"


CONFIGURATION = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "mischief",
    [
        Mischief(statuses={CONFIGURATION: 500}),
        Mischief(statuses={CONFIGURATION: 302}),
        Mischief(bodies={CONFIGURATION: b"<html>"}),
        Mischief(bodies={CONFIGURATION: b"[]"}),
        Mischief(bodies={CONFIGURATION: b'{"padding": "' + b"x" * 300_000 + b'"}'}),
        Mischief(metadata={"issuer": "https://another.example"}),
        Mischief(metadata={"token_endpoint": "http://ent.example/token"}),
        Mischief(metadata={"authorization_endpoint": "javascript:alert(1)"}),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(provider: OpenIdProvider, mischief: Mischief) -> None:
    provider.mischief = mischief
    refused = send("begin_provider_sign_in")
    assert (refused.status, refused.body["code"], refused.headers["retry-after"]) == (503, "provider_unavailable", "1")


@pytest.mark.parametrize(
    "mischief",
    [
        Mischief(statuses={"/token": 500}),
        Mischief(statuses={"/token": 302}),
        Mischief(statuses={"/userinfo": 502}),
        Mischief(bodies={"/keys": b'{"keys": null}'}),
        Mischief(metadata={"userinfo_endpoint": "http://ent.example/userinfo"}),
    ],
)
def test_a_provider_that_fails_asks_to_begin_again(cloud: Cloud, provider: OpenIdProvider, mischief: Mischief) -> None:
    provider.mischief = mischief
    refused = sign_in()
    assert (refused.status, refused.body["code"]) == (503, "provider_unavailable")
    assert cloud.items("identities") == []


def test_a_provider_that_is_down_is_told(cloud: Cloud) -> None:
    entry = {
        "id": "down",
        "name": "x",
        "issuer": "http://127.0.0.1:9",
        "client_id": "a",
        "client_secret": "b",
        "redirect_uris": [REDIRECT_URI],
    }
    configure(cloud, {"providers": [entry]})
    refused = send("begin_provider_sign_in", body={"provider": "down", "redirect_uri": REDIRECT_URI})
    assert (refused.status, refused.body["code"]) == (503, "provider_unavailable")


def test_without_providers_there_are_none(cloud: Cloud) -> None:
    configure(cloud, {"providers": []})
    assert send("list_providers").body == {"items": []}


def test_a_mistake_in_the_list_of_providers_stops_nobody_else(cloud: Cloud) -> None:
    configure(cloud, {"providers": [{"id": "half"}]})
    assert send("create_account").status == 201
    assert send("list_providers").status == 500


def test_a_provider_that_is_not_there_is_not_found() -> None:
    refused = send("begin_provider_sign_in", body={"provider": "none", "redirect_uri": REDIRECT_URI})
    assert (refused.status, refused.body["code"]) == (404, "provider_unknown")


@pytest.mark.parametrize(
    "address",
    [
        "https://ecrans.example/retour/",
        "https://ecrans.example/retour?next=https://evil.example",
        "https://ecrans.example/retour#x",
        "https://ecrans.example.evil.example/retour",
        "https://ecrans.example@evil.example/retour",
        "HTTPS://ecrans.example/retour",
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_back_to_an_address_that_is_not_registered(provider: OpenIdProvider, address: str) -> None:
    refused = send("begin_provider_sign_in", body={"provider": PROVIDER, "redirect_uri": address})
    assert (refused.status, [error["pointer"] for error in refused.body["errors"]]) == (422, ["/redirect_uri"])
    assert provider.seen == []
