"""One request and its answer, between Starlette and the routes' plain functions.

Routes are synchronous, since all they wait for (tables, KMS, argon2) is; they run in a worker thread and know an
:class:`Exchange`. Every refusal becomes a problem here, and this is the one place that catches everything.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from functions.accounts.oauth_problems import with_oauth_error
from jalon.edge.auth import Caller, caller
from jalon.edge.bodies import FORM, JSON, read_json, require_media_type
from jalon.edge.etags import etag_of, still_holds
from jalon.edge.idempotency_keys import idempotency_key
from jalon.edge.observability import failure, metric, refusal
from jalon.edge.problems import MEDIA_TYPE, NoSuchRouteError, encode, internal_problem, invalid_request, problem, problem_of
from jalon.kernel.errors import JalonError

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, its body read."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    event: Mapping[str, Any]

    def caller(self) -> Caller:
        """Who calls; raises :class:`NotSignedInError`."""
        return caller(self.event)

    def read(self, schema: type[Schema]) -> Schema:
        """The body as ``schema``; raises pydantic's ``ValidationError``, which becomes a problem."""
        return schema.model_validate_json(self.body or b"null")

    def idempotency_key(self) -> str:
        """The caller's key for a thing to create; raises what :func:`~jalon.edge.idempotency_keys.idempotency_key` does."""
        return idempotency_key(self.headers)


Answer = Callable[[Exchange], Response]


def endpoint(service: str, answer: Answer, *, form: bool = False, polled: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """The Starlette endpoint of a route's function: its body is JSON or a ``form``; what is ``polled`` has an ETag.

    ``service`` names the Lambda function in logs and metrics.
    """

    async def serve(request: Request) -> Response:
        body = await request.body()
        exchange = Exchange(request.url.path, request.headers, body, request.scope.get("aws.event", {}))
        response = await run_in_threadpool(_answer, service, answer, exchange, form)
        return _unless_known(response, request.headers.get("if-none-match")) if polled else response

    return serve


def _answer(service: str, answer: Answer, exchange: Exchange, form: bool) -> Response:
    try:
        _refuse_unreadable(exchange, form)
        return answer(exchange)
    except JalonError as error:
        status, document, headers = problem_of(error, exchange.path)
        refusal(service, status, str(document["code"]), error)
        return _problem(status, with_oauth_error(document) if form else document, headers)
    except ValidationError as error:
        metric("Refused", service=service, code="invalid_input")
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, invalid_request(error.errors(), exchange.path))
    except Exception as error:  # noqa: BLE001 - the edge: what was not foreseen is logged by its type and place, and told as nothing
        failure(service, "UNEXPECTED_ERROR", error)
        metric("UnexpectedError", service=service)
        document = internal_problem(exchange.path)
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, with_oauth_error(document) if form else document)


def _refuse_unreadable(exchange: Exchange, form: bool) -> None:
    """Raise what :mod:`jalon.edge.bodies` does of a body's media type and of its JSON, before a route is asked.

    The schema reads the few bytes again: of JSON it takes a date as text; of Python values, strict as it is, it would not.
    """
    if exchange.body:
        require_media_type(exchange.headers, FORM if form else JSON)
        if not form:
            read_json(exchange.body)


def _unless_known(response: Response, if_none_match: str | None) -> Response:
    """The answer with its ETag, or 304 when the caller knows it (RFC 9110 §13.1.2)."""
    if response.status_code != HTTPStatus.OK:
        return response
    response.headers["ETag"] = etag_of(bytes(response.body).decode())
    if not still_holds(if_none_match, response.headers["ETag"]):
        return response
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": response.headers["ETag"]})


async def no_such_route(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405) as problems."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    nothing = NoSuchRouteError()
    return _problem(status, problem(status, HTTPStatus(status).phrase, nothing.code, nothing.detail, request.url.path), headers)


def json_response(status: HTTPStatus, model: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    """A model as JSON."""
    return Response(model.model_dump_json(), status_code=status, media_type=JSON, headers=headers)


def accepted() -> Response:
    """Taken on; nothing to say about the outcome."""
    return Response(status_code=HTTPStatus.ACCEPTED)


def no_content() -> Response:
    """Done, nothing to say."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _problem(status: int, document: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(document), status_code=status, media_type=MEDIA_TYPE, headers=headers)
