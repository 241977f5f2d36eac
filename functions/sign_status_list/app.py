"""Sign the status lists: every five minutes, and at once when the stream tells of a revocation. The event says nothing more."""

from typing import Any

from functions.sign_status_list.wiring import lists
from jalon.certificates.sign_status_lists import sign_status_lists
from jalon.edge.observability import logger, metric
from jalon.edge.tasks import task

SERVICE = "sign_status_list"


@task(SERVICE)
def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Revoked certificates by year of issue; a failure is raised, so that the schedule or the stream tries again."""
    revoked = sign_status_lists(lists())
    logger(SERVICE).info("STATUS_LISTS_SIGNED", lists=len(revoked), revoked=sum(revoked.values()))
    metric("StatusListSigned", value=len(revoked), service=SERVICE)
    return {str(year): count for year, count in revoked.items()}
