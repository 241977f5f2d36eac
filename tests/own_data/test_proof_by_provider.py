"""An account without a password is erased with a fresh sign-in at its provider, which runs beside the tests."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from functions.accounts.own_data_app import handler as own_data
from functions.accounts.own_data_wiring import forget_own_data
from functions.accounts.wiring import desk, forget_desk
from jalon.accounts.create_pupil_accounts import NewPupil, create_pupil_accounts
from jalon.accounts.find_account import find_account
from jalon.edge import secrets
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, Mischief, OpenIdProvider, running, visit
from tests.cloud import Cloud
from tests.events import CONTEXT, body_of, http_event
from tests.functions.accounts_client import send
from tests.functions.accounts_cloud import claims_of, opened


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def cloud(emulator: str, provider: OpenIdProvider) -> Iterator[Cloud]:
    entry = {
        "id": "ent-exemple",
        "name": "ENT des Exemples",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [REDIRECT_URI],
    }
    with opened(emulator) as built:
        arn = built.environment["SECRET_IDENTITY_PROVIDERS"]
        built.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"providers": [entry]}))
        secrets.forget_secrets()
        forget_desk()
        forget_own_data()
        yield built
    forget_own_data()


@pytest.fixture
def lea(cloud: Cloud, provider: OpenIdProvider) -> str:
    provider.person, provider.mischief = LEA, Mischief()
    signed_in = send("complete_provider_sign_in", body=_returned(send("begin_provider_sign_in").body))
    if signed_in.status == 409:
        signed_in = send("begin_provider_account", body={"introduction": signed_in.body["introduction"]})
    assert signed_in.status == 200, signed_in.text
    return str(claims_of(cloud, signed_in.body["access_token"])["sub"])


def _returned(begun: dict[str, Any]) -> dict[str, Any]:
    back = visit(begun["authorization_url"])
    return {"state": back["state"], "code": back["code"], "secret": begun["secret"]}


def _erase(user_id: str, **proof: Any) -> tuple[int, Any]:
    body = {"confirmation": "ERASE", **proof}
    answer = own_data(http_event("POST", "/v1/me/erasure", body, subject=user_id, roles="pupil"), CONTEXT)
    return answer["statusCode"], body_of(answer)


def test_a_password_proves_nothing_for_an_account_that_has_none(lea: str) -> None:
    status, refused = _erase(lea, password="un lapin dans la lune")
    assert (status, refused["code"], refused["proven_by"]) == (403, "proof_required", ["provider"])


def test_a_session_of_the_provider_that_asked_nobody_proves_nothing(lea: str, provider: OpenIdProvider) -> None:
    provider.mischief = Mischief(id_token={"auth_time": int(time.time()) - 94_608_000})
    begun = send("begin_provider_link", subject=lea).body
    status, refused = _erase(lea, provider_return=_returned(begun))
    assert (status, refused["errors"][0]["code"]) == (422, "not_fresh")


def test_a_sign_in_of_the_last_minutes_is_not_enough(lea: str) -> None:
    """Nothing undoes an erasure."""
    event = http_event("POST", "/v1/me/erasure", {"confirmation": "ERASE"}, subject=lea, roles="pupil")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["auth_time"] = str(int(time.time()))
    answer = own_data(event, CONTEXT)
    refused = body_of(answer)
    assert (answer["statusCode"], refused["code"], refused["proven_by"]) == (403, "proof_required", ["provider"])
    assert "Signing in again is not enough" in refused["detail"]
    assert "sign in again" not in refused["detail"]


def test_an_account_that_its_address_alone_opens_is_told_to_choose_a_password(lea: str) -> None:
    accounts = desk().accounts
    before = find_account(accounts.store, UserId(lea))
    keys = before.login_keys - frozenset(before.providers.values()) | {accounts.keyring.login_key("lea@example.org")}
    after = replace(before, providers={}, email="lea@example.org", email_verified=True, login_keys=keys)
    accounts.store.replace_logins(before, after)
    status, refused = _erase(lea)
    assert (status, refused["code"], refused["proven_by"]) == (403, "proof_required", [])
    assert "POST /v1/password-recoveries" in refused["detail"]


def test_a_pupil_with_a_slip_who_comes_through_the_portal_proves_with_either(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, "sub": "paul", "given_name": "Paul"}
    accounts = desk().accounts
    (paul,) = create_pupil_accounts(accounts, [NewPupil(UserId("usr_" + "2f" * 16), "Paul", "Martin", date(2010, 3, 12))])
    begun = send("begin_provider_link", subject=paul.user_id).body
    linked = send("complete_provider_link", subject=paul.user_id, body=_returned(begun), proven=True)
    assert linked.status == 200, linked.text
    assert _erase(paul.user_id)[1]["proven_by"] == ["password", "provider"]
    assert _erase(paul.user_id, password="wrong")[0] == 422
    back = _returned(send("begin_provider_link", subject=paul.user_id).body)
    assert _erase(paul.user_id, provider_return=back)[0] == 202


def test_another_person_of_the_provider_proves_nothing(lea: str, provider: OpenIdProvider) -> None:
    begun = send("begin_provider_link", subject=lea).body
    provider.person = LEA | {"sub": "somebody-else"}
    status, refused = _erase(lea, provider_return=_returned(begun))
    assert (status, refused["errors"][0]["code"]) == (422, "wrong_person")


def test_a_return_that_somebody_else_began_proves_nothing(lea: str) -> None:
    status, refused = _erase(lea, provider_return=_returned(send("begin_provider_sign_in").body))
    assert (status, refused["code"]) != (202, "")
    assert status in {409, 410, 422}


def test_a_fresh_return_from_the_provider_proves_who_asks(lea: str) -> None:
    back = _returned(send("begin_provider_link", subject=lea).body)
    status, erasure = _erase(lea, provider_return=back)
    assert (status, erasure["status"]) == (202, "requested")
    again = send("complete_provider_sign_in", body=_returned(send("begin_provider_sign_in").body))
    assert (again.status, again.body["code"]) == (410, "account_erased")
