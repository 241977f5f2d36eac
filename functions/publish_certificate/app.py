"""State-machine task: publish one candidate's result. Input as the machine hands it over, output its identifiers."""

from typing import Any

from functions.publish_certificate.wiring import parts
from jalon.certificates.from_certification import result_from
from jalon.certificates.publish_certificate import publish_certificate
from jalon.edge.observability import logger, metric
from jalon.edge.tasks import task
from jalon.kernel.ids import CandidateId, SessionNumber

SERVICE = "publish_certificate"


@task(SERVICE)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """``{"session_number", "finalisation", "candidate_id", "certification_id"}`` → what was published of it."""
    shared = parts()
    outcome = shared.handover.outcome(SessionNumber(event["session_number"]), CandidateId(event["candidate_id"]))
    line = publish_certificate(shared.publishing, result_from(outcome))
    logger(SERVICE).info("RESULT_PUBLISHED", certification_id=line.result.certification_id, version=line.result.version)
    metric("ResultPublished", outcome=line.result.outcome.value)
    return {
        "certification_id": line.result.certification_id,
        "version": line.result.version,
        "outcome": line.result.outcome.value,
        "certified": line.code is not None,
    }
