"""What is asked for again and again: an ETag spares sending what has not changed (RFC 9110 §13.1.2)."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from jalon.edge.caching import REVALIDATED
from jalon.edge.etags import etag_of, still_holds
from jalon.edge.idempotency import Next


def polled(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
    """Route middleware: ``@router.get("/v1/…", middlewares=[polled])`` answers 304 to an If-None-Match that still holds.

    It stands outside the validation of responses, which would refuse the empty body of a 304.
    """
    response = next_middleware(app)
    if response.status_code != HTTPStatus.OK:
        return response
    headers = {"ETag": etag_of(response.body), "Cache-Control": REVALIDATED}
    if still_holds(app.current_event.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response
