"""Every five minutes: begin lost finalisations again, and keep the tokens of those that wait for the jury alive."""

from typing import Any

from functions.resume_finalisations.wiring import parts
from jalon.certification.run_finalisation import keep_jury_waiting, resume_finalisations
from jalon.edge.observability import logger, metric
from jalon.edge.tasks import task
from jalon.kernel.errors import UnavailableError

SERVICE = "resume_finalisations"


class SweepIncompleteError(UnavailableError):
    """Some finalisations could not be looked at this time."""

    code = "sweep_incomplete"


@task(SERVICE)
def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """What the sweep found and did. The event says nothing more than that it is time.

    Raises :class:`SweepIncompleteError`, after everything else is done, when some could not be looked at: the alarm on this
    function's errors tells of it, and the next sweep comes in five minutes.
    """
    shared = parts()
    heard = keep_jury_waiting(shared.worklist, shared.executions)
    sweep = resume_finalisations(shared.sessions, shared.open_finalisations, shared.executions, shared.clock)
    counts = {
        "open": sweep.open,
        "begun": sweep.begun,
        "closed": sweep.closed,
        "stuck": sweep.stuck,
        "failed": sweep.failed,
        "heard": heard,
    }
    logger(SERVICE).info("FINALISATIONS_SWEPT", extra=counts)
    metric("FinalisationsBegunAgain", sweep.begun)
    metric("FinalisationsStuck", sweep.stuck)
    if sweep.failed:
        raise SweepIncompleteError("Some finalisations could not be looked at.", failed=sweep.failed)
    return counts
