"""The API's document is valid OpenAPI 3.1, and says how each route is guarded and how it refuses."""

import json

from openapi_spec_validator import validate

from tools.openapi import DOCUMENT, PUBLIC, _with_own_names, render


def test_the_committed_document_is_valid_and_current() -> None:
    assert DOCUMENT.read_text() == render()
    validate(json.loads(DOCUMENT.read_text()))


def test_every_route_is_guarded_unless_it_is_listed_as_public() -> None:
    document = json.loads(DOCUMENT.read_text())
    operations = {(method, path): operation for path, item in document["paths"].items() for method, operation in item.items()}
    assert {route for route, operation in operations.items() if operation["security"] == []} == PUBLIC
    assert all("4XX" in operation["responses"] for operation in operations.values())


def test_public_routes_are_those_the_template_leaves_open() -> None:
    from local.dev import routes

    assert {(route.method.lower(), route.path) for route in routes() if route.public} == PUBLIC


def test_every_documented_route_is_in_the_template() -> None:
    from local.dev import routes

    document = json.loads(DOCUMENT.read_text())
    served = {(route.method.lower(), route.path) for route in routes()}
    documented = {(method, path) for path, item in document["paths"].items() for method in item}
    assert {(method, path) for method, path in served if "{proxy+}" not in path} - documented == set()
    for method, path in documented:
        assert any(
            route.method in {method.upper(), "ANY"} and route.pattern.match(path.replace("{", "").replace("}", "")) for route in routes()
        ), path


def test_two_schemas_of_one_name_get_names_of_their_own() -> None:
    taken = {"View": {"type": "object"}}
    part = {"paths": {"/x": {"get": {"$ref": "#/components/schemas/View"}}}, "components": {"schemas": {"View": {"type": "string"}}}}
    own = _with_own_names("jury", part, taken)
    assert own["components"]["schemas"] == {"JuryView": {"type": "string"}}
    assert own["paths"]["/x"]["get"]["$ref"] == "#/components/schemas/JuryView"
    assert _with_own_names("jury", part, {}) is part
