"""The headers that routes ask for and send, as the OpenAPI document tells of them."""

from typing import Any

from jalon.edge.idempotency_keys import MAX_KEY_LENGTH
from tools.openapi_samples import LOCATIONS

IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Fresh for each thing to create, the same when the request is repeated.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
}
IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the state that is known already, or several, or `*` (RFC 9110 §13.1.2); 304 while one of them holds.",
    "schema": {"type": "string"},
}
_ETAG = {"description": "Names this state.", "schema": {"type": "string"}, "example": '"8c1d0e2f3a4b5c6d7e8f901234567890"'}
_DATE = {
    "description": "The server's clock as it answered (RFC 9110 §6.6.1).",
    "schema": {"type": "string"},
    "example": "Mon, 23 Nov 2026 09:12:00 GMT",
}
_REPLAYED = {
    "description": "Sent when the request had been answered before: this is that answer, and nothing was done again.",
    "schema": {"type": "string", "enum": ["true"]},
    "example": "true",
}


def describe_idempotency(operation: dict[str, Any]) -> None:
    """The key that a route asks for, and how a repetition is told."""
    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    for response in _successes(operation):
        response.setdefault("headers", {})["Idempotency-Replayed"] = _REPLAYED


def describe_polling(operation: dict[str, Any]) -> None:
    """The ETag, the If-None-Match that it spares an answer with, the 304, and the clock that both tell."""
    operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    headers = {"ETag": _ETAG, "Date": _DATE}
    operation["responses"]["200"].setdefault("headers", {}).update(headers)
    operation["responses"]["304"] = {
        "description": "Nothing has changed since the state that If-None-Match names.",
        "headers": headers,
    }


def describe_location(route: str, operation: dict[str, Any]) -> None:
    """Where what was made, or what tells how far it is, is read; raises ValueError for a route of which nothing shows it."""
    if route not in LOCATIONS:
        raise ValueError(f"no example of the Location that {route} sends: give tools/openapi_samples.py one (LOCATIONS)")
    described = {"description": "Where it is read, relative to the API.", "schema": {"type": "string"}, "example": LOCATIONS[route]}
    for response in _successes(operation):
        response.setdefault("headers", {})["Location"] = described


def _successes(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [response for status, response in operation["responses"].items() if status.startswith("2")]
