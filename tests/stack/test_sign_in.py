"""Ways in that leave the stack: an OpenID provider and the mail service, under the function's own role, environment and secrets."""

import json
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from local.deploy import client
from local.emulator import ACCOUNT
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, OpenIdProvider, running, visit
from tests.stack.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
PROVIDER = "ent-exemple"
PASSWORD = "un lapin dans la lune"


@pytest.fixture(scope="module")
def provider(stack: Stack) -> Iterator[OpenIdProvider]:
    """A school's portal, entered in the stack's secret as an operator does; the function reads it in its next environment."""
    secrets = client("secretsmanager", stack.up.cloud.endpoint)
    arn = next(item["ARN"] for item in secrets.list_secrets(MaxResults=100)["SecretList"] if "IdentityProviders" in item["Name"])
    with running() as portal:
        entry = {
            "id": PROVIDER,
            "name": "ENT des Exemples",
            "issuer": portal.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [REDIRECT_URI],
        }
        before = secrets.get_secret_value(SecretId=arn)["SecretString"]
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"providers": [entry]}))
        _replace_environments(stack)
        yield portal
        secrets.put_secret_value(SecretId=arn, SecretString=before)
        _replace_environments(stack)


def _replace_environments(stack: Stack) -> None:
    """What a deployment does to running environments: the next request meets a new one, which reads its secrets anew."""
    functions = client("lambda", stack.up.cloud.endpoint)
    pages = functions.get_paginator("list_functions").paginate()
    (found,) = [item for page in pages for item in page["Functions"] if "-AccountsFunction-" in item["FunctionName"]]
    variables = found["Environment"]["Variables"] | {"DEPLOYED_AT": str(time.time_ns())}
    functions.update_function_configuration(FunctionName=found["FunctionName"], Environment={"Variables": variables})


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.up.api_url, timeout=60) as http:
        yield http


def post(api: httpx.Client, path: str, body: dict[str, Any], token: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": str(uuid.uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
    return api.post(path, json=body, headers=headers)


def through_the_portal(api: httpx.Client, path: str, token: str | None = None) -> httpx.Response:
    begun = post(api, path, {"provider": PROVIDER, "redirect_uri": REDIRECT_URI}, token)
    assert begun.status_code == 200, begun.text
    back = visit(begun.json()["authorization_url"])
    return post(api, f"{path}/completion", {"state": back["state"], "code": back["code"], "secret": begun.json()["secret"]}, token)


def signed_in(api: httpx.Client) -> str:
    """The access token of someone who comes through the portal, and begins an account the first time."""
    came = through_the_portal(api, "/v1/provider-sign-ins")
    if came.status_code == 409:
        came = post(api, "/v1/provider-sign-ins/account", {"introduction": came.json()["introduction"]})
    assert came.status_code == 200, came.text
    return str(came.json()["access_token"])


def me(api: httpx.Client, token: str) -> dict[str, Any]:
    answer = api.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def sign_in(api: httpx.Client, username: str, password: str) -> httpx.Response:
    return api.post("/v1/oauth/token", data={"grant_type": "password", "username": username, "password": password})


def word_sent_to(stack: Stack, address: str) -> str:
    """The code or token of the latest message to an address: the line that stands alone."""
    with urllib.request.urlopen(f"{stack.up.cloud.endpoint}/_ministack/ses/messages", timeout=30) as answer:
        messages = json.loads(answer.read())["messages"][ACCOUNT]
    (*_, last) = [message for message in messages if message["To"] == [address]]
    return str(last["BodyText"].split("\n\n")[1])


def new_account(stack: Stack, api: httpx.Client) -> tuple[str, str]:
    """An account of one's own, its address proven; the address and an access token."""
    address = f"{uuid.uuid4().hex[:12]}@example.org"
    assert post(api, "/v1/email-codes", {"email": address}).status_code == 202
    body = {"email": address, "password": PASSWORD, "first_name": "Léa", "last_name": "Martin", "birth_date": "2010-03-12"}
    made = post(api, "/v1/accounts", body | {"email_code": word_sent_to(stack, address)})
    assert made.status_code == 201, made.text
    return address, sign_in(api, address, PASSWORD).json()["access_token"]


def test_the_portal_signs_a_pupil_in_and_the_next_time_finds_the_same_account(api: httpx.Client, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, "sub": uuid.uuid4().hex}
    assert api.get("/v1/identity-providers").json() == {"items": [{"id": PROVIDER, "name": "ENT des Exemples"}]}
    unknown = through_the_portal(api, "/v1/provider-sign-ins")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "provider_account_unknown")
    person = me(api, signed_in(api))
    assert (person["first_name"], person["providers"], person["roles"]) == ("Léa", [PROVIDER], ["pupil"])
    again = through_the_portal(api, "/v1/provider-sign-ins")
    assert me(api, again.json()["access_token"])["id"] == person["id"]
    refreshed = api.post("/v1/oauth/token", data={"grant_type": "refresh_token", "refresh_token": again.json()["refresh_token"]})
    assert me(api, refreshed.json()["access_token"])["id"] == person["id"]


