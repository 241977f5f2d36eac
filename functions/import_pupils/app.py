"""Queue worker: imports each list that a school has uploaded."""

import json
from urllib.parse import unquote_plus

from functions.import_pupils.wiring import importing, tries
from jalon.edge.observability import logger, metric
from jalon.edge.workers import Record, sqs_batch
from jalon.kernel.ids import ImportId, Uai
from jalon.organisations.import_pupils import give_up, import_pupils
from jalon.organisations.upload_store import import_of_key

SERVICE = "import_pupils"


def process(record: Record) -> None:
    """One message: the bucket's notice of new objects, or the test notice it sends when it is set up."""
    for notice in json.loads(record["body"]).get("Records", []):
        uploaded = import_of_key(unquote_plus(notice["s3"]["object"]["key"]))
        if uploaded is None:
            logger(SERVICE).warning("UPLOAD_UNKNOWN")
            continue
        _import(*uploaded, last_try=int(record["attributes"]["ApproximateReceiveCount"]) >= tries())


def _import(uai: Uai, import_id: ImportId, *, last_try: bool) -> None:
    """A failure goes back to the queue; the last one is told to the school too."""
    try:
        outcome = import_pupils(importing(), uai, import_id)
    except Exception:
        if last_try:
            give_up(importing(), uai, import_id)
        raise
    if outcome is None:
        logger(SERVICE).warning("IMPORT_UNKNOWN", uai=uai, import_id=import_id)
        return
    logger(SERVICE).info("IMPORT_ENDED", uai=uai, import_id=import_id, status=outcome.status.value, pupils=outcome.counts.imported)
    metric("ImportEnded", status=outcome.status.value)


handler = sqs_batch(SERVICE, process)
