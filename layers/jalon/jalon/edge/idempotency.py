"""``Idempotency-Key`` on the POSTs that create: the same request answers the same, another one under the key is refused.

Follows the IETF draft *The Idempotency-Key HTTP Header Field* (draft-ietf-httpapi-idempotency-key-header): the key is
required where a route asks for it; a finished request answers again what it answered; one under way is a conflict.
Only successes are kept: a refusal wrote nothing, so the caller may mend the request and send it under the same key.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from jalon.edge.auth import caller
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import ConditionFailedError, TableMeta, translated
from jalon.kernel.clock import Clock, SystemClock
from jalon.kernel.errors import ConflictError, InvalidInputError, NotSignedInError, Violation

KEEP = timedelta(hours=24)
#: A request that began this long ago and never finished has crashed; its key may be taken again.
ABANDONED_AFTER = timedelta(seconds=60)
MAX_KEY_LENGTH = 255
_PUBLIC = "public"

Next = Callable[[APIGatewayHttpResolver], Response[Any]]


class IdempotencyKeyRequiredError(InvalidInputError):
    """A POST that creates came without its key."""

    code = "idempotency_key_required"


class IdempotencyKeyReusedError(InvalidInputError):
    """The key was used for another request."""

    code = "idempotency_key_reused"


class RequestInProgressError(ConflictError):
    """The first request under this key has not finished yet."""

    code = "request_in_progress"


class AnswersOfOwner(GlobalSecondaryIndex["IdempotencyRecord"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves the hook untyped
    """What one caller was answered: for the caller's erasure."""

    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner = UnicodeAttribute(hash_key=True)


class IdempotencyRecord(Model):
    """One key: who used it for what, and what was answered."""

    class Meta(TableMeta):
        table_name = "idempotency"

    key = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute(null=True)
    request = UnicodeAttribute()
    status = NumberAttribute(default=0)
    content_type = UnicodeAttribute(null=True)
    location = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    started_at = NumberAttribute()
    expires_at = NumberAttribute()

    by_owner = AnswersOfOwner()


def idempotent(app: APIGatewayHttpResolver, next_middleware: Next, clock: Clock | None = None) -> Response[Any]:
    """Route middleware: ``@router.post("/v1/…", middlewares=[idempotent])``. The function's wiring binds the table."""
    event = app.current_event
    given = (event.headers.get("idempotency-key") or "").strip()
    if not given or len(given) > MAX_KEY_LENGTH:
        raise IdempotencyKeyRequiredError(
            f"Send a header Idempotency-Key of 1 to {MAX_KEY_LENGTH} characters: fresh for each thing to create, "
            "the same when you repeat the request.",
            (Violation("/headers/idempotency-key", "A fresh UUID serves well.", "required"),),
        )
    try:
        owner = caller(event.raw_event).subject
    except NotSignedInError:
        owner = _PUBLIC
    else:
        refuse_erased(owner)
    key = _digest(owner, given)
    request = _digest(event.http_method, event.path, event.body or "")
    now = (clock or SystemClock()).now()
    record = _record(key, owner, request, int(now.timestamp()))
    stored = _claim(record)
    if stored is not None:
        return _answer_again(stored, request)
    try:
        response = next_middleware(app)
    except BaseException:
        _release(key)
        raise
    if response.status_code >= 300:
        _release(key)
        return response
    _keep(record, response)
    return response


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _record(key: str, owner: str, request: str, now: int) -> IdempotencyRecord:
    return IdempotencyRecord(
        key,
        owner=None if owner == _PUBLIC else owner,
        request=request,
        status=0,
        started_at=now,
        expires_at=now + int(KEEP.total_seconds()),
    )


def _claim(record: IdempotencyRecord) -> IdempotencyRecord | None:
    """Take the key for this request, or return what stands under it."""
    now = record.started_at
    free = (
        IdempotencyRecord.key.does_not_exist()
        | (IdempotencyRecord.expires_at < now)
        | ((IdempotencyRecord.status == 0) & (IdempotencyRecord.started_at < now - int(ABANDONED_AFTER.total_seconds())))
    )
    try:
        with translated():
            record.save(condition=free)
    except ConditionFailedError:
        with translated():
            return IdempotencyRecord.get(record.key, consistent_read=True)
    return None


def _answer_again(stored: IdempotencyRecord, request: str) -> Response[Any]:
    if stored.request != request:
        raise IdempotencyKeyReusedError(
            "This Idempotency-Key was used for another request; choose a fresh one.",
            (Violation("/headers/idempotency-key", "Already used for another method, path or body.", "reused"),),
        )
    if not stored.status:
        raise RequestInProgressError("The first request under this Idempotency-Key is still under way; repeat it in a second.")
    headers = {"Idempotency-Replayed": "true"} | ({"Location": stored.location} if stored.location else {})
    return Response(
        status_code=int(stored.status), content_type=stored.content_type or "application/json", body=stored.body or "", headers=headers
    )


def _keep(record: IdempotencyRecord, response: Response[Any]) -> None:
    location = response.headers.get("Location")
    record.status = response.status_code
    record.content_type = str(response.headers.get("Content-Type", "application/json"))
    record.location = str(location) if location else None
    record.body = response.body if isinstance(response.body, str) else json.dumps(response.body, ensure_ascii=False)
    with translated():
        record.save()


def _release(key: str) -> None:
    with translated():
        IdempotencyRecord(key).delete()
