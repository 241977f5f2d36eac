"""Stream worker: notes in a pupil's profile that the results of a certification are awaited, and each version that is published."""

from functions.project_certifications.wiring import parts
from jalon.certificates.project_certification import note_candidature, note_result
from jalon.edge.erasures import AccountErasedError
from jalon.edge.observability import logger
from jalon.edge.workers import Record, stream_batch
from jalon.kernel.ids import CandidateId, CertificationId, SessionNumber

SERVICE = "project_certifications"


def project(record: Record) -> None:
    """One record of the candidates' stream or of the published results'; nothing comes back for a person who is erased."""
    if record["eventName"] == "REMOVE":
        return
    keys, shared = record["dynamodb"]["Keys"], parts()
    number = SessionNumber(keys["session_number"]["S"])
    try:
        if "candidate_id" in keys:
            note_candidature(shared.following, shared.profiles, shared.releases, number, CandidateId(keys["candidate_id"]["S"]))
        else:
            note_result(shared.following, shared.profiles, shared.releases, number, CertificationId(keys["certification_id"]["S"]))
    except AccountErasedError:
        logger(SERVICE).info("PROFILE_OF_ERASED_ACCOUNT", session_number=number)


handler = stream_batch(SERVICE, project)
