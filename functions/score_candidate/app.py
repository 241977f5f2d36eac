"""State-machine task: score one candidate by rule, or set the case aside for the jury."""

from typing import Any

from functions.score_candidate.wiring import marking
from jalon.certification.score_candidate import ScoreCandidate, score_candidate, set_aside
from jalon.certification.workflow_tasks import is_clean
from jalon.edge.observability import logger, metric
from jalon.edge.tasks import task
from jalon.kernel.ids import CandidateId, SessionNumber

SERVICE = "score_candidate"


@task(SERVICE)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """``{"session_number", "finalisation", "candidate_id"}`` → the result's key, and whether nothing of it waits for the jury.

    With ``"set_aside": true`` the version is written without a score. Raises ``ScoringError``, which the machine catches by name.
    """
    number, candidate_id = SessionNumber(event["session_number"]), CandidateId(event["candidate_id"])
    command = ScoreCandidate(number, int(event["finalisation"]), candidate_id)
    result = set_aside(marking(), command) if event.get("set_aside") else score_candidate(marking(), command)
    logger(SERVICE).info("CANDIDATE_SCORED", certification_id=result.certification_id, version=result.version)
    metric("CandidateScored", outcome=result.outcome.value)
    return {
        "candidate_id": candidate_id,
        "certification_id": result.certification_id,
        "version": result.version,
        "outcome": result.outcome.value,
        "clean": is_clean(result),
    }
