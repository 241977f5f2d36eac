"""Refusals of the OAuth endpoints that are none of RFC 6749 §5.2's own: problems (RFC 9457) with its members beside theirs."""

import string
from http import HTTPStatus
from typing import Any

_ERRORS = {
    HTTPStatus.CONFLICT: "temporarily_unavailable",
    HTTPStatus.GONE: "invalid_grant",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
}
#: The characters of an ``error_description`` (RFC 6749 §5.2).
_SIGNS = frozenset(string.printable.strip() + " ") - frozenset('"\\')


def error_of(status: int) -> str:
    """The ``error`` of a refusal with this status: of RFC 6749 §5.2, or of §4.1.2.1 where it is the service that cannot."""
    return _ERRORS.get(HTTPStatus(status), "invalid_request")


def with_oauth_error(document: dict[str, Any]) -> dict[str, Any]:
    """A problem's document with ``error`` and ``error_description``."""
    described = "".join(sign for sign in str(document["detail"]) if sign in _SIGNS)
    return {**document, "error": error_of(document["status"]), "error_description": described}
