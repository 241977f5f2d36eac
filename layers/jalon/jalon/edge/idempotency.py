"""``Idempotency-Key`` on the POSTs that create: the same request answers the same, another one under the key is refused.

Follows the IETF draft *The Idempotency-Key HTTP Header Field* (draft-ietf-httpapi-idempotency-key-header): the key is
required where a route asks for it; a finished request answers again what it answered; one under way is a conflict.
Only successes are kept: a refusal wrote nothing, so the caller may mend the request and send it under the same key.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from jalon.edge.auth import caller
from jalon.edge.erasures import refuse_erased
from jalon.edge.idempotency_keys import idempotency_key, key_reused
from jalon.edge.tables import ConditionFailedError, TableMeta, translated
from jalon.kernel.base64url import base64url
from jalon.kernel.clock import SystemClock
from jalon.kernel.errors import ConflictError, NotSignedInError
from jalon.kernel.ids import SecureIdSource

KEEP = timedelta(hours=24)
#: A request that began this long ago and never finished has crashed; its key may be taken again.
ABANDONED_AFTER = timedelta(seconds=60)
#: How often a key is asked for that others take and free in the same instants, each with a request that is refused.
_CLAIMS = 3
_PUBLIC = "public"

Next = Callable[[APIGatewayHttpResolver], Response[Any]]
Middleware = Callable[[APIGatewayHttpResolver, Next], Response[Any]]
#: Makes a secret of an answer, the same one from the same request's name.
Secret = Callable[[str], str]


class RequestInProgressError(ConflictError):
    """The first request under this key has not finished yet."""

    code = "request_in_progress"


class AnswersOfOwner(GlobalSecondaryIndex["IdempotencyRecord"]):  # PynamoDB leaves the hook untyped
    """What one caller was answered: for the caller's erasure."""

    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner = UnicodeAttribute(hash_key=True)


class IdempotencyRecord(Model):
    """One key: who used it for what, and what was answered.

    ``claim`` tells two requests apart that are alike, so that a claim whose answer was lost is known again (:mod:`jalon.edge.own_writes`);
    records of an earlier version have none.
    """

    class Meta(TableMeta):
        table_name = "idempotency"

    key = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute(null=True)
    request = UnicodeAttribute()
    claim = UnicodeAttribute(null=True)
    status = NumberAttribute(default=0)
    content_type = UnicodeAttribute(null=True)
    location = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    started_at = NumberAttribute()
    expires_at = NumberAttribute()

    by_owner = AnswersOfOwner()


@dataclass(frozen=True, slots=True)
class _Request:
    """Whose it is; its place in the table; and what tells it from another one under the same key."""

    owner: str
    key: str
    digest: str

    @property
    def name(self) -> str:
        return _digest(self.key, self.digest)


