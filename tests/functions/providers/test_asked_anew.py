"""Portals are asked for a fresh sign-in as each of them understands it: one like ProConnect refuses parameters that it does not know."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, Mischief, OpenIdProvider, visit
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, send
from tests.functions.providers.portal import (
    PROVIDER,
    begin,
    begin_account,
    come_back,
    complete,
    configure,
    link,
    proven_account,
    subject_of,
)

#: What ProConnect lists for its authorization endpoint, and PKCE, which its source takes (docs/sign-in.md).
PROCONNECT_KNOWS = frozenset(
    {"response_type", "client_id", "redirect_uri", "scope", "claims", "state", "nonce", "prompt", "code_challenge", "code_challenge_method"}
)


def list_with(cloud: Cloud, provider: OpenIdProvider, **options: Any) -> None:
    entry = {"id": PROVIDER, "name": "ENT des Exemples", "issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    configure(cloud, {"providers": [{**entry, "redirect_uris": [REDIRECT_URI], **options}]})


def asked(begun: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(begun["authorization_url"]).query).items()}


def attach(subject: str) -> Reply:
    body = {"email": "autre@example.org", "provider_return": come_back(begin("link", subject))}
    return send("attach_email", subject=subject, body=body)


def test_a_portal_that_refuses_what_it_does_not_know_is_linked_and_proves_who_one_is(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.mischief = Mischief(only_parameters=PROCONNECT_KNOWS, auth_time_when_asked=True)
    with pytest.raises(AssertionError, match="Y000400"):
        visit(begin("link", proven_account())["authorization_url"])
    list_with(cloud, provider, role="teacher", scopes=["openid", "given_name", "usual_name"], fresh_sign_in=["auth_time"])
    assert link(proven_account("autre@example.org")).body["providers"] == [PROVIDER]
    provider.person = {"sub": "agent-1", "given_name": "Anne", "usual_name": "Blanc", "family_name": "Durand"}
    agent = begin_account(complete())
    assert attach(subject_of(cloud, agent)).status == 202


def test_a_portal_asked_only_when_it_last_asked_proves_nothing_with_an_old_session(cloud: Cloud, provider: OpenIdProvider) -> None:
    list_with(cloud, provider, fresh_sign_in=["auth_time"])
    lea = subject_of(cloud, begin_account(complete()))
    provider.mischief = Mischief(keeps_session=True, auth_time_when_asked=True)
    provider.session = (LEA, int(time.time()) - 3600)
    refused = attach(lea)
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "not_fresh")
    list_with(cloud, provider, fresh_sign_in=["prompt", "auth_time"])
    assert attach(lea).status == 202


@pytest.mark.parametrize(
    ("asking", "parameters"),
    [
        (["max_age"], {"max_age": "0"}),
        (["prompt"], {"prompt": "login"}),
        (["auth_time"], {"claims": '{"id_token":{"auth_time":{"essential":true}}}'}),
        (["max_age", "prompt"], {"max_age": "0", "prompt": "login"}),
    ],
)
def test_each_way_of_asking_is_its_parameter_and_only_for_who_is_signed_in(
    cloud: Cloud, provider: OpenIdProvider, asking: list[str], parameters: dict[str, str]
) -> None:
    list_with(cloud, provider, fresh_sign_in=asking)
    ordinary, fresh = asked(begin()), asked(begin("link", proven_account()))
    assert {name: value for name, value in fresh.items() if name not in ordinary} == parameters


def test_a_portal_may_be_asked_to_show_a_screen_at_every_sign_in(cloud: Cloud, provider: OpenIdProvider) -> None:
    list_with(cloud, provider, prompt="select_account")
    assert asked(begin())["prompt"] == "select_account"
    assert asked(begin("link", proven_account()))["prompt"] == "login"


def test_a_portal_says_who_someone_is_in_claims_of_its_own(cloud: Cloud, provider: OpenIdProvider) -> None:
    names = {"first_name": "prenom", "last_name": "nom", "birth_date": "FrEduCtDateNaissance"}
    list_with(cloud, provider, claim_names=names)
    provider.person = {
        "sub": "zoe-1",
        "prenom": "Zoé",
        "nom": "Blanc",
        "FrEduCtDateNaissance": "2011-05-06",
        "given_name": LEA["given_name"],
    }
    zoe = send("read_me", subject=subject_of(cloud, begin_account(complete())))
    assert [zoe.body[name] for name in ("first_name", "last_name", "birth_date")] == ["Zoé", "Blanc", "2011-05-06"]
