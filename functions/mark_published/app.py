"""State-machine task: lock a published session and take it off the jury's and the sweep's lists."""

from typing import Any

from functions.mark_published.wiring import parts
from jalon.certification.workflow_tasks import mark_published
from jalon.edge.observability import logger
from jalon.edge.tasks import task
from jalon.kernel.clock import iso
from jalon.kernel.ids import SessionNumber

SERVICE = "mark_published"


@task(SERVICE)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """``{"session_number", "finalisation"}`` → when the session was published first."""
    number, finalisation = SessionNumber(event["session_number"]), int(event["finalisation"])
    shared = parts()
    session = mark_published(shared.sessions, shared.worklist, shared.open_finalisations, shared.clock, number, finalisation)
    logger(SERVICE).info("SESSION_LOCKED", session_number=number, finalisation=finalisation)
    return {"session_number": number, "published_at": iso(session.published_at) if session.published_at else ""}
