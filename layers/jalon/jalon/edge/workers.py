"""Batches from queues and streams: each failed record is reported, and the log names it; none stops the others of a queue."""

from collections.abc import Callable, Mapping
from typing import Any

from jalon.edge.observability import failure, metric

Record = Mapping[str, Any]
BatchHandler = Callable[[dict[str, Any], Any], dict[str, Any]]


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


def _succeeds(service: str, process: Callable[[Record], None], record: Record) -> bool:
    try:
        process(record)
    except Exception as error:  # noqa: BLE001 - the edge of a worker: the record goes back to its queue, its failure to the log
        failure(service, "RECORD_FAILED", error, **_ids(record))
        metric("RecordFailed", service=service)
        return False
    return True


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