def test_whoever_has_an_account_links_the_portal_at_their_first_sign_in_through_it(
    stack: Stack, api: httpx.Client, provider: OpenIdProvider
) -> None:
    provider.person = {**LEA, "sub": uuid.uuid4().hex}
    address, token = new_account(stack, api)
    introduction = {"introduction": through_the_portal(api, "/v1/provider-sign-ins").json()["introduction"]}
    assert post(api, "/v1/me/provider-links/introduction", introduction).status_code == 401
    linked = post(api, "/v1/me/provider-links/introduction", introduction, token)
    assert (linked.status_code, linked.json()["providers"]) == (200, [PROVIDER])
    assert me(api, signed_in(api))["email"] == address


def test_the_portal_becomes_a_second_way_in_to_the_account_one_has(stack: Stack, api: httpx.Client, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, "sub": uuid.uuid4().hex}
    address, token = new_account(stack, api)
    linked = through_the_portal(api, "/v1/me/provider-links", token)
    assert (linked.status_code, linked.json()["providers"]) == (200, [PROVIDER])
    assert me(api, signed_in(api))["email"] == address


def test_a_portal_is_removed_with_a_proof_that_the_gateway_lets_through(stack: Stack, api: httpx.Client, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, "sub": uuid.uuid4().hex}
    _, token = new_account(stack, api)
    assert through_the_portal(api, "/v1/me/provider-links", token).status_code == 200
    link, own = f"/v1/me/provider-links/{PROVIDER}", {"Authorization": f"Bearer {token}"}
    assert api.request("DELETE", link, json={"password": "wrong"}, headers=own).status_code == 422
    assert api.request("DELETE", link, json={"password": PASSWORD}, headers=own).status_code == 204
    assert api.delete(link, headers=own).json()["code"] == "provider_not_linked"
    assert through_the_portal(api, "/v1/provider-sign-ins").json()["code"] == "provider_account_unknown"


def test_a_portal_that_is_down_is_told_from_a_fault_of_ours(api: httpx.Client, provider: OpenIdProvider) -> None:
    begun = post(api, "/v1/provider-sign-ins", {"provider": PROVIDER, "redirect_uri": REDIRECT_URI}).json()
    back = visit(begun["authorization_url"])
    provider.mischief.statuses["/token"] = 503
    try:
        body = {"state": back["state"], "code": back["code"], "secret": begun["secret"]}
        down = post(api, "/v1/provider-sign-ins/completion", body)
        assert (down.status_code, down.json()["code"], down.headers["retry-after"]) == (503, "provider_unavailable", "1")
        assert post(api, "/v1/provider-sign-ins/completion", body).json()["code"] == "provider_sign_in_over"
    finally:
        provider.mischief.statuses.clear()


