"""How the OpenAPI document says what each route refuses: a response for each status, with an example of every problem's code."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from functions.accounts.oauth_problems import with_oauth_error
from jalon.edge import bodies
from jalon.edge.problems import TYPE_PREFIX, NoSuchRouteError, status_and_title
from jalon.kernel.errors import InvalidInputError, JalonError
from tools.openapi_samples import FACTS_OF
from tools.refusals import UNKNOWN, Reached, Refusal, reached

Problems = dict[type[JalonError], Refusal]
_EXAMPLES = "#/components/examples/"
_RESPONSES = "#/components/responses/"
_GATEWAY = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayRefusal"}}}
_REFUSAL = {
    "description": "Refused; `code` says why. Without a `code`, the gateway refused before any function was asked.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}, **_GATEWAY},
}
_WRITING = frozenset({"post", "put", "patch"})
_INVALID = Refusal(InvalidInputError, "Some fields cannot be accepted; each is named in errors.")
_VIOLATION = {"pointer": "/name", "detail": "The least number of characters is 1.", "code": "too_short"}
_HEADERS: dict[str, dict[str, Any]] = {
    "401": {"WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}, "example": 'Bearer realm="jalon"'}},
    "429": {"Retry-After": {"description": "In how many seconds it may be tried again.", "schema": {"type": "integer"}, "example": 30}},
    "503": {"Retry-After": {"description": "In how many seconds it may be tried again.", "schema": {"type": "integer"}, "example": 1}},
}


def reached_by(method: str, functions: Iterable[Callable[..., Any]], *, form: bool = False, polled: bool = False) -> Reached:
    """What a route's functions, middlewares included, may refuse, with what the edge does before them; and the headers they know."""
    found = Reached(headers={"if-none-match"} if polled else set())
    for function in functions:
        found.add(reached(function))
    if method.lower() in _WRITING:
        for function in (bodies.body_of, bodies.require_media_type, *(() if form else (bodies.read_json,))):
            found.add(reached(function))
    return found


def add_refusals(operations: Mapping[tuple[str, str], dict[str, Any]], found: Mapping[tuple[str, str], Reached]) -> dict[str, Any]:
    """Give every operation, by method and path, its refusals; answers the components that they refer to.

    Raises ValueError for a fact of which nothing says a plausible value.
    """
    refusals = {route: _refusals(route, operation, found[route].refusals) for route, operation in operations.items()}
    usual = usual_refusals(refusals.values())
    shared: dict[str, Any] = {"Refusal": _REFUSAL}
    for route, operation in operations.items():
        form = bodies.FORM in operation.get("requestBody", {}).get("content", {})
        for status, problems in _by_status(refusals[route]).items():
            if form:
                _add_token_response(operation["responses"], status, problems)
            else:
                _add_response(operation["responses"], status, problems, usual, shared)
        if "429" in operation["responses"] and "$ref" not in operation["responses"]["429"]:
            operation["responses"]["429"].setdefault("headers", _HEADERS["429"])
        for status in ("4XX", "5XX"):
            operation["responses"][status] = {"$ref": _RESPONSES + "Refusal"}
        operation["responses"] = dict(sorted(operation["responses"].items()))
    examples = {error.code: _example(refusal) for error, refusal in sorted(usual.items(), key=_code)}
    return {"examples": examples, "responses": dict(sorted(shared.items()))}


def _refusals(route: tuple[str, str], operation: Mapping[str, Any], found: Problems) -> Problems:
    problems = dict(found)
    if "application/json" in operation.get("requestBody", {}).get("content", {}) or operation.get("parameters"):
        problems[InvalidInputError] = _INVALID
    if "{" in route[1]:
        problems[NoSuchRouteError] = Refusal(NoSuchRouteError, NoSuchRouteError().detail)
    return problems


def usual_refusals(all_problems: Iterable[Problems]) -> Problems:
    """Each error as it is told most often."""
    told: dict[type[JalonError], Counter[Refusal]] = {}
    for problems in all_problems:
        for error, refusal in problems.items():
            told.setdefault(error, Counter())[refusal] += 1
    return {error: max(counted, key=lambda refusal: (counted[refusal], refusal.detail)) for error, counted in told.items()}


def _by_status(problems: Problems) -> dict[str, list[Refusal]]:
    found: dict[str, list[Refusal]] = {}
    for error, refusal in sorted(problems.items(), key=_code):
        found.setdefault(str(status_and_title(error)[0]), []).append(refusal)
    return dict(sorted(found.items()))


def _add_response(responses: dict[str, Any], status: str, refusals: list[Refusal], usual: Problems, shared: dict[str, Any]) -> None:
    """The response of a status: one that is shared where there is one refusal, told as everywhere, and nothing else is said."""
    title = status_and_title(refusals[0].error)[1]
    codes = ", ".join(f"`{refusal.error.code}`" for refusal in refusals)
    examples = {refusal.error.code: _reference(refusal, usual) for refusal in refusals}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    response = {"description": f"{title}: {codes}.", "content": problem | _GATEWAY}
    if status in _HEADERS:
        response["headers"] = _HEADERS[status]
    if len(refusals) == 1 and "$ref" in examples[refusals[0].error.code]:
        name = "".join(word.title() for word in refusals[0].error.code.split("_"))
        shared[name] = response
        response = {"$ref": _RESPONSES + name}
    responses[status] = response


def _add_token_response(responses: dict[str, Any], status: str, refusals: list[Refusal]) -> None:
    """The same of an OAuth endpoint: beside RFC 6749's own refusal where there is one, and with its members."""
    title = status_and_title(refusals[0].error)[1]
    codes = ", ".join(f"`{refusal.error.code}`" for refusal in refusals)
    told = {refusal.error.code: _example(refusal) for refusal in refusals}
    examples = {code: example | {"value": with_oauth_error(example["value"])} for code, example in told.items()}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/TokenProblem"}, "examples": examples}}
    own = responses.get(status, {"description": title, "content": _GATEWAY, "headers": _HEADERS.get(status, {})})
    responses[status] = own | {"description": f"{own['description']}: {codes}.", "content": own["content"] | problem}


def _reference(refusal: Refusal, usual: Problems) -> dict[str, Any]:
    if refusal == usual[refusal.error]:
        return {"$ref": _EXAMPLES + refusal.error.code}
    return _example(refusal)


def _example(refusal: Refusal) -> dict[str, Any]:
    said = meaning(refusal.error)
    return ({"summary": said} if said else {}) | {"value": _value(refusal)}


def _value(refusal: Refusal) -> dict[str, Any]:
    status, title = status_and_title(refusal.error)
    code = refusal.error.code
    value = {**refusal.facts, **FACTS_OF.get(code, {}), "type": TYPE_PREFIX + code.replace("_", "-"), "title": title, "status": status}
    value |= {"detail": refusal.detail, "code": code}
    if any(UNKNOWN in str(each) for each in value.values()):
        raise ValueError(f"nothing says what a fact of {code} looks like: give tools/openapi_samples.py an example (FACTS): {value}")
    return value | ({"errors": [_VIOLATION]} if refusal.error is InvalidInputError else {})


def meaning(error: type[JalonError]) -> str:
    """What an error means, in its own words: the first paragraph of its docstring, if it has one."""
    return " ".join((vars(error).get("__doc__") or "").split("\n\n", maxsplit=1)[0].split()).replace("``", "`")


def _code(item: tuple[type[JalonError], Any]) -> str:
    return item[0].code
