"""Errors as RFC 9457 problems: the one table from the domain's kinds to HTTP."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jalon.edge.bodies import MalformedBodyError, UnsupportedMediaTypeError
from jalon.edge.field_errors import code_and_sentence
from jalon.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidInputError,
    JalonError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
    Violation,
)

MEDIA_TYPE = "application/problem+json"
#: Before a problem's ``type``, relative to the API, so that it is right wherever the API runs. ``docs/problems.md`` explains each.
TYPE_PREFIX = "/problems/"

_STATUS: tuple[tuple[type[JalonError], int, str], ...] = (
    (MalformedBodyError, 400, "The body cannot be read"),
    (UnsupportedMediaTypeError, 415, "Unsupported media type"),
    (InvalidInputError, 422, "The input cannot be accepted"),
    (NotSignedInError, 401, "Sign-in required"),
    (ForbiddenError, 403, "Not allowed"),
    (NotFoundError, 404, "Not found"),
    (ConflictError, 409, "Conflict with the present state"),
    (GoneError, 410, "No longer there"),
    (TooLargeError, 413, "Too large"),
    (TooManyRequestsError, 429, "Too many requests"),
    (UnavailableError, 503, "Temporarily unavailable"),
)


class NoSuchRouteError(NotFoundError):
    """There is nothing at this method and path: the path is not one of the API's, or a part of it has a form that none can have."""

    code = "no_such_route"

    def __init__(self) -> None:
        super().__init__("There is nothing at this method and path; see the API's document.")


def status_and_title(error: type[JalonError]) -> tuple[int, str]:
    """The HTTP status and the title of an error's kind."""
    for kind, status, title in _STATUS:
        if issubclass(error, kind):
            return status, title
    return 500, "Internal error"


def problem(
    status: int,
    title: str,
    code: str,
    detail: str,
    instance: str = "",
    violations: Iterable[Violation] = (),
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A problem document. ``facts`` become extension members and never hide a standard one."""
    document: dict[str, Any] = dict(facts or {})
    document |= {"type": TYPE_PREFIX + code.replace("_", "-"), "title": title, "status": status, "detail": detail, "code": code}
    if instance:
        document["instance"] = instance
    errors = [{"pointer": v.pointer, "detail": v.detail, "code": v.code} for v in violations]
    if errors:
        document["errors"] = errors
    return document


def problem_of(error: JalonError, instance: str = "") -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, document and headers for an error raised on purpose."""
    status, title = status_and_title(type(error))
    if status == 500:
        return 500, internal_problem(instance), {}
    headers: dict[str, str] = {}
    if isinstance(error, (TooManyRequestsError, UnavailableError)):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, NotSignedInError):
        headers["WWW-Authenticate"] = 'Bearer realm="jalon"'
    return status, problem(status, title, error.code, error.detail, instance, error.violations, error.facts), headers


def gateway_answer(error: JalonError, instance: str) -> dict[str, Any]:
    """The same in the HTTP API's own form (payload 2.0), for what is refused before a framework is asked."""
    status, document, headers = problem_of(error, instance)
    return {"statusCode": status, "headers": {"Content-Type": MEDIA_TYPE, **headers}, "body": encode(document), "isBase64Encoded": False}


def internal_problem(instance: str = "") -> dict[str, Any]:
    """A 500 says nothing of the inside."""
    return problem(
        500, "Internal error", "internal_error", "Something went wrong on our side; the same request may be sent again.", instance
    )


def invalid_request(errors: Iterable[Mapping[str, Any]], instance: str = "") -> dict[str, Any]:
    """A problem from pydantic's list of errors: each names its place as a JSON pointer, with a code of :mod:`jalon.edge.field_errors`."""
    violations = []
    for error in errors:
        place = [str(part) for part in error.get("loc", ())]
        if place and place[0] == "body":
            place = place[1:]
        pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in place)
        code, detail = code_and_sentence(error)
        violations.append(Violation(pointer, detail, code))
    return problem(
        422,
        "The input cannot be accepted",
        "invalid_input",
        "Some fields cannot be accepted; each is named in errors.",
        instance,
        violations,
    )


def encode(document: Mapping[str, Any]) -> str:
    """A problem document as JSON text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
