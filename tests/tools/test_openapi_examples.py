"""Every operation says what it is for, and shows what goes in and what comes out, in examples that its schemas take."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tools.openapi import DOCUMENT
from tools.openapi_examples import example, sample_requests

_document: dict[str, Any] = json.loads(DOCUMENT.read_text())
OPERATIONS = {f"{method.upper()} {path}": operation for path, item in _document["paths"].items() for method, operation in item.items()}


def json_bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    answers = [response for status, response in operation["responses"].items() if status.startswith("2")]
    for body in (operation.get("requestBody", {}), *answers):
        if "application/json" in body.get("content", {}):
            yield body["content"]["application/json"]


@pytest.mark.parametrize("route", OPERATIONS)
def test_an_operation_has_a_sentence_a_description_and_examples_that_its_schemas_take(route: str) -> None:
    operation = OPERATIONS[route]
    assert re.fullmatch(r"[A-Z*].{10,}\.", operation["summary"])
    assert operation["summary"].split()[0] != route.split(maxsplit=1)[0]
    assert operation["description"]
    for body in json_bodies(operation):
        assert body["examples"]
        validator = Draft202012Validator({**body["schema"], "components": _document["components"]})
        for name, shown in body["examples"].items():
            assert not list(validator.iter_errors(shown["value"])), name


def header(operation: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = [item for item in operation.get("parameters", ()) if item["in"] == "header" and item["name"].lower() == name]
    assert len(found) <= 1
    return found[0] if found else None


def test_what_is_polled_documents_its_etag_and_304() -> None:
    polled = [route for route, operation in OPERATIONS.items() if "304" in operation["responses"]]
    assert {"GET /v1/me/profile", "GET /v1/sessions/{number}/invigilation"} <= set(polled)
    for route in polled:
        assert header(OPERATIONS[route], "if-none-match")
        assert "ETag" in OPERATIONS[route]["responses"]["200"]["headers"]


def test_what_creates_documents_its_idempotency_key() -> None:
    for route in ("POST /v1/accounts", "POST /v1/organisations/{uai}/campaigns", "POST /v1/organisations/{uai}/imports"):
        found = header(OPERATIONS[route], "idempotency-key")
        assert found is not None
        assert found["required"]


def test_the_sample_events_are_the_requests_examples() -> None:
    shown = OPERATIONS["POST /v1/assessments"]["requestBody"]["content"]["application/json"]["examples"]
    assert shown["start_assessment"]["value"] == sample_requests()["POST /v1/assessments"]["start_assessment"]


def test_a_text_that_nothing_shows_an_example_of_is_refused() -> None:
    view = {"type": "object", "required": ["thing"], "properties": {"thing": {"type": "string"}}}
    with pytest.raises(ValueError, match=r"View\.thing"):
        example({"$ref": "#/components/schemas/View"}, {"View": view})