def test_a_forgotten_password_is_replaced_through_the_address(stack: Stack, api: httpx.Client) -> None:
    address, _ = new_account(stack, api)
    assert post(api, "/v1/password-recoveries", {"email": address}).status_code == 202
    setup = {"token": word_sent_to(stack, address), "password": "la lune dans un lapin"}
    assert post(api, "/v1/password-setups", setup).status_code == 204
    assert sign_in(api, address, PASSWORD).status_code == 400
    assert sign_in(api, address, setup["password"]).status_code == 200
    assert post(api, "/v1/password-setups", setup).json()["code"] == "setup_token_over"


def test_a_pupil_who_leaves_school_attaches_an_address_and_keeps_the_account(
    stack: Stack, api: httpx.Client, provider: OpenIdProvider
) -> None:
    provider.person = {**LEA, "sub": uuid.uuid4().hex}
    token = signed_in(api)
    address = f"{uuid.uuid4().hex[:12]}@example.org"
    assert post(api, "/v1/me/email", {"email": address}, token).status_code == 202
    confirmed = post(api, "/v1/me/email/confirmation", {"email": address, "code": word_sent_to(stack, address)}, token)
    assert (confirmed.status_code, confirmed.json()["email_verified"]) == (200, True)
    assert post(api, "/v1/password-recoveries", {"email": address}).status_code == 202
    assert post(api, "/v1/password-setups", {"token": word_sent_to(stack, address), "password": PASSWORD}).status_code == 204
    assert me(api, sign_in(api, address, PASSWORD).json()["access_token"])["id"] == confirmed.json()["id"]


def _put(api: httpx.Client, token: str) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": "une lune dans le lapin"}
    return api.put("/v1/me/password", json=body, headers={"Authorization": f"Bearer {token}"})


