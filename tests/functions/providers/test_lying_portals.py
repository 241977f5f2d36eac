"""Portals whose description or keys are of other types than they should be: nobody gets a 500, and a good key beside a bad one serves."""

import json
from typing import Any

import pytest

from functions.accounts.wiring import forget_desk
from tests.accounts.openid_provider import Mischief, OpenIdProvider
from tests.functions.providers.portal import complete, sign_in


@pytest.mark.parametrize(
    "said", [5, True, {"client_secret_post": 1}, None, [], [5, None], "client_secret_post", ["client_secret_post"]], ids=str
)
def test_however_a_portal_lists_how_we_prove_ourselves_people_sign_in(provider: OpenIdProvider, said: Any) -> None:
    provider.mischief = Mischief(metadata={"token_endpoint_auth_methods_supported": said})
    assert sign_in().status == 200


#: Beside the good key: a curve that we do not know, keys that are none, and members of other types.
_BAD_KEYS: tuple[Any, ...] = (
    {"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"},
    {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"},
    {"kty": "RSA"},
    {"kty": "RSA", "n": 5, "e": "AQAB"},
    {"kty": "RSA", "n": "é", "e": "AQAB"},
    {"kty": ["RSA"], "n": "AQAB", "e": "AQAB"},
    {"kty": "RSA", "n": "AQAB", "e": "AQAB", "use": ["sig"]},
    "a",
)


@pytest.mark.parametrize("named", [True, False], ids=["named", "nameless"])
@pytest.mark.parametrize("bad", _BAD_KEYS, ids=str)
def test_a_key_that_cannot_be_read_hides_no_good_one(provider: OpenIdProvider, bad: Any, named: bool) -> None:
    provider.mischief = Mischief(nameless_keys=not named)
    (good,) = provider.published_keys()[:1]
    if named and isinstance(bad, dict):
        bad = {**bad, "kid": good["kid"]}
    provider.mischief.bodies = {"/keys": json.dumps({"keys": [bad, good]}).encode()}
    assert complete().body["code"] == "provider_account_unknown"


@pytest.mark.parametrize("absent", [{"use": None}, {"alg": None}, {"use": None, "alg": None, "key_ops": None, "x5c": None}], ids=str)
def test_a_member_that_is_null_is_absent(provider: OpenIdProvider, absent: dict[str, Any]) -> None:
    good = provider.published_keys()[0]
    provider.mischief = Mischief(bodies={"/keys": json.dumps({"keys": [{**good, **absent}]}).encode()})
    assert complete().body["code"] == "provider_account_unknown"


@pytest.mark.parametrize("bad", _BAD_KEYS, ids=str)
def test_a_portal_without_a_key_that_can_be_read_signs_nobody_in(provider: OpenIdProvider, bad: Any) -> None:
    provider.mischief = Mischief(bodies={"/keys": json.dumps({"keys": [bad]}).encode()})
    refused = complete()
    assert (refused.status, refused.body["code"]) == (401, "provider_refused")


def test_an_encryption_key_of_the_same_name_is_no_signing_key(provider: OpenIdProvider) -> None:
    good = provider.published_keys()[0]
    forget_desk()
    provider.mischief = Mischief(bodies={"/keys": json.dumps({"keys": [{**good, "use": "enc"}]}).encode()})
    assert complete().status == 401
