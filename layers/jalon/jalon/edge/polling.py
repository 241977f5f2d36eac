"""What is asked for again and again: an ETag spares sending what has not changed (RFC 9110 §13.1.2)."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from jalon.edge.caching import REVALIDATED
from jalon.edge.etags import etag_of, still_holds
from jalon.edge.idempotency import Middleware, Next

#: Kept by no cache: only the page that holds the answer may be told that it still holds.
_HELD_BY_THE_PAGE: Final = "no-store"


def polled(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
    """Route middleware: ``@router.get("/v1/…", middlewares=[polled])`` answers 304 to an If-None-Match that still holds.

    It stands outside the validation of responses, which would refuse the empty body of a 304.
    """
    response = next_middleware(app)
    return _unless_known(app, response, response.body, REVALIDATED)


def polled_while(lasting: Callable[[Any], Any]) -> Middleware:
    """Such a middleware for an answer that tells the time or gives a proof, and so is another one at each reading.

    ``lasting`` gives what of the answer's document stays while nothing happens: that is what the tag names. No cache keeps the answer, for
    a page that is loaded anew would be given the clock and the proof of the one before; the page that holds it asks with its tag.
    """

    @wraps(polled)
    def middleware(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
        response = next_middleware(app)
        document = json.loads(response.body) if isinstance(response.body, str) else response.body
        return _unless_known(app, response, lasting(document) if response.status_code == HTTPStatus.OK else None, _HELD_BY_THE_PAGE)

    return middleware


def _unless_known(app: APIGatewayHttpResolver, response: Response[Any], named: Any, keeping: str) -> Response[Any]:
    """The response with the tag of what is named, or a 304 to who knows that tag."""
    if response.status_code != HTTPStatus.OK:
        return response
    headers = {"ETag": etag_of(named), "Cache-Control": keeping}
    if still_holds(app.current_event.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response
