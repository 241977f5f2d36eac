"""A client that knows the issuer alone finds everything else, and sends its secret nowhere but to this stack."""

import httpx
import pytest

from local.stack import operator_client
from tests.stack.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def test_the_endpoints_that_discovery_names_are_this_stack_s_own_and_answer(stack: Stack) -> None:
    document = httpx.get(f"{stack.up.site_url}/.well-known/openid-configuration").raise_for_status().json()
    named = {name: address for name, address in document.items() if name.endswith("_endpoint")}
    assert {"token_endpoint", "revocation_endpoint"} <= named.keys()
    assert all(address.startswith(f"{stack.up.api_url}/v1/") for address in named.values()), named
    token = httpx.post(
        document["token_endpoint"],
        data={"grant_type": "client_credentials"},
        auth=operator_client(stack.up.cloud.endpoint),
        timeout=30,
    )
    assert token.status_code == 200
    assert httpx.post(document["revocation_endpoint"], data={"token": "x", "client_id": "jalon"}, timeout=30).status_code == 200
