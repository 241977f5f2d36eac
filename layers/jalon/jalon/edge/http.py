"""The shape every JSON API function shares: a Powertools resolver that answers every failure with a problem."""

import gc
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response, Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from jalon.edge.observability import correlation, failure, logger, metric
from jalon.edge.problems import MEDIA_TYPE, encode, internal_problem, invalid_request, problem, problem_of
from jalon.kernel.errors import JalonError

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def _problem_response(status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> Response[str]:
    return Response(
        status_code=status, content_type=MEDIA_TYPE, body=encode(document), headers={"Cache-Control": "no-store", **(headers or {})}
    )


def api(service: str, *routers: Router, prepare: Callable[[], object] = object) -> APIGatewayHttpResolver:
    """A resolver with validation on, the routes of ``routers``, and a problem for every refusal.

    ``service`` names the function in logs and metrics. ``prepare`` wires the function (cached by its author) and runs before
    anything of a route does, its middlewares included: they find their tables bound.
    """
    app = APIGatewayHttpResolver(enable_validation=True)

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
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            logger(service).error("ERROR_WITHOUT_KIND", error=type(error).__name__)
        metric("Refused", service=service, code=str(document["code"]))
        return _problem_response(status, document, headers)

    @app.exception_handler(RequestValidationError)
    def invalid(error: RequestValidationError) -> Response[str]:
        metric("Refused", service=service, code="invalid_input")
        return _problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, invalid_request(error.errors(), path()))

    @app.exception_handler(RouteNotFoundError)
    def no_such_route(_error: RouteNotFoundError) -> Response[str]:
        document = problem(404, "Not found", "no_such_route", "There is nothing at this method and path; see the API guide.", path())
        return _problem_response(HTTPStatus.NOT_FOUND, document)

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


def lambda_handler(service: str, app: APIGatewayHttpResolver) -> Handler:
    """The function's entry point; freezes what the imports made, so that the collector, at work from now on, never walks it."""
    gc.freeze()
    gc.enable()

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger(service).set_correlation_id(correlation(event))
        media_type = _media_type(event)
        if event.get("body") and media_type:
            if media_type != "application/json":
                metric("Refused", service=service, code="unsupported_media_type")
                return _not_json(event)
            event["headers"]["content-type"] = media_type  # the resolver knows it in lower case only
        return app.resolve(event, context)

    return handler


def _media_type(event: dict[str, Any]) -> str:
    """What a request says its body is, without parameters; the gateway writes headers in lower case."""
    return str(event["headers"].get("content-type", "")).partition(";")[0].strip().lower()


def _not_json(event: dict[str, Any]) -> dict[str, Any]:
    """Every route here takes JSON; the resolver would read forms too, and fail on some."""
    detail = "Send the body as application/json."
    document = problem(415, "Unsupported media type", "unsupported_media_type", detail, str(event["rawPath"]))
    headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}
    return {"statusCode": 415, "headers": headers, "body": encode(document), "isBase64Encoded": False}
