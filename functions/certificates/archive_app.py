"""Queue worker: prints the archives that schools ask for. It is shipped with the function that prints single certificates."""

from functools import partial

from functions.certificates.archive import write_archive
from functions.certificates.wiring import printing
from jalon.certificates.archives import ArchiveOrder, ArchiveStatus, prepare_archive
from jalon.edge.observability import logger, metric
from jalon.edge.workers import Record, sqs_batch

SERVICE = "archive_certificates"


def process(record: Record) -> None:
    """One order. A failure goes back to the queue; the last one is told to the school too."""
    parts = printing()
    order = ArchiveOrder.parse(record["body"])
    try:
        printed = prepare_archive(parts.shelf, parts.certificates, partial(write_archive, site_url=parts.site_url, seal=parts.seal), order)
    except Exception:
        if int(record["attributes"]["ApproximateReceiveCount"]) >= parts.tries:
            parts.shelf.note(order.key, ArchiveStatus.FAILED)
        raise
    logger(SERVICE).info("ARCHIVE_PREPARED", key=order.key, certificates=printed)
    metric("ArchivePrepared", value=printed)


handler = sqs_batch(SERVICE, process)
