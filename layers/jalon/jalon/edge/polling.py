"""What is asked for again and again: an ETag spares sending what has not changed (RFC 9110 §13.1.2)."""

import hashlib
import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from jalon.edge.idempotency import Next


def polled(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
    """Route middleware: ``@router.get("/v1/…", middlewares=[polled])`` answers 304 to an If-None-Match that still holds.

    It stands outside the validation of responses, which would refuse the empty body of a 304.
    """
    response = next_middleware(app)
    if response.status_code != HTTPStatus.OK:
        return response
    digest = hashlib.sha256(json.dumps(response.body, sort_keys=True, default=str).encode()).hexdigest()
    headers = {"ETag": f'"{digest[:32]}"', "Cache-Control": "private, no-cache"}
    if app.current_event.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response
