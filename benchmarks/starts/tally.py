"""What one request asks of the cloud, counted where every client of it passes.

Units are counted from item sizes by the rules in :mod:`benchmarks.answers.units`. What a write replaces is read beside it, which is not
counted: the larger of the item before and after counts, at least 1 unit, and twice in a transaction. An eventually consistent read
takes half of a consistent one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from benchmarks.answers.units import item_bytes, read_units, write_units

_CALL = BaseClient._make_api_call
_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass(slots=True)
class Tally:
    """Operations of DynamoDB in order, their units by table, the keys read from S3, and how often KMS signed."""

    operations: list[str] = field(default_factory=list)
    read_units: Counter[str] = field(default_factory=Counter)
    write_units: Counter[str] = field(default_factory=Counter)
    objects: list[str] = field(default_factory=list)
    signatures: int = 0

    def figures(self) -> dict[str, Any]:
        """As they are reported."""
        return {
            "operations": len(self.operations),
            "read_units": self.read_units.total(),
            "write_units": self.write_units.total(),
            "read_units_by_table": dict(self.read_units),
            "write_units_by_table": dict(self.write_units),
            "objects": len(self.objects),
            "signatures": self.signatures,
        }


@contextmanager
def tallied() -> Iterator[Tally]:
    """Count everything that is asked of the cloud while the block runs."""
    tally = Tally()

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != "dynamodb":
            tally.objects += [request["Key"]] if operation == "GetObject" else []
            tally.signatures += operation == "Sign"
            return _CALL(client, operation, request)
        before = [_size(client, write) for write in _writes(operation, request)]
        answer = _CALL(client, operation, request)
        tally.operations.append(operation)
        tally.read_units.update(_read(operation, request, answer))
        times = 2 if operation == "TransactWriteItems" else 1
        for size, write in zip(before, _writes(operation, request), strict=True):
            tally.write_units[write["TableName"]] += times * max(1, write_units(size, _size(client, write)))
        return answer

    with patch.object(BaseClient, "_make_api_call", call):
        yield tally


def _read(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, float]:
    """The units of a read, by table."""
    if operation == "GetItem":
        return {request["TableName"]: read_units(item_bytes(answer.get("Item") or {})) / _halves(request)}
    if operation == "Query":
        return {request["TableName"]: read_units(sum(map(item_bytes, answer["Items"]))) / _halves(request)}
    if operation == "BatchGetItem":
        return {
            table: sum(read_units(item_bytes(item)) for item in found) / _halves(request["RequestItems"][table])
            for table, found in answer["Responses"].items()
        }
    if operation in {*_WRITES, "TransactWriteItems"}:
        return {}
    raise ValueError(f"how many units {operation} takes is not written down here")


def _halves(request: Mapping[str, Any]) -> int:
    return 1 if request.get("ConsistentRead") else 2


def _writes(operation: str, request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The item of each write, as its table and its key or the whole of it."""
    if operation in _WRITES:
        return [request]
    if operation == "TransactWriteItems":
        return [write for element in request["TransactItems"] for write in element.values()]
    return []


def _size(client: Any, write: Mapping[str, Any]) -> int:
    """The size in bytes of an item as it is stored now; 0 when there is none."""
    table = write["TableName"]
    given = write.get("Key") or write["Item"]
    key = {name: given[name] for name in _key_names(client, table)}
    found = _CALL(client, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
    return item_bytes(found.get("Item") or {})


@cache
def _key_names(client: Any, table: str) -> tuple[str, ...]:
    schema = _CALL(client, "DescribeTable", {"TableName": table})["Table"]["KeySchema"]
    return tuple(part["AttributeName"] for part in schema)
