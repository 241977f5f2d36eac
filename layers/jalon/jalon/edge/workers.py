"""Batches from queues and streams: each failed record is reported, and the log names it; none stops the others of a queue."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from jalon.edge.observability import failure, metric

Record = Mapping[str, Any]
BatchHandler = Callable[[dict[str, Any], Any], dict[str, Any]]
T = TypeVar("T")


def sqs_batch(service: str, process: Callable[[Record], None]) -> BatchHandler:
    """A handler for an SQS event source with ``ReportBatchItemFailures``: every record is tried once, failures go back."""

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        failed = [record["messageId"] for record in event.get("Records", []) if not _succeeds(service, process, record)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handler


def stream_batch(service: str, process: Callable[[Record], None]) -> BatchHandler:
    """A handler for a DynamoDB stream with ``ReportBatchItemFailures``.

    A stream keeps its order, so the batch ends at the first failure: the records from there on come again.
    """

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        for record in event.get("Records", []):
            if not _succeeds(service, process, record):
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return {"batchItemFailures": []}

    return handler


def grouped_stream_batch(service: str, group_of: Callable[[Record], Hashable], process: Callable[[Sequence[Record]], None]) -> BatchHandler:
    """A handler for a DynamoDB stream whose records are processed group by group: all those of one group at once, in their order.

    What it reports is exact all the same: every record before the first failure is processed. So a group that fails is taken apart,
    record by record, and groups that begin after the first failure wait for the next time. Records behind it may have been processed
    with their group, and come again: ``process`` must bear that, and groups must not depend on each other's order.
    """

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        records: list[Record] = event.get("Records", [])
        groups: dict[Hashable, list[int]] = {}
        for place, record in enumerate(records):
            groups.setdefault(group_of(record), []).append(place)
        failed = len(records)
        for places in groups.values():
            if places[0] < failed:
                failed = _first_failure(service, process, records, places, failed)
        left = records[failed : failed + 1]
        return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in left]}

    return handler


def _first_failure(
    service: str, process: Callable[[Sequence[Record]], None], records: Sequence[Record], places: Sequence[int], failed: int
) -> int:
    """The place of the group's first record that fails, ``failed`` (an earlier group's) where none does before it."""
    if len(places) > 1 and _error_of(process, [records[place] for place in places]) is None:
        return failed
    for place in places:
        if place >= failed or not _succeeds(service, lambda record: process([record]), records[place]):
            return min(place, failed)
    return failed


def _succeeds(service: str, process: Callable[[Record], None], record: Record) -> bool:
    error = _error_of(process, record)
    if error is not None:
        failure(service, "RECORD_FAILED", error, **_ids(record))
        metric("RecordFailed", service=service)
    return error is None


def _error_of(process: Callable[[T], None], given: T) -> Exception | None:
    try:
        process(given)
    except Exception as error:  # noqa: BLE001 - the edge of a worker: the record goes back to its queue, its failure to the log
        return error
    return None


def _ids(record: Record) -> dict[str, str]:
    """By what a record can be found again: a message's number; or a change's place in its stream, its item's key, and whose it is.

    The on-failure queue of a stream tells no more than places (``DDBStreamBatchInfo``), so the log is where the item's key stands. Tables
    with a stream have identifiers for keys, and nothing else (held by a test).
    """
    if "messageId" in record:
        return {"message_id": str(record["messageId"])}
    change: Mapping[str, Any] = record.get("dynamodb", {})
    owner = {"user_id": change["NewImage"]["user_id"]} if "user_id" in change.get("NewImage", {}) else {}
    item = {name: str(next(iter(value.values()))) for name, value in {**owner, **change.get("Keys", {})}.items()}
    return {"sequence_number": str(change.get("SequenceNumber")), **item}
