"""State-machine task: close a session's publication once every candidate's result is published."""

from typing import Any

from functions.publish_session.wiring import parts
from jalon.certificates.publish_session import publish_session
from jalon.edge.observability import logger, metric
from jalon.edge.tasks import task
from jalon.kernel.ids import SessionNumber

SERVICE = "publish_session"


@task(SERVICE)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """``{"session_number", "finalisation"}`` → how many results of each kind the session has."""
    shared = parts()
    number = SessionNumber(event["session_number"])
    expected = [outcome.certification_id for outcome in shared.handover.outcomes(number)]
    publication = publish_session(shared.results, shared.lists, number, expected)
    logger(SERVICE).info("SESSION_PUBLISHED", session_number=number)
    metric("SessionPublished")
    return {
        "session_number": publication.session_number,
        "validated": publication.validated,
        "rejected": publication.rejected,
        "cancelled": publication.cancelled,
    }
