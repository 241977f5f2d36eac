"""Queue worker: takes the next step of somebody's erasure."""

from functions.erase_account.wiring import erasing
from jalon.accounts.erase_account import erase_account
from jalon.accounts.erasure import ErasureStatus, is_overdue
from jalon.accounts.erasure_store import reminded
from jalon.edge.observability import logger, metric
from jalon.edge.workers import Record, sqs_batch

SERVICE = "erase_account"


def process(record: Record) -> None:
    """One reminder. A failure goes back to the queue and begins again at the step that failed."""
    user_id = reminded(record["body"])
    erasure = erase_account(erasing(), user_id)
    if erasure is None:
        logger(SERVICE).info("NOTHING_TO_ERASE", user_id=user_id)
        return
    logger(SERVICE).info("ERASURE_STEPPED", subject=erasure.subject, status=erasure.status.value)
    if erasure.status is ErasureStatus.VERIFIED:
        metric("AccountErased", service=SERVICE)
    elif is_overdue(erasure, erasing().clock.now()):
        metric("ErasureOverdue", service=SERVICE)


handler = sqs_batch(SERVICE, process)
