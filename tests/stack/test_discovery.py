"""A client that knows the issuer alone finds everything else, and sends its secret nowhere but to this stack."""

from urllib.parse import quote_plus

import httpx
import pytest

from local.stack import operator_client
from tests.stack.conftest import Stack

DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def test_the_endpoints_that_discovery_names_are_this_stack_s_own_and_answer(stack: Stack) -> None:
    published = [httpx.get(stack.up.site_url + path, timeout=60).raise_for_status().json() for path in DISCOVERY]
    document = published[0]
    assert published == [document] * 2
    named = {name: address for name, address in document.items() if name.endswith("_endpoint")}
    assert {"token_endpoint", "revocation_endpoint"} <= named.keys()
    assert all(address.startswith(f"{stack.up.api_url}/v1/") for address in named.values()), named
    client_id, secret = map(quote_plus, operator_client(stack.up.cloud.endpoint))  # RFC 6749 §2.3.1
    token = httpx.post(document["token_endpoint"], data={"grant_type": "client_credentials"}, auth=(client_id, secret), timeout=60)
    assert token.status_code == 200
    assert httpx.post(document["revocation_endpoint"], data={"token": "x", "client_id": "jalon"}, timeout=60).status_code == 200


def test_any_site_s_page_may_read_what_it_checks_tokens_with_and_nothing_sealed(stack: Stack) -> None:
    page = {"Origin": "https://ent.example"}
    for path in (*DISCOVERY, "/.well-known/jwks.json"):
        answer = httpx.get(stack.up.site_url + path, headers=page, timeout=60)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*"), path
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    for path in ("/v", "/c/0123456789abcdef0123456789abcdef"):
        assert "access-control-allow-origin" not in httpx.get(stack.up.site_url + path, headers=page, timeout=60).headers, path
