"""Queue worker: writes exports of people's own data."""

from functools import partial

from functions.export_data.document import collect
from functions.export_data.wiring import parts
from jalon.accounts.export_store import ordered
from jalon.accounts.exports import give_up_export, prepare_export
from jalon.edge.observability import logger, metric
from jalon.edge.workers import Record, sqs_batch

SERVICE = "export_data"


def process(record: Record) -> None:
    """One order. A failure goes back to the queue; the last one is told to the person too."""
    shared, wanted = parts(), ordered(record["body"])
    try:
        written = prepare_export(shared.store, shared.shelf, partial(collect, shared.sources), wanted)
    except Exception:
        if int(record["attributes"]["ApproximateReceiveCount"]) >= shared.tries:
            give_up_export(shared.store, wanted)
        raise
    if written is None:
        logger(SERVICE).info("EXPORT_NOT_WANTED", export_id=wanted.export_id)
        return
    logger(SERVICE).info("EXPORT_WRITTEN", export_id=written.export_id, size_bytes=written.size_bytes)
    metric("ExportWritten", service=SERVICE)


handler = sqs_batch(SERVICE, process)
