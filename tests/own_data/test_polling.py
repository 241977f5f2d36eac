"""What is asked for again and again of one's own data has an ETag, and is not sent again while it holds."""

import json
from typing import Any

import pytest

from functions.accounts.own_data_app import handler as own_data
from tests.events import CONTEXT, http_event
from tests.functions.accounts_client import EVENTS

pytestmark = pytest.mark.usefixtures("own_data_cloud")


def ask(person: str, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = own_data(http_event(method, path, body, subject=person, roles="pupil", headers=sent), CONTEXT)
    return {**answer, "headers": {name.lower(): value for name, value in answer["headers"].items()}}


def holds(person: str, path: str) -> str:
    first = ask(person, "GET", path)
    tag = first["headers"]["etag"]
    for known in (tag, f"W/{tag}", f'"another", {tag}', "*"):
        again = ask(person, "GET", path, if_none_match=known)
        assert (again["statusCode"], again.get("body") or "", again["headers"]["etag"]) == (304, "", tag), known
        assert again["headers"]["cache-control"] == "no-store"
        assert "content-type" not in again["headers"] or not again.get("body")
    assert ask(person, "GET", path, if_none_match='"another"')["statusCode"] == 200
    return str(tag)


def test_an_export_under_way_holds_until_it_is_another(person: str) -> None:
    export = json.loads(ask(person, "POST", "/v1/me/exports")["body"])
    path = f"/v1/me/exports/{export['id']}"
    tag = holds(person, path)
    ask(person, "DELETE", path)
    assert ask(person, "GET", path, if_none_match=tag)["statusCode"] != 304


def test_an_erasure_holds_and_what_is_not_there_has_no_tag(person: str) -> None:
    missing = ask(person, "GET", "/v1/me/erasure", if_none_match="*")
    assert (missing["statusCode"], "etag" in missing["headers"]) == (404, False)
    password = json.loads((EVENTS / "create_account.json").read_text())["body"]
    asked = ask(person, "POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": json.loads(password)["password"]})
    assert asked["statusCode"] == 202, asked["body"]
    holds(person, "/v1/me/erasure")
