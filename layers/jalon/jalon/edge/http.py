"""The shape every JSON API function shares: a Powertools resolver that answers every failure with a problem."""

import gc
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response, Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from jalon.edge.bodies import JSON, LARGEST_BODY, body_of, read_json, require_media_type
from jalon.edge.headers import with_common_headers
from jalon.edge.observability import correlation, failure, logger, metric, refusal
from jalon.edge.problems import MEDIA_TYPE, NoSuchRouteError, encode, gateway_answer, internal_problem, invalid_request, problem, problem_of
from jalon.kernel.errors import JalonError

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

#: What the resolver's patterns take in no part of a path, which the gateway hands on decoded: no-break spaces, dashes, quotes, tabs…
_STRANGE_IN_PATHS = re.compile(r"[^\w\-._~()'!*:@,;=+&$%<> \[\]{}|^/]")


def _problem_response(status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> Response[str]:
    return Response(status_code=status, content_type=MEDIA_TYPE, body=encode(document), headers=dict(headers or {}))


def api(service: str, *routers: Router, prepare: Callable[[], object] = object) -> APIGatewayHttpResolver:
    """A resolver with validation on, the routes of ``routers``, and a problem for every refusal.

    ``service`` names the function in logs and metrics. ``prepare`` wires the function (cached by its author) and runs before
    anything of a route does, its middlewares included: they find their tables bound.
    """
    app = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=_value)

    def prepared(resolver: APIGatewayHttpResolver, next_middleware: Callable[..., Response[Any]]) -> Response[Any]:
        prepare()
        return next_middleware(resolver)

    app.use([prepared])
    for router in routers:
        app.include_router(router)
    _refuse_with_problems(app, service)
    return app


def _refuse_with_problems(app: APIGatewayHttpResolver, service: str) -> None:
    """Every way a request can fail, each with its problem."""

    def path() -> str:
        return str(app.current_event.path)

    @app.exception_handler(JalonError)
    def refused(error: JalonError) -> Response[str]:
        status, document, headers = problem_of(error, path())
        refusal(service, status, str(document["code"]), error)
        return _problem_response(status, document, headers)

    @app.exception_handler(RequestValidationError)
    def invalid(error: RequestValidationError) -> Response[str]:
        metric("Refused", service=service, code="invalid_input")
        return _problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, invalid_request(error.errors(), path()))

    @app.exception_handler(RouteNotFoundError)
    def no_such_route(_error: RouteNotFoundError) -> Response[str]:
        status, document, headers = problem_of(NoSuchRouteError(), path())
        return _problem_response(status, document, headers)

    @app.exception_handler(ServiceError)
    def refused_by_framework(error: ServiceError) -> Response[str]:
        document = problem(error.status_code, HTTPStatus(error.status_code).phrase, "request_refused", str(error.msg), path())
        return _problem_response(error.status_code, document)

    @app.exception_handler(Exception)
    def failed(error: Exception) -> Response[str]:
        # The one place that catches everything: what was not foreseen is logged by its type and place, and told as nothing.
        failure(service, "UNEXPECTED_ERROR", error)
        metric("UnexpectedError", service=service)
        return _problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, internal_problem(path()))


class _ReadBody(str):
    """A body's text with the JSON value that it was read as: the resolver hands texts on, and nothing is parsed twice."""

    __slots__ = ("value",)

    value: Any


def _value(text: str) -> Any:
    """The value of a body that :func:`_with_read_body` has read, as every body is that comes to a resolver."""
    return cast(_ReadBody, text).value


def lambda_handler(service: str, app: APIGatewayHttpResolver, largest_body: int = LARGEST_BODY) -> Handler:
    """The function's entry point; freezes what the imports made, so that the collector, at work from now on, never walks it.

    A body is read before anything else is done: what is larger than ``largest_body`` bytes, or no JSON, reaches no route. What no route's
    pattern could take of a path is a space there, so that the route itself says what is wrong with a code that was pasted. No cache keeps
    an answer unless its route says otherwise.
    """
    gc.freeze()
    gc.enable()

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger(service).set_correlation_id(correlation(event))
        try:
            read = _with_read_body(event | {"rawPath": _STRANGE_IN_PATHS.sub(" ", event["rawPath"])}, largest_body)
        except JalonError as error:
            metric("Refused", service=service, code=error.code)
            return with_common_headers(gateway_answer(error, str(event["rawPath"])))
        answer = with_common_headers(app.resolve(read, context))
        return answer | {"body": answer["body"] or ""}  # nothing is an empty text: not whatever stands in front of us takes null for it

    return handler


def _with_read_body(event: dict[str, Any], largest: int) -> dict[str, Any]:
    """The event with its body read; raises what :mod:`jalon.edge.bodies` does. Every route here takes JSON."""
    body = body_of(event, largest)
    if not body:
        return event
    require_media_type(event["headers"], JSON)
    value = read_json(body)
    text = _ReadBody(body.decode())
    text.value = value
    headers = event["headers"] | {"content-type": JSON}  # the resolver knows it in lower case and without parameters only
    return event | {"headers": headers, "body": text, "isBase64Encoded": False}
