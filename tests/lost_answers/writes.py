"""A conditional write as the sweep plays it, and the tables that it is played on."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from jalon.kernel.errors import JalonError
from tests.cloud import Cloud

JALON = Path(__file__).parent.parent.parent / "layers" / "jalon" / "jalon"


class KnownBy(Enum):
    """Why a write whose answer was lost does no harm when it is sent again."""

    ITEM = "the item stands as the write leaves it (jalon.edge.own_writes)"
    TOKEN = "DynamoDB knows the transaction by its token"
    REPEATED = "the condition holds after the write too, and the second leaves what the first left"
    STANDING = "refused, it is answered with what stands, or with nothing: who wrote it is nobody's question"
    DIGEST = "the answer that stands has this request's digest (docs/protocol.md)"


@dataclass(frozen=True, slots=True)
class Write:
    """``act`` is played on what ``before`` left; ``counted`` names attributes that each time has otherwise, and that are not compared."""

    known_by: KnownBy
    act: Callable[[], object]
    before: Callable[[], object] = lambda: None
    counted: frozenset[str] = frozenset()


@dataclass(slots=True)
class Traffic:
    """What was sent to DynamoDB: the tables named, the conditional writes, which functions of ours sent those, and what was lost."""

    tables: set[str] = field(default_factory=set)
    conditional: list[str] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)


@contextmanager
def observed(*, losing: int | None = None) -> Iterator[Traffic]:
    """The traffic within. Of the conditional write of this number, counted from 0, the first answer is lost after it was carried out."""
    send, traffic = URLLib3Session.send, Traffic()

    def passed_on(session: URLLib3Session, request: AWSPreparedRequest) -> object:
        target = _text(request.headers.get("X-Amz-Target") or "")
        if not target.startswith("DynamoDB"):
            return send(session, request)
        body = _text(request.body)
        traffic.tables |= _tables(json.loads(body))
        number = _noted(traffic, target.partition(".")[2], body)
        answer = send(session, request)
        if number is not None and number == losing and not traffic.lost:
            traffic.lost.append(body)
            raise ReadTimeoutError(endpoint_url="https://tables.example")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", passed_on)
        patch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
        yield traffic


def _text(sent: Any) -> str:
    return sent.decode() if isinstance(sent, bytes) else str(sent)


def _tables(request: dict[str, Any]) -> set[str]:
    batch = request.get("RequestItems", {})
    positions = [part["TableName"] for item in request.get("TransactItems", ()) for part in item.values()]
    return {*batch, *positions, *([request["TableName"]] if "TableName" in request else [])}


def _noted(traffic: Traffic, action: str, body: str) -> int | None:
    """The number of a conditional write; the same for what is sent again."""
    if '"ConditionExpression"' not in body:
        return None
    if body not in traffic.conditional:
        traffic.conditional.append(body)
    traffic.functions |= set(_at_work())
    return traffic.conditional.index(body)


def _at_work() -> Iterator[str]:
    """The functions of ours that are being called, as :mod:`tests.lost_answers.sources` names them."""
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]  # the outermost frame has none
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(JALON):
            yield f"{'.'.join(path.relative_to(JALON).with_suffix('').parts)}.{frame.f_code.co_qualname}"


def played(cloud: Cloud, write: Write, *, losing: int | None = None) -> tuple[object, dict[str, list[str]], Traffic]:
    """What the write answered, what it left in the tables, and its traffic; the tables are emptied again."""
    with observed() as prepared:
        write.before()
    with observed(losing=losing) as traffic:
        try:
            answered: object = write.act()
        except JalonError as error:  # an answer too, and to be the same
            answered = repr(error)
    tables = sorted(prepared.tables | traffic.tables)
    left = {table: sorted(_told(item, write.counted) for item in _items(cloud, table)) for table in tables}
    for table in tables:
        _empty(cloud, table)
    return answered, left, traffic


def _told(item: dict[str, Any], counted: frozenset[str]) -> str:
    kept = {name: sorted(value["SS"]) if "SS" in value else value for name, value in item.items() if name not in counted}
    return repr(sorted(kept.items()))


def _items(cloud: Cloud, table: str) -> list[dict[str, Any]]:
    pages = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def _empty(cloud: Cloud, table: str) -> None:
    dynamodb = cloud.client("dynamodb")
    keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    for item in _items(cloud, table):
        dynamodb.delete_item(TableName=table, Key={key: item[key] for key in keys})
