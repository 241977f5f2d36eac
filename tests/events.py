"""API Gateway v2 events as the gateway sends them, for handlers called in process."""

import json
import uuid
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-3:000000000000:function:test",
    aws_request_id="00000000-0000-0000-0000-000000000000",
    get_remaining_time_in_millis=lambda: 10_000,
)


def http_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    subject: str | None = None,
    roles: str = "",
    scope: str = "",
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """An event for ``method path``; ``subject``, ``roles`` and ``scope`` are the claims the authorizer passed on.

    ``body`` is sent as JSON unless it is a string already. A POST gets a fresh Idempotency-Key unless ``key`` is given.
    """
    all_headers = {"content-type": "application/json", "host": "api.example", **{k.lower(): v for k, v in (headers or {}).items()}}
    if method == "POST" and key != "":
        all_headers.setdefault("idempotency-key", key or str(uuid.uuid4()))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "&".join(f"{k}={v}" for k, v in (query or {}).items()),
        "headers": all_headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "jalon",
            "domainName": "api.example",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "tests"},
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1_790_000_000_000,
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    if subject is not None:
        claims = {"sub": subject, "roles": roles, "scope": scope, "iss": "https://jalon.example", "aud": "jalon"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return event


def body_of(answer: Mapping[str, Any]) -> Any:
    """The JSON body of a handler's answer."""
    return json.loads(answer["body"])
