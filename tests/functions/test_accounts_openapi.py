"""The description of the routes is true to them and to the template."""

import json

import pytest

from functions.accounts.app import app
from functions.accounts.openapi import EXAMPLES, document
from functions.accounts.operation import Operation
from functions.accounts.operations import OPERATIONS
from tests.cloud import template

PUBLIC = {
    ("post", "/v1/oauth/token"),
    ("post", "/v1/oauth/revoke"),
    ("post", "/v1/accounts"),
    ("post", "/v1/email-codes"),
    ("post", "/v1/password-setups"),
    ("post", "/v1/password-recoveries"),
    ("post", "/v1/sign-in-codes"),
    ("get", "/v1/identity-providers"),
    ("post", "/v1/provider-sign-ins"),
    ("post", "/v1/provider-sign-ins/account"),
    ("post", "/v1/provider-sign-ins/completion"),
}


def described() -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, item in document()["paths"].items() for method in item}


def test_every_route_is_described() -> None:
    served = {(method, route.path) for route in app.routes for method in route.methods - {"HEAD"}}
    assert served == described()


def test_the_gateway_has_every_route_and_guards_all_but_the_public_ones() -> None:
    events = template()["Resources"]["AccountsFunction"]["Properties"]["Events"].values()
    routes = {(event["Properties"]["Method"], event["Properties"]["Path"]) for event in events}
    assert routes == described()
    public = {
        (event["Properties"]["Method"].lower(), event["Properties"]["Path"])
        for event in events
        if event["Properties"].get("Auth") == {"Authorizer": "NONE"}
    }
    assert public == PUBLIC


def test_the_description_is_sound() -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    whole = {"openapi": "3.1.0", "info": {"title": "Accounts", "version": "1"}, **document()}
    assert [error.message for error in OpenAPIV31SpecValidator(whole).iter_errors()] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
def test_every_body_has_an_example_that_its_schema_accepts(operation: Operation) -> None:
    for model in (operation.request, operation.response):
        if model is not None:
            model.model_validate_json(json.dumps(json.loads(EXAMPLES.read_text())[model.__name__]))


def test_what_creates_asks_for_an_idempotency_key() -> None:
    for item in document()["paths"].values():
        for operation in item.values():
            keys = [parameter for parameter in operation.get("parameters", []) if parameter["name"] == "Idempotency-Key"]
            assert ("201" in operation["responses"]) == bool(keys)
