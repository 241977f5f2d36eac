"""A client of the accounts function: the sample events of ``events/accounts``, with what a test changes in them."""

import base64
import json
import uuid
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from functions.accounts.app import handler
from functions.accounts.wiring import desk
from jalon.kernel.ids import UserId
from tests.events import CONTEXT

EVENTS = Path(__file__).parents[2] / "events" / "accounts"


def sample(name: str) -> dict[str, Any]:
    """The sample event, to be changed."""
    return deepcopy(_sample(name))


@cache
def _sample(name: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any
    text: str


def send(
    name: str,
    *,
    body: Any = None,
    form: Any = None,
    headers: dict[str, str | None] | None = None,
    subject: str | None = None,
    scope: str | None = None,
    key: str | None = None,
    event: dict[str, Any] | None = None,
    proven: datetime | bool = False,
    token: Mapping[str, Any] | None = None,
) -> Reply:
    """Send the sample event ``name``, or ``event`` in its place; ``None`` as a header takes it out.

    Creating routes get a fresh key unless one is given. ``proven`` is when ``subject`` last proved who they are, as the token of a sign-in
    that lasts says; True for just now. ``token`` are the claims of a token, in the place of the sample's.
    """
    event = event or sample(name)
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    if form is not None:
        text = form if isinstance(form, str) else urlencode(form)
        event["body"] = base64.b64encode(text.encode()).decode()
    if "idempotency-key" in event["headers"]:
        event["headers"]["idempotency-key"] = key or str(uuid.uuid4())
    for header, value in (headers or {}).items():
        event["headers"].pop(header, None)
        if value is not None:
            event["headers"][header] = value
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
    if token is not None:
        claims.clear()
        claims.update({name: str(value) for name, value in token.items()})
    if subject is not None:
        claims["sub"] = subject
    if scope is not None:
        claims["scope"] = scope
    if proven:
        claims |= {
            "auth_time": str(int((datetime.now(UTC) if proven is True else proven).timestamp())),
            "sign_in_epoch": _epoch(claims["sub"]),
        }
    return reply(event)


def _epoch(subject: str) -> str:
    """The account's sign-in epoch, as the token of a sign-in that lasts has it."""
    identity = desk().accounts.store.identity(UserId(subject))
    return str(identity.sign_in_epoch if identity else 0)


def reply(event: dict[str, Any]) -> Reply:
    """Call the handler."""
    answer = handler(event, CONTEXT)
    text = answer.get("body") or ""
    lowered = {key.lower(): value for key, value in answer["headers"].items()}
    return Reply(answer["statusCode"], lowered, json.loads(text) if text else None, text)


def basic(client_id: str, secret: str) -> dict[str, str | None]:
    """The header of a client that proves itself."""
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}
