"""State-machine task: put the session on the jury's worklist, under the token that lets the machine go on."""

from typing import Any

from functions.request_jury.wiring import desk
from jalon.certification.workflow_tasks import request_jury
from jalon.edge.observability import logger, metric
from jalon.edge.tasks import task
from jalon.kernel.ids import SessionNumber

SERVICE = "request_jury"


@task(SERVICE)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """``{"session_number", "finalisation", "token", "reminders"}`` → whether the jury is waited for (it may have agreed already)."""
    number, reminders = SessionNumber(event["session_number"]), int(event["reminders"])
    waiting = request_jury(desk(), number, int(event["finalisation"]), event["token"], reminders)
    logger(SERVICE).info("JURY_REQUESTED", session_number=number, waiting=waiting, reminders=reminders)
    metric("JuryReminded" if reminders else "JuryRequested")
    return {"waiting": waiting}
