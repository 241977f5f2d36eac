"""State-machine task: close a finalised session to late starts; which candidates started, and whether it has a global comment."""

from typing import Any

from functions.load_session.wiring import parts
from jalon.certification.workflow_tasks import load_session
from jalon.edge.observability import logger
from jalon.edge.tasks import task
from jalon.kernel.ids import SessionNumber

SERVICE = "load_session"


@task(SERVICE)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """``{"session_number", "finalisation"}`` → the session, and one self-contained item per candidate who started."""
    number, finalisation = SessionNumber(event["session_number"]), int(event["finalisation"])
    loaded = load_session(parts().sessions, parts().candidates, number, finalisation)
    logger(SERVICE).info("SESSION_LOADED", session_number=number, finalisation=finalisation, candidates=len(loaded.started))
    return {
        "session_number": number,
        "finalisation": finalisation,
        "published": loaded.published,
        "global_comment": loaded.global_comment,
        "candidates": [
            {
                "session_number": number,
                "finalisation": finalisation,
                "candidate_id": candidate.candidate_id,
                "certification_id": candidate.certification_id,
            }
            for candidate in loaded.started
        ],
    }
