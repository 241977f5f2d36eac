"""The API's document is valid OpenAPI 3.1, and says how each route is guarded and how it refuses."""

import json

import jsonschema
import pytest
from openapi_spec_validator import validate

from tools.openapi import DOCUMENT, PUBLIC, _with_own_names, render
from tools.problems_page import PAGE, codes_of, page


def test_the_committed_document_is_valid_and_current() -> None:
    assert DOCUMENT.read_text() == render()
    document = json.loads(DOCUMENT.read_text())
    validate(document)
    assert PAGE.read_text() == page(document)


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
    deployed = routes()
    served = {(route.method.lower(), route.path) for route in deployed}
    documented = {(method, path) for path, item in document["paths"].items() for method in item}
    assert {(method, path) for method, path in served if "{proxy+}" not in path} - documented == set()
    for method, path in documented:
        assert any(
            route.method in {method.upper(), "ANY"} and route.pattern.match(path.replace("{", "").replace("}", "")) for route in deployed
        ), path


def test_two_schemas_of_one_name_get_names_of_their_own() -> None:
    taken = {"View": {"type": "object"}}
    part = {"paths": {"/x": {"get": {"$ref": "#/components/schemas/View"}}}, "components": {"schemas": {"View": {"type": "string"}}}}
    own = _with_own_names("jury", part, taken)
    assert own["components"]["schemas"] == {"JuryView": {"type": "string"}}
    assert own["paths"]["/x"]["get"]["$ref"] == "#/components/schemas/JuryView"
    assert _with_own_names("jury", part, {}) is part


def _refusals(method: str, path: str) -> dict[str, set[str]]:
    document = json.loads(DOCUMENT.read_text())
    responses = document["paths"][path][method]["responses"]
    return {status: codes_of([response], document) for status, response in responses.items() if status[0] in "45"}


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        (
            "get",
            "/v1/campaign-codes/{code}",
            {"403 campaign_of_another_school", "404 campaign_code_unknown", "409 results_already_sent", "410 campaign_archived"},
        ),
        (
            "post",
            "/v1/assessments/{assessment_id}/answers",
            {
                "400 malformed_body",
                "409 answer_conflict",
                "409 moved_to_another_device",
                "409 ticket_expired",
                "410 assessment_completed",
                "410 assessment_ended",
                "410 deadline_passed",
                "413 answer_too_large",
                "413 too_large",
                "415 unsupported_media_type",
                "422 answer_form",
                "422 ticket_invalid",
                "503 store_unavailable",
            },
        ),
        (
            "post",
            "/v1/provider-sign-ins/completion",
            {"401 provider_refused", "409 provider_account_unknown", "410 provider_sign_in_over", "503 signing_unavailable"},
        ),
        ("post", "/v1/reconciliations", {"404 pupil_not_listed", "409 pupil_already_reconciled", "422 invalid_input"}),
        (
            "post",
            "/v1/participations/{participation_id}/sharing",
            {"409 test_not_finished", "410 campaign_archived", "422 idempotency_key_reused"},
        ),
        (
            "post",
            "/v1/certifications/{certification_id}/start",
            {"403 not_authorised", "409 not_certifiable", "409 session_already_finalised"},
        ),
        ("post", "/v1/me/erasure", {"409 certification_running", "409 last_administrator", "429 account_waits"}),
    ],
)
def test_the_document_tells_each_refusal_that_the_code_can_make(method: str, path: str, told: set[str]) -> None:
    found = {f"{status} {code}" for status, codes in _refusals(method, path).items() for code in codes}
    assert told <= found


def test_reading_is_never_refused_for_a_condition_that_only_writing_has() -> None:
    assert "condition_failed" not in {code for codes in _refusals("get", "/v1/me").values() for code in codes}


def test_every_example_of_a_problem_is_one() -> None:
    document = json.loads(DOCUMENT.read_text())
    for code, example in document["components"]["examples"].items():
        jsonschema.validate(example["value"], document["components"]["schemas"]["Problem"])
        assert (example["value"]["code"], example["value"]["type"]) == (code, "/problems/" + code.replace("_", "-"))
        assert 400 <= example["value"]["status"] < 600


def test_the_meaning_of_every_problem_is_told() -> None:
    document = json.loads(DOCUMENT.read_text())
    assert {code for code, example in document["components"]["examples"].items() if not example.get("summary")} == set()


def test_every_parameter_has_an_example_that_it_takes() -> None:
    document = json.loads(DOCUMENT.read_text())
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                jsonschema.Draft202012Validator(parameter["schema"]).validate(parameter["example"])


def test_the_headers_that_are_sent_are_told() -> None:
    document = json.loads(DOCUMENT.read_text())
    assert set(document["paths"]["/v1/certifications"]["post"]["responses"]["201"]["headers"]) == {"Location"}
    assert {"Location", "Idempotency-Replayed"} <= set(
        document["paths"]["/v1/organisations/{uai}/sessions"]["post"]["responses"]["201"]["headers"]
    )
    for path in ("/v1/me/exports/{export_id}", "/v1/me/erasure", "/v1/participations/{participation_id}", "/v1/me/profile"):
        responses = document["paths"][path]["get"]["responses"]
        assert "ETag" in responses["200"]["headers"], path
        assert "304" in responses, path
    assert "Retry-After" in document["components"]["responses"]["StoreUnavailable"]["headers"]
