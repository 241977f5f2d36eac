"""The token and revocation endpoints over real tables and a real key."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from joserfc import jws

from functions.accounts.wiring import desk
from jalon.accounts.kms_signer import SigningUnavailableError
from jalon.accounts.ses_mailer import MailUnavailableError
from jalon.accounts.sign_in_code import write_sign_in_code
from jalon.edge.erasures import AccountErasedError
from jalon.edge.tables import StoreUnavailableError
from jalon.kernel.ids import UserId
from tests.alarms import alarms, measured_in, watched_by
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, basic, send
from tests.functions.accounts_cloud import claims_of, emptied, operator_credentials

PASSWORD = "Tr0ubadour!"
EMAIL = "elodie.martin@example.org"


@pytest.fixture(autouse=True)
def cloud(accounts_cloud: Cloud) -> Cloud:
    return emptied(accounts_cloud)


@pytest.fixture
def user_id() -> str:
    return send("create_account").body["id"]


def sign_in(username: str = EMAIL, password: str = PASSWORD) -> Reply:
    return send("token_password", form={"grant_type": "password", "username": username, "password": password})


def refresh(token: str) -> Reply:
    return send("token_refresh", form={"grant_type": "refresh_token", "refresh_token": token})


def client_token(cloud: Cloud, **form: str) -> Reply:
    return send("token_client", form={"grant_type": "client_credentials", **form}, headers=basic(*operator_credentials(cloud)))


def test_a_person_signs_in_with_a_token_that_the_published_keys_verify(cloud: Cloud, user_id: str) -> None:
    reply = sign_in(" Elodie.Martin@EXAMPLE.org ")
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    assert set(reply.body) == {"access_token", "token_type", "expires_in", "refresh_token", "device_token"}
    assert (reply.body["token_type"], reply.body["expires_in"]) == ("Bearer", 1200)
    claims = claims_of(cloud, reply.body["access_token"])
    assert (claims["sub"], claims["client_id"], claims["roles"], claims["scope"]) == (user_id, "jalon", "pupil", "")
    assert claims["exp"] - claims["iat"] == 1200
    assert claims["iat"] - claims["auth_time"] in {0, 1}
    header = jws.extract_compact(reply.body["access_token"].encode()).headers()
    assert header == {"alg": "RS256", "kid": cloud.environment["TOKEN_KEY_THUMBPRINT"], "typ": "JWT"}


def test_the_claims_of_tokens_are_those_that_client_developers_are_told_of(cloud: Cloud, user_id: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text()
    table = page.split("| claim | what |")[1].split("\n\n")[0]
    told = {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.partition("| ")[2].partition(" |")[0])}
    said = {*claims_of(cloud, sign_in().body["access_token"]), *claims_of(cloud, client_token(cloud).body["access_token"])}
    assert told == said | {"schools"}


def test_a_token_says_nothing_personal(cloud: Cloud, user_id: str) -> None:
    reply = sign_in()
    claims = claims_of(cloud, reply.body["access_token"])
    assert not {"name", "email", "birth_date"} & set(claims)
    assert not any(str(value) in {"Élodie", "Martin", EMAIL} for value in claims.values())


@pytest.mark.parametrize(("username", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("nobody.here0101", "x")])
def test_a_wrong_password_and_an_unknown_login_are_refused_alike(user_id: str, username: str, password: str) -> None:
    reply = sign_in(username, password)
    assert (reply.status, reply.body) == (
        400,
        {"error": "invalid_grant", "error_description": "The login or the password is wrong."},
    )


def test_on_a_device_one_used_before_a_strangers_nonsense_makes_nobody_wait(cloud: Cloud, user_id: str) -> None:
    token = sign_in().body["device_token"]
    assert [sign_in(password="wrong").status for _ in range(6)] == [400] * 5 + [429]
    assert sign_in().status == 429
    form = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}
    here = send("token_password", form={**form, "device_token": token})
    assert here.status == 200
    assert here.body["device_token"] != token
    assert send("token_password", form={**form, "device_token": token[:-1]}).status == 429
    assert send("token_password", form={**form, "device_token": token, "password": "wrong"}).status == 400
    assert token.split(".")[-1] not in str(cloud.items("credentials")), "nothing that is stored can be presented"


def test_with_a_teachers_code_a_strangers_nonsense_makes_nobody_wait(cloud: Cloud, user_id: str) -> None:
    assert [sign_in(password="wrong").status for _ in range(6)] == [400] * 5 + [429]
    accounts = desk().accounts
    code = write_sign_in_code(accounts.keyring, UserId(user_id), accounts.clock.now())
    form = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}
    assert send("token_password", form={**form, "sign_in_code": code}).status == 200
    assert send("token_password", form={**form, "sign_in_code": code, "password": "wrong"}).status == 400
    assert send("token_password", form={**form, "sign_in_code": code[::-1]}).status == 429
    assert sign_in().status == 429
    assert code.replace("-", "") not in str(cloud.items("credentials")), "nothing that is stored can be presented"


def test_after_five_failures_the_account_waits_and_nobody_else(user_id: str) -> None:
    send("create_account", body=_person(email="other@example.org"))
    for _ in range(5):
        assert sign_in(password="wrong").status == 400
    waiting = sign_in()
    assert (waiting.status, waiting.body["error"]) == (429, "invalid_grant")
    assert 0 < int(waiting.headers["retry-after"]) <= 15
    assert sign_in("other@example.org").status == 200


def test_refreshing_rotates_and_reuse_ends_the_sign_in(cloud: Cloud, user_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sign_in().body["refresh_token"]
    second = refresh(first)
    assert second.status == 200
    assert claims_of(cloud, second.body["access_token"])["sub"] == user_id
    assert refresh(first).body["refresh_token"] == second.body["refresh_token"], "a lost answer is answered again"
    third = refresh(second.body["refresh_token"]).body["refresh_token"]
    reused = refresh(first)
    assert (reused.status, reused.body["error"]) == (400, "invalid_grant")
    assert refresh(third).status == 400
    assert cloud.items("refresh_tokens") == []


def test_signing_out_ends_the_sign_in(cloud: Cloud, user_id: str) -> None:
    token = sign_in().body["refresh_token"]
    reply = send("revoke", form={"token": token, "token_type_hint": "refresh_token"})
    assert (reply.status, reply.body) == (200, {})
    assert refresh(token).status == 400
    assert send("revoke", form={"token": token}).status == 200, "an unknown token is as good as revoked"


def test_an_unknown_hint_is_ignored(user_id: str) -> None:
    token = sign_in().body["refresh_token"]
    assert send("revoke", form={"token": token, "token_type_hint": "whatever"}).status == 200
    assert refresh(token).status == 400


def test_access_tokens_cannot_be_revoked_and_it_is_said(user_id: str) -> None:
    reply = send("revoke", form={"token": sign_in().body["access_token"], "token_type_hint": "access_token"})
    assert (reply.status, reply.body["error"]) == (400, "unsupported_token_type")


def test_a_revocation_names_its_token() -> None:
    reply = send("revoke", form={"token_type_hint": "refresh_token"})
    assert (reply.status, reply.body["error"]) == (400, "invalid_request")


def test_another_client_cannot_sign_a_person_out(cloud: Cloud, user_id: str) -> None:
    token = sign_in().body["refresh_token"]
    assert send("revoke", form={"token": token}, headers=basic(*operator_credentials(cloud))).status == 200
    assert refresh(token).status == 200


def test_the_operator_gets_its_scopes_and_no_refresh_token(cloud: Cloud) -> None:
    reply = client_token(cloud)
    assert reply.status == 200
    assert reply.body["scope"] == "clients:write organisations:write staff:write"
    assert "refresh_token" not in reply.body
    claims = claims_of(cloud, reply.body["access_token"])
    assert (claims["sub"], claims["client_id"], claims["roles"]) == ("cli_operator", "cli_operator", "")


def test_a_client_may_ask_for_less_and_not_for_more(cloud: Cloud) -> None:
    less = client_token(cloud, scope="staff:write")
    assert (less.body["scope"], claims_of(cloud, less.body["access_token"])["scope"]) == ("staff:write", "staff:write")
    more = client_token(cloud, scope="staff:write lsu:read")
    assert (more.status, more.body["error"]) == (400, "invalid_scope")


def test_a_client_may_send_its_secret_in_the_form(cloud: Cloud) -> None:
    client_id, secret = operator_credentials(cloud)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    assert send("token_client", form=form, headers={"authorization": None}).status == 200


def test_a_client_proves_itself_in_one_way(cloud: Cloud) -> None:
    client_id, secret = operator_credentials(cloud)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    twice = send("token_client", form=form, headers=basic(client_id, secret))
    assert (twice.status, twice.body["error"]) == (400, "invalid_request")
    named = {"grant_type": "client_credentials", "client_id": client_id}
    assert send("token_client", form=named, headers=basic(client_id, secret)).status == 200


def test_a_client_names_itself_once(cloud: Cloud) -> None:
    form = {"grant_type": "client_credentials", "client_id": "jalon"}
    other = send("token_client", form=form, headers=basic(*operator_credentials(cloud)))
    assert (other.status, other.body["error"]) == (400, "invalid_request")
    revoked = send("revoke", form={"token": "rt.x", "client_id": "cli_other"}, headers=basic("jalon", ""))
    assert (revoked.status, revoked.body["error"]) == (400, "invalid_request")


def test_an_empty_secret_is_none(cloud: Cloud, user_id: str) -> None:
    """As requests-oauthlib sends a public client's name in both of its default forms, and ``curl -u jalon:``."""
    form = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}
    for more in ({}, {"client_id": "jalon"}, {"client_secret": ""}):
        token = send("token_password", form={**form, **more}, headers=basic("jalon", "")).body["refresh_token"]
    renewed = send("token_refresh", form={"grant_type": "refresh_token", "refresh_token": token}, headers=basic("jalon", ""))
    assert renewed.status == 200
    assert send("revoke", form={"token": renewed.body["refresh_token"]}, headers=basic("jalon", "")).status == 200
    assert refresh(renewed.body["refresh_token"]).status == 400


