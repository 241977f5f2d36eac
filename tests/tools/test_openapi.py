"""The API's document is valid OpenAPI 3.1, and says how each route is guarded and how it refuses."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from tools.openapi import DOCUMENT, PUBLIC, _with_own_names, render
from tools.openapi_words import WORDS
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


def _walk(value: object) -> Iterator[dict[str, Any]]:
    """Every object of the document, examples left out."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key not in {"example", "examples", "value"}:
            yield from _walk(each)
    if isinstance(value, dict):
        yield value


def test_no_mark_of_another_markup_is_left_in_what_people_read() -> None:
    described = [each[key] for each in _walk(json.loads(DOCUMENT.read_text())) for key in ("description", "summary") if key in each]
    assert [text for text in described if isinstance(text, str) and ("``" in text or ":class:" in text or ":func:" in text)] == []


def test_every_operation_has_a_tag_that_is_described() -> None:
    document = json.loads(DOCUMENT.read_text())
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = [tuple(operation.get("tags", ())) for item in document["paths"].values() for operation in item.values()]
    assert {tag for (tag,) in used} == tags


def _properties() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Of each schema, each property with what it may be but null."""
    for owner, schema in json.loads(DOCUMENT.read_text())["components"]["schemas"].items():
        for name, described in schema.get("properties", {}).items():
            yield owner, name, [each for each in described.get("anyOf", [described]) if each.get("type") != "null"]


def test_an_instant_is_told_as_one() -> None:
    instants = [each for each in _properties() if re.search(r"_(at|since|until|from)$|^(at|since)$", each[1])]
    assert len(instants) > 50
    assert [(owner, name) for owner, name, (kind,) in instants if kind.get("format") not in {"date-time", "date"}] == []


def test_a_state_is_told_by_its_words() -> None:
    states = [each for each in _properties() if each[1] in {"status", "progress", "outcome", "basis"} and each[0] != "Problem"]
    assert len(states) > 15
    assert [(owner, name) for owner, name, (kind,) in states if not {"enum", "const", "$ref"} & kind.keys()] == []


def test_what_another_function_shows_is_told_by_its_schema() -> None:
    schemas = json.loads(DOCUMENT.read_text())["components"]["schemas"]
    assert schemas["CertificationView"]["properties"]["test"]["anyOf"][0] == {"$ref": "#/components/schemas/AssessmentView"}
    assert not {name for name in schemas if name.startswith(("Sessions", "Jury", "Answers", "Certificates"))}


@pytest.mark.parametrize("path", ["/v1/oauth/token", "/v1/oauth/revoke"])
def test_an_oauth_endpoint_refuses_in_the_words_of_oauth(path: str) -> None:
    document = json.loads(DOCUMENT.read_text())
    responses = document["paths"][path]["post"]["responses"]
    for status, response in responses.items():
        for media_type, content in response.get("content", {}).items() if status[0] in "45" and "X" not in status else ():
            for shown in content.get("examples", {}).values():
                assert "error" in shown["value"], (status, media_type)
                assert str(shown["value"].get("status", status)) == status
    assert responses["401"]["headers"]["WWW-Authenticate"]["example"].startswith("Basic realm=")
    assert {name for status in responses for name in responses[status].get("headers", {}) if status in {"429", "503"}} == {"Retry-After"}


def test_the_scheme_of_types_and_pointers_is_told() -> None:
    problem = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Problem"]["properties"]
    assert "hyphens" in problem["type"]["description"]
    assert "/query/" in problem["errors"]["items"]["properties"]["pointer"]["description"]
    assert "hyphens" in PAGE.read_text()


def test_a_name_that_means_the_same_everywhere_is_explained() -> None:
    named = {name for _, name, _ in _properties()}
    assert named >= WORDS.keys(), "a word that nothing is called by any more goes"
    for owner, schema in json.loads(DOCUMENT.read_text())["components"]["schemas"].items():
        for name, described in schema.get("properties", {}).items():
            assert name not in WORDS or {"description", "$ref"} & described.keys(), (owner, name)