def idempotent(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
    """Route middleware: ``@router.post("/v1/…", middlewares=[idempotent])``. The function's wiring binds the table."""
    return _once(app, next_middleware, {})


def idempotent_but_for(**secrets: Secret) -> Middleware:
    """:func:`idempotent` for an answer with secrets in it, by the names of its members: the table does not keep them.

    The route makes each with the same function from :func:`request_name`, and so it is made again when the answer is.
    """

    @wraps(idempotent)
    def middleware(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
        return _once(app, next_middleware, secrets)

    return middleware


def request_name(event: BaseProxyEvent) -> str:
    """What names this request: the same when it is repeated, another for another caller, key, method, path or body.

    It is no secret: the table holds what it is made of. Raises what :func:`idempotent` does of the key.
    """
    return _request(event).name


def _request(event: BaseProxyEvent) -> _Request:
    given = idempotency_key(event.headers)
    try:
        owner = caller(event.raw_event).subject
    except NotSignedInError:
        owner = _PUBLIC
    return _Request(owner, _digest(owner, given), _digest(event.http_method, event.path, event.body or ""))


def _once(app: APIGatewayHttpResolver, next_middleware: Next, secrets: dict[str, Secret]) -> Response[Any]:
    request = _request(app.current_event)
    if request.owner != _PUBLIC:
        refuse_erased(request.owner)
    record = _record(request, int(SystemClock().now().timestamp()))
    stored = _claim(record)
    if stored is not None:
        return _answer_again(stored, request, secrets)
    try:
        response = next_middleware(app)
    except BaseException:
        _release(request.key)
        raise
    if response.status_code >= 300:
        _release(request.key)
        return response
    _keep(record, response, secrets)
    return response


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return base64url(digest.digest())


def _record(request: _Request, now: int) -> IdempotencyRecord:
    return IdempotencyRecord(
        request.key,
        owner=None if request.owner == _PUBLIC else request.owner,
        request=request.digest,
        claim=SecureIdSource().new("claim"),
        status=0,
        started_at=now,
        expires_at=now + int(KEEP.total_seconds()),
    )


def _claim(record: IdempotencyRecord) -> IdempotencyRecord | None:
    """Take the key for this request, or return what stands under it.

    Raises :class:`RequestInProgressError` when it is taken each time, and each time free again before it is read.
    """
    now = record.started_at
    abandoned = IdempotencyRecord.started_at < now - int(ABANDONED_AFTER.total_seconds())
    free = IdempotencyRecord.key.does_not_exist() | (IdempotencyRecord.expires_at < now) | ((IdempotencyRecord.status == 0) & abandoned)
    for _ in range(_CLAIMS):
        try:
            with translated():
                record.save(condition=free)
        except ConditionFailedError:
            stored = _standing(record.key)
            if stored is not None:
                return stored
        else:
            return None
    raise _in_progress()


def _standing(key: str) -> IdempotencyRecord | None:
    """What stands under a key; nothing when the request that took it was refused meanwhile, and freed it."""
    try:
        with translated():
            return IdempotencyRecord.get(key, consistent_read=True)
    except DoesNotExist:
        return None


def _in_progress() -> RequestInProgressError:
    return RequestInProgressError("The first request under this Idempotency-Key is still under way; repeat it in a second.")


def _answer_again(stored: IdempotencyRecord, request: _Request, secrets: dict[str, Secret]) -> Response[Any]:
    if stored.request != request.digest:
        raise key_reused()
    if not stored.status:
        raise _in_progress()
    headers = {"Idempotency-Replayed": "true"} | ({"Location": stored.location} if stored.location else {})
    return Response(
        status_code=int(stored.status),
        content_type=stored.content_type or "application/json",
        body=_with_secrets(stored.body or "", request, secrets),
        headers=headers,
    )


def _keep(record: IdempotencyRecord, response: Response[Any], secrets: dict[str, Secret]) -> None:
    location = response.headers.get("Location")
    record.status = response.status_code
    record.content_type = str(response.headers.get("Content-Type", "application/json"))
    record.location = str(location) if location else None
    record.body = _without_secrets(response.body if isinstance(response.body, str) else _json(response.body), secrets)
    with translated():
        record.save()


def _without_secrets(body: str, secrets: dict[str, Secret]) -> str:
    """The body as it is kept: each secret's member is there, and null."""
    return _json(json.loads(body) | dict.fromkeys(secrets)) if secrets else body


def _with_secrets(body: str, request: _Request, secrets: dict[str, Secret]) -> str:
    """The body as it was sent. Records of an earlier version, which live for a day, hold their secrets: those stay as they are."""
    if not secrets:
        return body
    document = json.loads(body)
    made = {member: make(request.name) for member, make in secrets.items() if document[member] is None}
    return _json(document | made)


def _json(value: Any) -> str:
    """As the resolver writes it."""
    return json.dumps(value, separators=(",", ":"))


def _release(key: str) -> None:
    with translated():
        IdempotencyRecord(key).delete()
