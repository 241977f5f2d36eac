"""``make dev``: the same handlers in one process, behind a local server, against the running embedded cloud.

For the edit loop: a change to the code is served within a second. Requests become API Gateway v2 events; the access token is
checked with the stack's own published keys, as the gateway's authorizer does. Each function's environment is read from the
deployed stack, so ``make run`` must be up.
"""

import base64
import importlib
import json
import os
import re
import sys
import time
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool

from local import deploy, emulator, rewrite
from local.emulator import HOST
from local.paths import ROOT
from local.progress import console
from tools import in_stack
from tools.sources import SOURCES

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP API route of the template: which handler serves it, and whether it needs a token."""

    method: str
    path: str
    handler: str
    public: bool

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path as the gateway matches it: ``{proxy+}`` takes the rest."""
        expression = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", self.path)
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", expression) + r"\Z")


def routes() -> list[Route]:
    """Every route the template gives a function, the most literal path first, as the gateway chooses."""
    found = []
    for resource in rewrite.load()["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        for event in (resource["Properties"].get("Events") or {}).values():
            if event["Type"] == "HttpApi":
                properties = event["Properties"]
                public = properties.get("Auth", {}).get("Authorizer") == "NONE"
                found.append(Route(properties["Method"].upper(), properties["Path"], resource["Properties"]["Handler"], public))
    return sorted(found, key=lambda route: (route.path.count("{proxy+}"), route.path.count("{"), route.method == "ANY"))


class Gateway:
    """An ASGI app that turns a request into an event, calls the handler, and turns its answer back."""

    def __init__(self, table: list[Route], issuer: str, keys: KeySet) -> None:
        self._routes = [(route, route.pattern) for route in table]
        self._issuer = issuer
        self._keys = keys

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b"".join([chunk async for chunk in _body(receive)])
        status, headers, content = await run_in_threadpool(self._answer, scope, body)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: dict[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        route, parameters = self._match(scope["method"], scope["path"])
        if route is None:
            return _json(404, {"message": "Not Found"})
        event = _event(scope, body, route, parameters)
        if not route.public:
            claims = self._claims(event["headers"].get("authorization", ""))
            if claims is None:
                return _json(401, {"message": "Unauthorized"})
            event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
        module, _, name = route.handler.rpartition(".")
        answer = getattr(importlib.import_module(module), name)(event, _Context(module))
        content = answer.get("body") or ""
        payload = base64.b64decode(content) if answer.get("isBase64Encoded") else content.encode()
        headers = [(str(key).lower().encode(), str(value).encode()) for key, value in (answer.get("headers") or {}).items()]
        return int(answer["statusCode"]), headers, payload

    def _match(self, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
        for route, pattern in self._routes:
            found = pattern.match(path)
            if found and route.method in {method, "ANY"}:
                return route, found.groupdict()
        return None, {}

    def _claims(self, authorization: str) -> dict[str, str] | None:
        try:
            token = jwt.decode(authorization.removeprefix("Bearer "), self._keys, algorithms=["RS256"])
            jwt.JWTClaimsRegistry(iss={"essential": True, "value": self._issuer}, aud={"essential": True, "value": "jalon"}).validate(
                token.claims
            )
        except (JoseError, ValueError):
            return None
        return {key: str(value) for key, value in token.claims.items()}


class _Context:
    """What handlers read of Lambda's context."""

    memory_limit_in_mb = 1024

    def __init__(self, name: str) -> None:
        self.function_name = name
        self.aws_request_id = str(uuid.uuid4())
        self.invoked_function_arn = f"arn:aws:lambda:{emulator.REGION}:{emulator.ACCOUNT}:function:{name}"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 10_000


async def _body(receive: Receive) -> Any:
    while True:
        message = await receive()
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def _json(status: int, document: dict[str, str]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return status, [(b"content-type", b"application/json")], json.dumps(document).encode()


def _event(scope: dict[str, Any], body: bytes, route: Route, parameters: dict[str, str]) -> dict[str, Any]:
    """An API Gateway v2 proxy event (payload format 2.0)."""
    headers: dict[str, str] = {}
    for key, value in scope["headers"]:
        name = key.decode().lower()
        headers[name] = f"{headers[name]},{value.decode()}" if name in headers else value.decode()
    query = scope["query_string"].decode()
    return {
        "version": "2.0",
        "routeKey": f"{route.method} {route.path}",
        "rawPath": scope["path"],
        "rawQueryString": query,
        "headers": headers,
        "queryStringParameters": dict(_query(query)) or None,
        "pathParameters": parameters or None,
        "requestContext": {
            "accountId": emulator.ACCOUNT,
            "apiId": rewrite.API_ID,
            "domainName": HOST,
            "http": {"method": scope["method"], "path": scope["path"], "protocol": "HTTP/1.1", "sourceIp": HOST, "userAgent": ""},
            "requestId": str(uuid.uuid4()),
            "routeKey": f"{route.method} {route.path}",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _query(query: str) -> Iterator[tuple[str, str]]:
    from urllib.parse import parse_qs

    for key, values in parse_qs(query, keep_blank_values=True).items():
        yield key, ",".join(values)


def app() -> Gateway:
    """The application uvicorn reloads; its configuration is in the environment that :func:`serve` prepared."""
    issuer = os.environ["SITE_URL"]
    with urllib.request.urlopen(f"{issuer}/.well-known/jwks.json", timeout=5) as answer:
        keys = KeySet.import_key_set(json.load(answer))
    return Gateway(routes(), issuer, keys)


def stack_environment(endpoint: str) -> dict[str, str]:
    """The variables of all the deployed functions together."""
    return in_stack.settings_of(deploy.client("cloudformation", endpoint), deploy.client("lambda", endpoint), deploy.STACK)


def serve(endpoint: str, dev_port: int) -> int:
    """Serve until Ctrl-C, reloading when a source file changes; ``endpoint`` is the embedded cloud's."""
    os.environ |= stack_environment(endpoint) | deploy.account_environment(endpoint)
    sys.path[:0] = map(str, SOURCES)  # not PYTHONPATH: the process that uvicorn spawns takes this one's path
    console.print(f"The same handlers, reloading on change: http://{HOST}:{dev_port}")
    watched = [str(ROOT / "functions"), str(ROOT / "layers")]
    uvicorn.run("local.dev:app", factory=True, host=HOST, port=dev_port, reload=True, reload_dirs=watched, log_level="warning")
    return 0
