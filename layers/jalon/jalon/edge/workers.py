"""Batches from queues and streams: each failed record is reported, none stops the others."""

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
        failure(service, "RECORD_FAILED", error)
        metric("RecordFailed", service=service)
        return False
    return True