def _sign_out(api: httpx.Client, token: str) -> httpx.Response:
    return api.post("/v1/me/sign-out", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("act", [_put, _sign_out])
def test_every_other_sign_in_ends_with_the_password_or_by_signing_out_everywhere(
    stack: Stack, api: httpx.Client, act: Callable[[httpx.Client, str], httpx.Response]
) -> None:
    address, _ = new_account(stack, api)
    elsewhere, here = (sign_in(api, address, PASSWORD).json() for _ in range(2))
    assert act(api, here["access_token"]).status_code == 204
    refused = api.post("/v1/oauth/token", data={"grant_type": "refresh_token", "refresh_token": elsewhere["refresh_token"]})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_school_gives_a_pupils_lost_access_back(played: Stack, api: httpx.Client) -> None:
    record = played.record
    admin = sign_in(api, **record["admin"]).json()["access_token"]
    school = f"/v1/organisations/{record['uai']}"
    listed = api.get(f"{school}/pupils", params={"limit": "100"}, headers={"Authorization": f"Bearer {admin}"}).json()["items"]
    class_name = next(row["class"] for row in listed if row["reconciled"])
    slips = post(api, f"{school}/pupil-credentials", {"class": class_name}, admin).json()["items"]
    played_by = record["pupil"]["username"]  # whose login the other tests of this stack use
    slip = next(slip for slip in slips if slip["initial_password"] and slip["username"] not in {None, played_by})
    row = next(row for row in listed if row["ine"] == slip["ine"])
    asked = {key: row[key] for key in ("first_name", "last_name", "birth_date", "ine")}
    wrong = post(api, f"{school}/access-recoveries", asked | {"ine": "0000000000A"}, admin)
    assert (wrong.status_code, wrong.json()["code"]) == (404, "pupil_not_listed")
    former = sign_in(api, slip["username"], slip["initial_password"]).json()
    given = post(api, f"{school}/access-recoveries", asked, admin)
    assert (given.status_code, given.json()["username"]) == (200, slip["username"])
    assert sign_in(api, slip["username"], slip["initial_password"]).status_code == 400
    ended = api.post("/v1/oauth/token", data={"grant_type": "refresh_token", "refresh_token": former["refresh_token"]})
    assert (ended.status_code, ended.json()["error"]) == (400, "invalid_grant")
    assert sign_in(api, given.json()["username"], given.json()["initial_password"]).status_code == 200


def test_a_school_closes_what_a_stranger_attached_and_a_pupil_takes_an_address_off(played: Stack, api: httpx.Client) -> None:
    record, address = played.record, f"{uuid.uuid4().hex[:12]}@example.org"
    admin = sign_in(api, **record["admin"]).json()["access_token"]
    school = f"/v1/organisations/{record['uai']}"
    listed = api.get(f"{school}/pupils", params={"limit": "100"}, headers={"Authorization": f"Bearer {admin}"}).json()["items"]
    class_name = next(row["class"] for row in listed if row["reconciled"])
    slips = post(api, f"{school}/pupil-credentials", {"class": class_name}, admin).json()["items"]
    slip = [slip for slip in slips if slip["initial_password"] and slip["username"] != record["pupil"]["username"]][1]
    row = next(row for row in listed if row["ine"] == slip["ine"])
    asked = {key: row[key] for key in ("first_name", "last_name", "birth_date", "ine")}

    def attached(password: str) -> str:
        token: str = sign_in(api, slip["username"], password).json()["access_token"]
        assert post(api, "/v1/me/email", {"email": address}, token).status_code == 202
        confirmation = {"email": address, "code": word_sent_to(played, address)}
        assert post(api, "/v1/me/email/confirmation", confirmation, token).status_code == 200
        return token

    stranger = attached(slip["initial_password"])
    closed = post(api, f"{school}/access-recoveries", asked | {"close_ways_in": True}, admin)
    assert (closed.status_code, closed.json()["ways_in"]) == (200, {"email": False, "identity_providers": []}), closed.text
    password = closed.json()["initial_password"]
    assert sign_in(api, address, password).status_code == 400
    refused = post(api, "/v1/me/email", {"email": address}, stranger)  # its sign-in is of this very minute, and over
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_required")
    own = {"Authorization": f"Bearer {attached(password)}"}
    assert [api.delete("/v1/me/email", headers=own).status_code for _ in range(2)] == [204, 204]
    assert api.get("/v1/me", headers=own).json()["email"] is None


def test_a_pupil_whom_a_stranger_keeps_waiting_signs_in_with_a_teachers_code(played: Stack, api: httpx.Client) -> None:
    record = played.record
    admin = sign_in(api, **record["admin"]).json()["access_token"]
    school = f"/v1/organisations/{record['uai']}"
    listed = api.get(f"{school}/pupils", params={"limit": "100"}, headers={"Authorization": f"Bearer {admin}"}).json()["items"]
    class_name = next(row["class"] for row in listed if row["reconciled"])
    slips = post(api, f"{school}/pupil-credentials", {"class": class_name}, admin).json()["items"]
    slip = [slip for slip in slips if slip["initial_password"] and slip["username"] != record["pupil"]["username"]][-1]
    token = sign_in(api, slip["username"], slip["initial_password"]).json()["access_token"]
    change = {"current_password": slip["initial_password"], "new_password": PASSWORD}
    assert api.put("/v1/me/password", json=change, headers={"Authorization": f"Bearer {token}"}).status_code == 204
    assert [sign_in(api, slip["username"], "nonsense").status_code for _ in range(6)] == [400] * 5 + [429]
    opened = post(api, f"{school}/sign-in-windows", {"class": class_name}, admin)
    assert opened.status_code == 200, opened.text
    code = next(pupil["sign_in_code"] for pupil in opened.json()["pupils"] if pupil["ine"] == slip["ine"])
    form = {"grant_type": "password", "username": slip["username"], "password": PASSWORD}
    assert api.post("/v1/oauth/token", data=form).status_code == 429
    assert api.post("/v1/oauth/token", data=form | {"sign_in_code": code}).status_code == 200
