"""Examples for every JSON body of the OpenAPI document: the sample events for requests, else made from the schemas."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jalon.edge.bodies import FORM
from tools.openapi_samples import ANSWERED, BY_NAME, FORMATS, NUMBERS, OBJECTS, PARAMETERS, TEXTS, VALUES

Schema = Mapping[str, Any]
_EVENTS = Path(__file__).resolve().parent.parent / "events"
_REFERENCE = "#/components/schemas/"
_JSON = "application/json"


def add_examples(paths: Mapping[str, Any], schemas: Mapping[str, Schema]) -> None:
    """Give each JSON body and each parameter its examples, in place; those a route gives itself stay.

    Raises ValueError for a text that nothing says an example of.
    """
    requests = sample_requests()
    for path, item in paths.items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", ()):
                if not {"example", "examples"} & parameter.keys():
                    parameter["example"] = _of_parameter(path, parameter, schemas)
            for body in operation.get("requestBody", {}).get("content", {}).values():
                if "examples" not in body:
                    given = requests.get(f"{method.upper()} {path}") or {"example": example(body["schema"], schemas)}
                    body["examples"] = {name: {"value": value} for name, value in given.items()}
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get(_JSON)
                if content is not None and status.startswith("2") and "examples" not in content:
                    content["examples"] = {"example": {"value": _answer(f"{method.upper()} {path}", content["schema"], schemas)}}


def _answer(route: str, schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    value = example(schema, schemas)
    return value | ANSWERED[route] if route in ANSWERED else value


def _of_parameter(path: str, parameter: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Any:
    """A value that the parameter takes: by its route and name, else by its name, else by its schema."""
    schema, name = parameter["schema"], parameter["name"]
    value = PARAMETERS.get(f"{path} {name}", PARAMETERS.get(name))
    if value is None:
        value = example(schema, schemas, name, "")
    text = str(value)
    if not re.search(schema.get("pattern", ""), text) or not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        raise ValueError(f"{value!r} is no example of {name} in {path}: give tools/openapi_samples.py one (PARAMETERS)")
    return value


def sample_requests() -> dict[str, dict[str, Any]]:
    """The bodies of ``events/``, a form as its parameters, by route and by the event's name: the handlers' tests send them too."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(_EVENTS.glob("*/*.json")):
        event = json.loads(file.read_text())
        if isinstance(event, dict) and event.get("body") and "routeKey" in event:
            body = b64decode(event["body"]).decode() if event["isBase64Encoded"] else event["body"]
            form = event["headers"].get("content-type") == FORM
            found.setdefault(event["routeKey"], {})[file.stem] = dict(parse_qsl(body)) if form else json.loads(body)
    return found


def example(schema: Schema, schemas: Mapping[str, Schema], name: str = "", owner: str = "") -> Any:
    """One value that the schema takes. ``name`` is the property's, ``owner`` the schema's that holds it."""
    if "$ref" in schema:
        owner = schema["$ref"].removeprefix(_REFERENCE)
        return OBJECTS[owner] if owner in OBJECTS else example(schemas[owner], schemas, name, owner)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(schema[several][0], schemas, name, owner)
    return _typed(schema, schemas, name, owner)


def _typed(schema: Schema, schemas: Mapping[str, Schema], name: str, owner: str) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas, name, owner)
    if kind == "array":
        return [example(schema["items"], schemas, name, owner)] if schema.get("maxItems") != 0 else []
    if kind == "string":
        return _text(schema, name, owner)
    if kind in {"integer", "number"}:
        wanted = NUMBERS.get(name, 1)
        return int(min(max(wanted, schema.get("minimum", wanted)), schema.get("maximum", wanted)))
    return True if kind == "boolean" else None


def _object(schema: Schema, schemas: Mapping[str, Schema], name: str, owner: str) -> Any:
    """Everything that is required, and what has a default as it is by default."""
    if "properties" not in schema:
        return OBJECTS.get(name, {})
    made = {}
    for key, value in schema["properties"].items():
        if f"{owner}.{key}" in VALUES:
            made[key] = VALUES[f"{owner}.{key}"]
        elif key in schema.get("required", ()):
            made[key] = example(value, schemas, key, owner)
        elif value.get("default") is not None:
            made[key] = value["default"]
    return made


def _text(schema: Schema, name: str, owner: str) -> str:
    known = TEXTS.get(f"{owner}.{name}")
    if known is None and "format" in schema and schema["format"] in FORMATS:
        known = BY_NAME.get(name, FORMATS[schema["format"]])
    if known is None:
        known = BY_NAME.get(name, TEXTS.get(name, FORMATS["date-time"] if name.endswith(("_at", "_since")) else None))
    if known is None:
        raise ValueError(f"no example of {owner}.{name}: give its schema one (Field(examples=[…])), or tools/openapi_samples.py")
    return known
