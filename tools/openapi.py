"""The API's OpenAPI 3.1 document, made from the routes themselves and committed as ``docs/openapi.json``; ``docs/problems.md`` with it.

python -m tools.openapi          # write them
python -m tools.openapi --check  # exit status 1 when the committed one differs (part of make check)
"""

import argparse
import copy
import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

from jalon.edge.idempotency import idempotent
from jalon.edge.polling import polled
from tools.field_codes import field_codes
from tools.openapi_examples import add_examples
from tools.openapi_headers import describe_idempotency, describe_location, describe_polling
from tools.openapi_refusals import add_refusals, reached_by
from tools.openapi_words import describe
from tools.problems_page import PAGE, page
from tools.refusals import Reached

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "openapi.json"
#: The functions whose routes Powertools resolves; ``accounts`` is an ASGI app and describes itself.
RESOLVERS = ("answers", "campaigns", "certificates", "jury", "sessions")
#: Routes that need no token.
PUBLIC = frozenset(
    {
        ("post", "/v1/oauth/token"),
        ("post", "/v1/oauth/revoke"),
        ("post", "/v1/accepted-invitations"),
        ("post", "/v1/accounts"),
        ("post", "/v1/email-codes"),
        ("post", "/v1/password-recoveries"),
        ("post", "/v1/sign-in-codes"),
        ("post", "/v1/password-setups"),
        ("get", "/v1/identity-providers"),
        ("post", "/v1/provider-sign-ins"),
        ("post", "/v1/provider-sign-ins/completion"),
        ("post", "/v1/provider-sign-ins/account"),
        ("post", "/v1/organisations/{uai}/activation"),
    }
)
TITLE = "Jalon"
_DESCRIPTION = (
    "Assess, develop and certify digital competences. A function refuses with application/problem+json (RFC 9457); "
    "the gateway in front of it, where no function was asked, with a message alone."
)
_WORDS = frozenset({"description", "summary"})
VERSION = "1.0.0"

_POINTER = "Where it stands: a JSON pointer (RFC 6901) into the body, or `/path/`, `/query/` or `/header/` and the parameter's name."
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). `code` is stable; `errors` names each field that cannot be accepted.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {
            "type": "string",
            "examples": ["/problems/invalid-input"],
            "description": "`/problems/` and the code with hyphens for underscores; docs/problems.md explains each.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "What is wrong and how to mend it, in English: a screen has its own words for each code.",
        },
        "instance": {"type": "string"},
        "code": {"type": "string", "examples": ["invalid_input"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": _POINTER,
                        "examples": ["/birth_date"],
                    },
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "additionalProperties": True,
}
#: What an OAuth endpoint refuses with where RFC 6749 §5.2 names nothing: read by clients of OAuth and by those of problems.
TOKEN_PROBLEM: dict[str, Any] = {
    "title": "TokenProblem",
    "description": "A problem with the members of RFC 6749 §5.2 beside its own.",
    "allOf": [{"$ref": "#/components/schemas/Problem"}, {"$ref": "#/components/schemas/TokenError"}],
}
#: What the gateway says before, or instead of, a function: its form cannot be changed.
GATEWAY_REFUSAL: dict[str, Any] = {
    "type": "object",
    "title": "GatewayRefusal",
    "description": "Refused by the gateway itself: no valid access token, too many requests, a function that did not answer in time.",
    "required": ["message"],
    "properties": {"message": {"type": "string", "examples": ["Unauthorized"]}},
    "additionalProperties": False,
}


def document() -> dict[str, Any]:
    """The whole document, keys sorted where order means nothing."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": _problem(), "TokenProblem": TOKEN_PROBLEM, "GatewayRefusal": GATEWAY_REFUSAL}
    for name, part in _parts():
        own = _with_own_names(name, part, schemas)
        for path, item in own.get("paths", {}).items():
            known = paths.setdefault(path, {})
            twice = known.keys() & item.keys()
            if twice:
                raise ValueError(f"two functions serve {sorted(twice)} {path}")
            known.update(item)
        schemas |= own.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ResponseValidationError", "ValidationError"):
        schemas.pop(name, None)
    operations = {(method, path): operation for path, item in paths.items() for method, operation in item.items()}
    found = _reached()
    for (method, path), operation in operations.items():
        _finish(method, path, operation, found[method, path].headers)
    refusals = add_refusals(operations, found)
    _point_elsewhere(schemas)
    describe(schemas)
    add_examples(paths, schemas)
    described: dict[str, Any] = _plain(
        {
            "openapi": "3.1.0",
            "info": {
                "title": TITLE,
                "version": VERSION,
                "description": _DESCRIPTION,
            },
            "servers": [{"url": "/", "description": "The API's own address (output ApiUrl of the stack)"}],
            "tags": _tags(),
            "paths": dict(sorted(paths.items())),
            "components": {
                **refusals,
                "schemas": dict(sorted(schemas.items())),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            },
        }
    )
    return described


def _problem() -> dict[str, Any]:
    """The schema of a problem, with every code that a field may be refused with."""
    described = copy.deepcopy(PROBLEM)
    said = "Stable: what a screen translates; docs/problems.md explains each."
    described["properties"]["errors"]["items"]["properties"]["code"] = {"type": "string", "enum": list(field_codes()), "description": said}
    return described


def _tags() -> list[dict[str, str]]:
    """A tag for each function, in its own words."""
    described = {name: inspect.getdoc(importlib.import_module(f"functions.{name}.app")) for name in ("accounts", *RESOLVERS)}
    return [{"name": name, "description": _first_sentence(text or "")} for name, text in described.items()]


def _point_elsewhere(schemas: dict[str, Any]) -> None:
    """Name the schema of another function where a property shows what that function does: ``x-schema`` in the property's field."""
    for schema in schemas.values():
        for name, described in schema.get("properties", {}).items():
            if "x-schema" in described:
                shown = {"anyOf": [{"$ref": f"#/components/schemas/{described['x-schema']}"}, {"type": "null"}]}
                schema["properties"][name] = shown | {word: described[word] for word in _WORDS & described.keys()}


