"""Every operation says what it is for, and shows what goes in and what comes out, in examples that its schemas take."""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from engine.challenge import Accessibility
from jalon.assessment.state import EndReason
from jalon.kernel.uai import parse_uai
from tools.openapi import DOCUMENT, ROOT
from tools.openapi_examples import example, sample_requests

_document: dict[str, Any] = json.loads(DOCUMENT.read_text())
SCHEMAS: dict[str, Any] = _document["components"]["schemas"]
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
        for status in ("200", "304"):
            assert {"ETag", "Date"} == OPERATIONS[route]["responses"][status]["headers"].keys() & {"ETag", "Date"}, (route, status)


@pytest.mark.parametrize("route", ["GET /v1/assessments/{assessment_id}", "GET /v1/certifications/{certification_id}"])
def test_what_a_page_asks_for_while_it_waits_is_polled(route: str) -> None:
    assert "304" in OPERATIONS[route]["responses"]


#: What a pupil's screen shows of a test and of its questions, before and after the answer.
ON_SCREEN = [
    "AnswerView",
    "AssessmentView",
    "CertificationView",
    "CheckpointRowView",
    "CheckpointView",
    "ChoiceView",
    "FieldView",
    "FileView",
    "FocusLossView",
    "GivenView",
    "QuestionView",
    "ScoreView",
    "ScoresView",
    "SkillView",
    "SolutionView",
    "TutorialView",
]


@pytest.mark.parametrize("name", ON_SCREEN)
def test_every_member_that_a_pupils_screen_shows_is_explained(name: str) -> None:
    properties = SCHEMAS[name]["properties"]
    unexplained = [member for member, schema in properties.items() if not schema.get("description")]
    assert (unexplained, len(properties) > 0) == ([], True)


@pytest.mark.parametrize(
    ("name", "member"), [("QuestionView", "instruction"), ("CheckpointRowView", "instruction"), ("TutorialView", "text")]
)
def test_how_a_text_is_written_is_told(name: str, member: str) -> None:
    told = SCHEMAS[name]["properties"][member]["description"]
    assert "CommonMark with tables" in told
    assert "no HTML" in told


def test_words_that_a_screen_tells_apart_are_listed() -> None:
    """As the domain has them: a word that is new there is new here."""
    ended = SCHEMAS["AssessmentView"]["properties"]["end_reason"]["anyOf"]
    assert [each.get("enum") for each in ended] == [[reason.value for reason in EndReason], None]
    formats = json.loads((ROOT / "content/schema/tube.schema.json").read_text())
    (listed,) = {tuple(found["enum"]) for found in _named(formats, "format") if "enum" in found}
    assert tuple(SCHEMAS["TutorialView"]["properties"]["format"]["enum"]) == listed
    assert SCHEMAS["QuestionView"]["properties"]["accessibility"]["items"]["enum"] == [word.value for word in Accessibility]


def test_why_a_test_was_ended_is_told_by_its_words() -> None:
    told = _document["components"]["examples"]["assessment_ended"]
    assert told["value"]["reason"] in list(EndReason)
    assert {word for word in EndReason if f"`{word.value}`" in told["summary"]} == set(EndReason)


def _named(schema: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every schema of a property of this name."""
    for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ():
        if key == name and isinstance(value, dict):
            yield value
        yield from _named(value, name)


def test_the_example_of_a_test_is_one() -> None:
    """A competence's test ends when its questions have told enough: it has no number of questions."""
    shown = OPERATIONS["POST /v1/assessments"]["responses"]["200"]["content"]["application/json"]["examples"]["example"]["value"]
    assert (shown["purpose"], shown["total"], shown["deadline_at"]) == ("competence", None, None)
    assert 0 <= shown["question"]["remaining_ms"] <= 1000 * shown["question"]["timer_s"]


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


def _shown() -> Iterator[tuple[str, Any]]:
    """Every example of a JSON answer, with its route."""
    for route, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            for shown in response.get("content", {}).get("application/json", {}).get("examples", {}).values() if status < "3" else ():
                yield route, shown["value"]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)
    if isinstance(value, dict):
        yield value


