"""Whatever is sent to the routes of own data, the answer is a problem that says what is wrong, never a 5xx."""

from typing import Any

import pytest

from functions.accounts.own_data_app import app
from functions.accounts.own_data_app import handler as own_data
from functions.accounts.own_data_operations import OPERATIONS
from tests.cloud import template
from tests.events import CONTEXT, body_of, http_event
from tests.functions.unreadable_bodies import STRANGE

pytestmark = pytest.mark.usefixtures("own_data_cloud")

NOBODY = "usr_" + "e" * 32


def ask(method: str, path: str, body: Any = None, **event: Any) -> tuple[int, Any]:
    answer = own_data(http_event(method, path, body, subject=NOBODY, roles="pupil", **event), CONTEXT)
    return answer["statusCode"], body_of(answer) if answer.get("body") else None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"ERASE"',
        {"confirmation": "erase", "password": "x"},
        {"confirmation": ["ERASE"], "password": "x"},
        {"confirmation": "ERASE", "password": 1},
        {"confirmation": "ERASE", "password": ""},
        {"confirmation": "ERASE", "password": "x" * 1025},
        {"confirmation": "ERASE", "password": "x", "more": True},
        {"confirmation": "ERASE", "provider_return": {"state": "x"}},
        {"confirmation": "ERASE", "password": "x" * 20_000},
        *({"confirmation": value, "password": "x"} for value in STRANGE),
        *({"confirmation": "ERASE", "password": value} for value in STRANGE if not isinstance(value, str) and value is not None),
        *({"confirmation": "ERASE", "provider_return": value} for value in STRANGE if value is not None),
    ],
    ids=lambda body: repr(body)[:60],
)
def test_a_strange_wish_is_refused(body: Any) -> None:
    status, problem = ask("POST", "/v1/me/erasure", body)
    assert status in {413, 422}, problem
    assert problem["code"]


@pytest.mark.parametrize("export_id", ["x", "exp_", "exp_" + "0" * 32, "%00", "é", ".", "a%2Fb", "x" * 500])
def test_an_export_that_is_none_is_not_found(export_id: str) -> None:
    assert ask("GET", f"/v1/me/exports/{export_id}")[0] == 404
    assert ask("DELETE", f"/v1/me/exports/{export_id}")[0] in {204, 404}


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/me/exports"), ("DELETE", "/v1/me/erasure"), ("POST", "/v1/me/exports/x")])
def test_other_methods_are_refused(method: str, path: str) -> None:
    assert ask(method, path)[1]["code"] == "no_such_route"


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    assert ask("POST", "/v1/me/exports", headers={"idempotency-key": key}, key="")[1]["code"] == "idempotency_key_required"


def test_an_account_that_is_gone_is_not_found() -> None:
    assert ask("POST", "/v1/me/exports")[1]["code"] == "account_not_found"
    assert ask("POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": "x"})[1]["code"] == "account_not_found"


def test_the_gateway_has_every_route_and_guards_it() -> None:
    events = template()["Resources"]["OwnDataFunction"]["Properties"]["Events"].values()
    routes = {(event["Properties"]["Method"], event["Properties"]["Path"]) for event in events}
    assert routes == {(operation.method, operation.path) for operation in OPERATIONS}
    assert routes == {(method, route.path) for route in app.routes for method in route.methods - {"HEAD"}}
    assert not [event for event in events if "Auth" in event["Properties"]]
