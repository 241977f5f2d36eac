"""Every five minutes: begin lost finalisations again, and keep the tokens of those that wait for the jury alive."""

from typing import Any

from functions.resume_finalisations.wiring import parts
from jalon.certification.run_finalisation import keep_jury_waiting, resume_finalisations
from jalon.edge.observability import logger, metric

SERVICE = "resume_finalisations"


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """What the sweep found and did. The event says nothing more than that it is time."""
    shared = parts()
    heard = keep_jury_waiting(shared.worklist, shared.executions)
    sweep = resume_finalisations(shared.sessions, shared.open_finalisations, shared.executions, shared.clock)
    logger(SERVICE).info("FINALISATIONS_SWEPT", open=sweep.open, begun=sweep.begun, closed=sweep.closed, stuck=sweep.stuck, heard=heard)
    metric("FinalisationsBegunAgain", sweep.begun)
    metric("FinalisationsStuck", sweep.stuck)
    return {"open": sweep.open, "begun": sweep.begun, "closed": sweep.closed, "stuck": sweep.stuck, "heard": heard}