@pytest.mark.parametrize("name", ["cli_operator", "cli_nobody", ""])
def test_who_has_a_secret_is_not_let_in_without_it(name: str) -> None:
    refused = send("token_client", form={"grant_type": "client_credentials"}, headers=basic(name, ""))
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


def test_a_grant_type_that_is_not_known_is_told_as_that() -> None:
    refused = send("token_password", form={"grant_type": 'implicit"<é'})
    assert refused.body == {"error": "unsupported_grant_type", "error_description": "This grant type is not supported."}


@pytest.mark.parametrize(
    "headers",
    [
        basic("cli_operator", "wrong"),
        basic("cli_nobody", "wrong"),
        {"authorization": "Basic !"},
        {"authorization": "Basic"},
        {"authorization": "Bearer x"},
        basic("c" * 5000, "x"),
        {"authorization": None},
    ],
)
def test_a_client_that_does_not_prove_itself_is_refused(headers: dict[str, str | None]) -> None:
    reply = send("token_client", form={"grant_type": "client_credentials"}, headers=headers)
    assert reply.status in {400, 401}
    assert reply.body["error"] in {"invalid_client", "unauthorized_client"}
    if headers["authorization"]:
        assert reply.status == 401
        assert reply.headers["www-authenticate"] == 'Basic realm="jalon"'
    if reply.status == 401:
        assert "client_secret" not in reply.body["error_description"], "says what to mend, not how the library is built"