def _patterns() -> dict[str, str]:
    """What parameters of paths take, by their name, where a pattern says it."""
    return {
        parameter["name"]: parameter["schema"]["pattern"]
        for operation in OPERATIONS.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "path" and "pattern" in parameter["schema"] and parameter["name"].endswith("_id")
    }


def test_an_id_that_is_shown_is_one_that_paths_take() -> None:
    patterns = _patterns()
    assert {"participation_id", "certification_id", "import_id", "campaign_id"} <= patterns.keys()
    for route, value in _shown():
        for name, pattern in patterns.items():
            named = [each[name] for each in _objects(value) if each.get(name) is not None]
            if route.endswith(f"/{{{name}}}"):
                named.append(value["id"])
            elif f"GET {route.split()[1]}/{{{name}}}" in OPERATIONS:
                named += [each["id"] for each in value.get("items", [value]) if "id" in each]
            if name != "profile_id":  # the operator's have names of their own
                assert [each for each in named if not re.search(pattern, each)] == [], (route, name)


def test_a_location_that_is_shown_is_read_there() -> None:
    read = [re.compile(re.sub(r"{\w+}", r"[^/{}]+", route.split()[1])) for route in OPERATIONS if route.startswith(("GET", "DELETE"))]
    shown = {
        route: response["headers"]["Location"]["example"]
        for route, operation in OPERATIONS.items()
        for response in operation["responses"].values()
        if "Location" in response.get("headers", {})
    }
    assert len(set(shown.values())) == len(shown) >= 6
    assert [route for route, where in shown.items() if not any(pattern.fullmatch(where) for pattern in read)] == []


def test_answers_that_are_shown_do_not_contradict_themselves() -> None:
    for route, value in _shown():
        for each in _objects(value):
            if "end_reason" in each:
                assert (each["end_reason"] is not None) == (each["status"] == "ended"), route
            if {"certifiable", "certification"} <= each.keys():
                assert each["certifiable"] == (each["certification"]["reason"] is None), route
            if {"moved", "assessment"} <= each.keys():
                assert not (each["moved"] and each["assessment"]["question"]), route
            if {"status", "shared_at"} <= each.keys():
                assert (each["status"] == "SHARED") == (each["shared_at"] is not None), route
            if {"outcome", "reason"} <= each.keys():
                assert (each["outcome"] == "validated") == (each["reason"] == ""), route


@pytest.mark.parametrize("module", ["answers", "campaigns", "certificates", "jury", "sessions"])
def test_a_request_that_is_shown_is_taken(module: str) -> None:
    """By the schema that the route's function declares, which knows more than the document says."""
    app = importlib.import_module(f"functions.{module}.app").app
    for route in (*app._static_routes, *app._dynamic_routes):
        body = OPERATIONS[f"{route.method} {route.openapi_path}"].get("requestBody")
        if body is not None:
            (taken,) = [hint for name, hint in get_type_hints(route.func, include_extras=True).items() if name in {"body", "decision"}]
            for shown in body["content"]["application/json"]["examples"].values():
                TypeAdapter(taken).validate_python(shown["value"])


def test_the_content_has_what_requests_name() -> None:
    profiles = {file.stem for file in (ROOT / "content" / "profiles").glob("*.yaml")}
    for route, named in (("POST /v1/assessments", "discovery_test"), ("POST /v1/organisations/{uai}/campaigns", "target_profile_id")):
        examples = OPERATIONS[route]["requestBody"]["content"]["application/json"]["examples"].values()
        told = {shown["value"][named] for shown in examples if named in shown["value"]}
        assert told
        assert told <= profiles


def test_schools_that_are_shown_have_a_number_that_can_be_one() -> None:
    everything = [value for _, value in _shown()] + [value for named in sample_requests().values() for value in named.values()]
    for each in everything:
        for found in _objects(each):
            if "uai" in found:
                parse_uai(found["uai"])


def test_each_grant_of_a_token_is_shown() -> None:
    (body,) = OPERATIONS["POST /v1/oauth/token"]["requestBody"]["content"].values()
    assert {shown["value"]["grant_type"] for shown in body["examples"].values()} == {"password", "refresh_token", "client_credentials"}
