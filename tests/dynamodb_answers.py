"""What the emulator never answers: DynamoDB busy, or in the middle of somebody else's transaction, in the very bytes that it sends then.

And what it answers, lost on the way.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from pynamodb.models import Model

#: An answer: an error's name, and for a cancelled transaction the reason of each position.
Answer = tuple[str, tuple[str, ...]]
CANCELLED = "TransactionCanceledException"
IN_A_TRANSACTION: Answer = ("TransactionConflictException", ())
REFUSED: Answer = ("ConditionalCheckFailedException", ())


def cancelled(*reasons: str) -> Answer:
    """A transaction that did not happen; a position that had nothing to do with it has the reason ``None``, in letters."""
    return CANCELLED, reasons


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def answering(model: type[Model], operation: str, *answers: Answer) -> Iterator[list[bytes]]:
    """The next requests of this kind get these answers and reach no table, the last of them as often as it takes; gives their bodies."""
    sent: list[bytes] = []

    def answer(request: AWSRequest, **_: Any) -> AWSResponse:
        name, reasons = answers[min(len(sent), len(answers) - 1)]
        sent.append(bytes(request.body or b""))
        told: dict[str, Any] = {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "Message": name}
        if reasons:
            told["CancellationReasons"] = [{"Code": reason} for reason in reasons]
        return _response(request, 400, told)

    with _instead(model, operation, answer):
        yield sent


@contextmanager
def leaving_all(model: type[Model], operation: str, left: str) -> Iterator[list[bytes]]:
    """A batch gets nothing done: all of it is ``left`` for later, each time; gives the bodies. Who asks without end is stopped."""
    sent: list[bytes] = []

    def answer(request: AWSRequest, **_: Any) -> AWSResponse:
        sent.append(bytes(request.body or b""))
        assert len(sent) < 20, "asked without end"
        return _response(request, 200, {"Responses": {}, left: json.loads(sent[-1])["RequestItems"]})

    with _instead(model, operation, answer):
        yield sent


@contextmanager
def losing(action: str, named: str) -> Iterator[list[str]]:
    """The first request of an action that names something is carried out, and its answer lost; the list says when it was lost."""
    send, lost = URLLib3Session.send, list[str]()

    def answer(session: URLLib3Session, request: AWSPreparedRequest) -> object:
        done = send(session, request)
        if not lost and action in str(request.headers.get("X-Amz-Target")) and named in str(request.body):
            lost.append(action)
            raise ReadTimeoutError(endpoint_url="https://tables.example")
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", answer)
        yield lost


def _response(request: AWSRequest, status: int, document: Any) -> AWSResponse:
    return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, _Raw(json.dumps(document).encode()))


@contextmanager
def _instead(model: type[Model], operation: str, answer: Callable[..., AWSResponse]) -> Iterator[None]:
    client: Any = model._get_connection().connection.client
    event = f"before-send.dynamodb.{operation}"
    client.meta.events.register(event, answer)
    try:
        yield
    finally:
        client.meta.events.unregister(event, answer)