def test_unknown_clients_and_wrong_secrets_are_refused_alike() -> None:
    refused = [send("token_client", headers=basic(name, "wrong")) for name in ("cli_operator", "cli_nobody")]
    assert refused[0].text == refused[1].text


def test_software_cannot_act_for_people(cloud: Cloud, user_id: str) -> None:
    form = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}
    reply = send("token_password", form=form, headers=basic(*operator_credentials(cloud)))
    assert (reply.status, reply.body["error"]) == (400, "unauthorized_client")


def test_people_have_no_scopes(user_id: str) -> None:
    token = sign_in().body["refresh_token"]
    for form in (
        {"grant_type": "password", "username": EMAIL, "password": PASSWORD, "scope": "lsu:read"},
        {"grant_type": "refresh_token", "refresh_token": token, "scope": "lsu:read"},
    ):
        reply = send("token_password", form=form)
        assert (reply.status, reply.body["error"]) == (400, "invalid_scope")
    assert refresh(token).status == 200, "a refused request leaves the token as it was"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": 'implicit"<é'}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "x"}, "invalid_request"),
        ({"grant_type": "password", "password": "x"}, "invalid_request"),
        ({"grant_type": "password", "username": "x", "password": ""}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "rt.fam.0.x"}, "invalid_grant"),
        ({"grant_type": "password", "username": "x", "password": "y", "client_id": "cli_nobody"}, "invalid_client"),
        ("grant_type=password&grant_type=password&username=x&password=y", "invalid_request"),
        ("grant_type=password&username=%ff&password=y", "invalid_request"),
        ("grant_type=password&username=é&password=y", "invalid_request"),
        ("&".join(f"a{number}=1" for number in range(30)), "invalid_request"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_as_rfc_6749_says(form: Any, error: str) -> None:
    reply = send("token_password", form=form)
    assert reply.status in {400, 401}
    assert reply.body["error"] == error
    assert reply.headers["content-type"] == "application/json"
    assert all(" " <= sign <= "~" and sign not in '"\\' for sign in reply.body.get("error_description", ""))


def test_only_forms_are_read() -> None:
    reply = send("token_password", headers={"content-type": "application/json"})
    assert (reply.status, reply.body["code"], reply.headers["content-type"]) == (415, "unsupported_media_type", "application/problem+json")
    assert reply.body["error"] == "invalid_request"
    reply = send("token_password", headers={"content-type": None})
    assert (reply.status, reply.body["error"]) == (400, "invalid_request")


def test_a_body_has_a_limit() -> None:
    reply = send("token_password", form={"grant_type": "password", "username": "x" * 20_000, "password": "y"})
    assert (reply.status, reply.body["code"], reply.body["error"]) == (413, "too_large", "invalid_request")


def test_whoever_is_erased_is_told_so_as_oauth_clients_read_it(user_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(desk().accounts.store), "user_of_login", _raise(AccountErasedError("This account is erased.")))
    reply = sign_in()
    assert (reply.status, reply.body["code"], reply.body["error"]) == (410, "account_erased", "invalid_grant")
    assert reply.body["error_description"] == reply.body["detail"]


def test_a_key_service_that_is_busy_asks_to_come_back(user_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> bytes:
        raise SigningUnavailableError("Nobody can be signed in just now; send the same request again.")

    monkeypatch.setattr("jalon.accounts.kms_signer.KmsSigner._signature", busy)
    reply = sign_in()
    assert (reply.status, reply.body["code"], reply.headers["retry-after"]) == (503, "signing_unavailable", "1")
    assert reply.body["error"] == "temporarily_unavailable"


def test_a_table_that_is_busy_asks_to_come_back(user_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    monkeypatch.setattr(type(desk().accounts.store), "user_of_login", busy)
    reply = sign_in()
    assert (reply.status, reply.body["code"]) == (503, "store_unavailable")


def test_what_was_not_foreseen_says_nothing_and_logs_no_secret(
    user_id: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("internal detail")

    monkeypatch.setattr(type(desk().accounts.store), "user_of_login", broken)
    reply = sign_in(password="planted-Secret-1")
    assert (reply.status, reply.body["code"], reply.body["error"]) == (500, "internal_error", "server_error")
    assert "internal detail" not in reply.text
    logged = everything_in(caplog)
    assert "UNEXPECTED_ERROR" in logged
    assert "planted-Secret-1" not in logged


def test_no_secret_and_no_name_reaches_the_logs_or_the_credentials(cloud: Cloud, user_id: str, caplog: pytest.LogCaptureFixture) -> None:
    tokens = sign_in().body
    refresh(tokens["refresh_token"])
    sign_in(password="planted-Secret-1")
    send("revoke", form={"token": tokens["refresh_token"]})
    logged = everything_in(caplog)
    assert "SIGNED_IN" in logged
    stored = str(cloud.items("credentials") + cloud.items("refresh_tokens"))
    for secret in (PASSWORD, "planted-Secret-1", EMAIL, "Élodie", "Martin", tokens["refresh_token"], tokens["access_token"]):
        assert secret not in logged
        assert secret not in stored


def test_every_alarm_of_accounts_can_fire(user_id: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is provoked, and what was measured has the alarm's name and dimensions exactly."""
    first = sign_in().body["refresh_token"]
    refresh(refresh(first).body["refresh_token"])
    refresh(first)
    with monkeypatch.context() as patch:
        patch.setattr("jalon.accounts.kms_signer.KmsSigner._signature", _raise(SigningUnavailableError("busy")))
        sign_in()
    with monkeypatch.context() as patch:
        patch.setattr(type(desk().mailer), "send", _raise(MailUnavailableError("busy")))
        send("recover", body={"email": EMAIL})
    with monkeypatch.context() as patch:
        patch.setattr(type(desk().accounts.store), "user_of_login", _raise(RuntimeError("broken")))
        sign_in()
    measured = {measured_in(json.loads(line)) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')}
    ours = {metric for alarm in alarms().values() for metric in watched_by(alarm) if ("service", "accounts") in metric.dimensions}
    assert len(ours) == 4
    assert ours <= measured


def _raise(error: Exception) -> Callable[..., NoReturn]:
    def raising(*_: object) -> NoReturn:
        raise error

    return raising


def everything_in(caplog: pytest.LogCaptureFixture) -> str:
    """Each record with all its keys and, for errors, its traceback."""
    return "\n".join(f"{vars(record)} {caplog.handler.format(record)}" for record in caplog.records)


def _person(**changes: Any) -> dict[str, Any]:
    return {
        "email": EMAIL,
        "password": PASSWORD,
        "first_name": "Élodie",
        "last_name": "Martin",
        "birth_date": "2008-05-06",
        "locale": "fr-FR",
    } | changes
