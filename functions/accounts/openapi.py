"""What these routes look like from outside: the OpenAPI 3.1 paths and schemas that ``tools.openapi`` merges."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from functions.accounts.oauth_grants import AccountWaitsGrantError, UnsupportedTokenTypeError
from functions.accounts.oauth_server import ClientRefusedError
from functions.accounts.operation import Operation
from functions.accounts.operations import OPERATIONS
from functions.accounts.schemas import TokenError
from jalon.edge.bodies import FORM, JSON
from jalon.edge.idempotency_keys import MAX_KEY_LENGTH

EXAMPLES = Path(__file__).with_name("examples.json")
_REFERENCE = "#/components/schemas/{model}"


def document(operations: Sequence[Operation] = OPERATIONS) -> dict[str, Any]:
    """``{"paths": …, "components": {"schemas": …}}``; the root tool adds how routes are guarded and how they refuse."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    return {"paths": paths, "components": {"schemas": _schemas(operations)}}


def _describe(operation: Operation) -> dict[str, Any]:
    summary, _, rest = (operation.answer.__doc__ or "").strip().partition("\n")
    described: dict[str, Any] = {
        "operationId": operation.answer.__name__,
        "tags": ["accounts"],
        "summary": summary,
        "responses": _responses(operation),
    }
    if rest.strip():
        described["description"] = " ".join(rest.split())
    if operation.request:
        described["requestBody"] = {
            "required": operation.method != "DELETE",
            "content": {FORM if operation.form else JSON: {"schema": _reference(operation.request)}},
        }
    parameters = [_path_parameter(name) for name in re.findall(r"{(\w+)}", operation.path)]
    if operation.creates:
        parameters.append(_idempotency_key())
    if parameters:
        described["parameters"] = parameters
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": operation.status.phrase}
    if operation.response:
        success["content"] = {JSON: {"schema": _reference(operation.response)}}
    elif operation.form:
        success["content"] = {JSON: {"schema": {"type": "object", "additionalProperties": False}}}
    responses = {str(int(operation.status)): success}
    return responses | (_token_refusals() if operation.response else _revocation_refusals()) if operation.form else responses


def _token_refusals() -> dict[str, Any]:
    waits = {"error": AccountWaitsGrantError.error, "error_description": "Too many wrong passwords: try again in 30 s."}
    return {
        "400": _token_refusal(
            "Refused (RFC 6749 §5.2)", {"error": "invalid_grant", "error_description": "The login or the password is wrong."}
        ),
        "401": _CLIENT_REFUSED,
        "429": _token_refusal("The account waits; Retry-After says how long", waits),
    }


def _revocation_refusals() -> dict[str, Any]:
    lasting = {
        "error": UnsupportedTokenTypeError.error,
        "error_description": "Access tokens cannot be revoked; they end within 20 minutes.",
    }
    return {"400": _token_refusal("Refused (RFC 6749 §5.2, RFC 7009 §2.2.1)", lasting), "401": _CLIENT_REFUSED}


def _token_refusal(description: str, example: dict[str, str]) -> dict[str, Any]:
    content = {"schema": _reference(TokenError), "examples": {example["error"]: {"value": example}}}
    return {"description": description, "content": {JSON: content}}


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Fresh for each thing to create, the same when the request is repeated.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    models += [(operation.request, "validation") for operation in operations if operation.request]
    models += [(operation.response, "serialization") for operation in operations if operation.response]
    models.append((TokenError, "serialization"))
    _, definitions = models_json_schema(models, ref_template=_REFERENCE)
    schemas: dict[str, Any] = definitions["$defs"]
    for name, example in json.loads(EXAMPLES.read_text()).items():
        if name in schemas:
            schemas[name]["examples"] = [example]
    return schemas


_CLIENT_REFUSED = {
    **_token_refusal(
        "The client is not known or its secret is wrong",
        {"error": ClientRefusedError.error, "error_description": ClientRefusedError.description},
    ),
    "headers": {
        "WWW-Authenticate": {
            "description": "How a client with a secret proves itself.",
            "schema": {"type": "string"},
            "example": ClientRefusedError.CHALLENGE,
        }
    },
}