def _plain(described: Any) -> Any:
    """The same with docstrings' marks of code as Markdown has them, which descriptions are in."""
    if isinstance(described, dict):
        texts = {key: value.replace("``", "`") for key, value in described.items() if key in _WORDS and isinstance(value, str)}
        return {key: texts.get(key, _plain(value)) for key, value in described.items()}
    return [_plain(each) for each in described] if isinstance(described, list) else described


def _with_own_names(function: str, part: dict[str, Any], taken: dict[str, Any]) -> dict[str, Any]:
    """The part with every schema renamed that another function defines differently: ``jury``'s ``ReportView`` is ``JuryReportView``."""
    own = part.get("components", {}).get("schemas", {})
    clashes = {name: f"{function.title()}{name}" for name, schema in own.items() if taken.get(name, schema) != schema}
    if not clashes:
        return part
    text = json.dumps(part)
    for name, qualified in clashes.items():
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{qualified}"')
    renamed: dict[str, Any] = json.loads(text)
    renamed["components"]["schemas"] = {clashes.get(name, name): schema for name, schema in renamed["components"]["schemas"].items()}
    return _with_own_names(function, renamed, taken)


def _parts() -> list[tuple[str, dict[str, Any]]]:
    describe = importlib.import_module("functions.accounts.openapi").document
    own_data = importlib.import_module("functions.accounts.own_data_operations").OPERATIONS
    parts: list[tuple[str, dict[str, Any]]] = [("accounts", describe()), ("accounts", describe(own_data))]
    for name in RESOLVERS:
        app = importlib.import_module(f"functions.{name}.app").app
        part = json.loads(app.get_openapi_json_schema(title=TITLE, version=VERSION, openapi_version="3.1.0"))
        for route in (*app._static_routes, *app._dynamic_routes):
            part["paths"][route.openapi_path][route.method.lower()]["tags"] = [name]
            _describe(route, part["paths"][route.openapi_path][route.method.lower()])
        parts.append((name, part))
    return parts


def _describe(route: Any, operation: dict[str, Any]) -> None:
    """Say what a route is for, in its docstring's words, and what its middlewares ask for and answer."""
    text = inspect.getdoc(route.func) or ""
    operation["summary"] = _first_sentence(text)
    operation["description"] = " ".join(text.split())
    if idempotent in map(inspect.unwrap, route.middlewares):
        describe_idempotency(operation)


def _reached() -> dict[tuple[str, str], Reached]:
    """What every route may refuse, by method and path, as its code says."""
    found = {}
    for name in RESOLVERS:
        app = importlib.import_module(f"functions.{name}.app").app
        for route in (*app._static_routes, *app._dynamic_routes):
            functions = (route.func, *route.middlewares)
            is_polled = polled in map(inspect.unwrap, route.middlewares)
            found[route.method.lower(), route.openapi_path] = reached_by(route.method, functions, polled=is_polled)
    for table in ("operations", "own_data_operations"):
        for operation in importlib.import_module(f"functions.accounts.{table}").OPERATIONS:
            method, path = operation.method.lower(), operation.path
            found[method, path] = reached_by(method, (operation.answer,), form=operation.form, polled=operation.polled)
    return found


def _first_sentence(text: str) -> str:
    """Up to the first full stop.

    >>> _first_sentence("Read one. It is long.")
    'Read one.'
    """
    joined = " ".join(text.split())
    return joined.split(". ")[0].rstrip(".") + "." if joined else ""


def _finish(method: str, path: str, operation: dict[str, Any], headers: set[str]) -> None:
    """Say how each route is guarded, and what it sends beside its body."""
    operation["security"] = [] if (method, path) in PUBLIC else [{"token": []}]
    operation.setdefault("description", operation["summary"])
    responses = operation.setdefault("responses", {})
    responses.pop("422", None)
    responses.get("204", {}).pop("content", None)
    if "location" in headers:
        describe_location(f"{method.upper()} {path}", operation)
    if "if-none-match" in headers:
        describe_polling(operation)


def render() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the document and the page of problems, or compare them."""
    parser = argparse.ArgumentParser(description="Make or check docs/openapi.json and docs/problems.md.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    made = render()
    described = json.loads(made)
    differing = 0
    for file, text in ((DOCUMENT, made), (PAGE, page(described))):
        if not check:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            differing += 1
            print(
                f"{file.relative_to(ROOT)} differs from the routes: run `python -m tools.openapi` and look at the change.", file=sys.stderr
            )
    if not check:
        print(f"{DOCUMENT.relative_to(ROOT)}: {len(described['paths'])} paths; {PAGE.relative_to(ROOT)}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
