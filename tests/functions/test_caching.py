"""No cache keeps an answer, unless its route says who may; and nobody guesses another media type than it says."""

from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import Response

from functions.accounts import app as accounts
from functions.accounts import own_data_app as own_data
from functions.accounts.operations import OPERATIONS
from functions.accounts.own_data_operations import OPERATIONS as OWN_DATA_OPERATIONS
from functions.answers import app as answers
from functions.campaigns import app as campaigns
from functions.certificates import app as certificates
from functions.jury import app as jury
from functions.sessions import app as sessions
from tests.events import CONTEXT, http_event

RESOLVERS = (answers, campaigns, certificates, jury, sessions)


def _said(answer: dict[str, Any]) -> str:
    return _headers(answer)["cache-control"]


def _guessed(answer: dict[str, Any]) -> str:
    return _headers(answer)["x-content-type-options"]


def _headers(answer: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in answer["headers"].items()}


@pytest.mark.parametrize("module", [*RESOLVERS, accounts, own_data], ids=lambda module: module.__name__.split(".", 1)[1])
def test_what_is_refused_before_a_route_is_asked_says_the_same(module: ModuleType) -> None:
    answer = module.handler(http_event("POST", "/v1/me") | {"body": "@", "isBase64Encoded": True}, CONTEXT)
    assert (answer["statusCode"], _said(answer), _guessed(answer)) == (400, "no-store", "nosniff")


def _wordless(_resolver: Any) -> Response[str]:
    """An answer that says nothing of caches, in the place of a route's own."""
    return Response(status_code=200, content_type="application/json", body="{}")


@pytest.mark.parametrize("module", RESOLVERS, ids=lambda module: module.__name__.split(".")[1])
def test_what_a_route_of_a_resolver_answers_is_kept_by_nobody(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = (*module.app._static_routes, *module.app._dynamic_routes)
    for route in routes:
        monkeypatch.setattr(route, "_middleware_stack_built", True)
        monkeypatch.setattr(route, "_middleware_stack", _wordless)
        path = route.openapi_path.replace("{", "").replace("}", "")
        answer = module.handler(http_event(route.method, path), CONTEXT)
        assert (answer["statusCode"], _said(answer)) == (200, "no-store"), (route.method, path)
        assert _guessed(answer) == "nosniff", (route.method, path)
    assert routes


@pytest.mark.parametrize(("module", "operations"), [(accounts, OPERATIONS), (own_data, OWN_DATA_OPERATIONS)], ids=["accounts", "own_data"])
def test_each_route_of_an_account_is_kept_by_nobody(module: ModuleType, operations: Any) -> None:
    for operation in operations:
        path = operation.path.replace("{", "").replace("}", "")
        answer = module.handler(http_event(operation.method, path), CONTEXT)
        assert _said(answer) == "no-store", (operation.method, path, answer)
        assert _guessed(answer) == "nosniff", (operation.method, path, answer)
