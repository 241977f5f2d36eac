"""The pupil's way through a certification (docs/domain.md §5, §7)."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.sessions import rendering
from functions.sessions.doors import CertificationPath, RequestKey
from functions.sessions.schemas import CertificationView, JoinRequest
from functions.sessions.wiring import SERVICE, parts
from jalon.assessment.next_question import ask
from jalon.assessment.presentation import present_assessment
from jalon.assessment.settle import settle
from jalon.assessment.state import AssessmentState
from jalon.certification.candidates import Candidate
from jalon.certification.identities import IdentityClaim
from jalon.certification.join_certification import JoinCertification, join_certification, own_candidate
from jalon.certification.start_certification import Begun, resume_certification, start_certification
from jalon.certification.watch_session import live, sitting_test
from jalon.edge.observability import logger, metric
from jalon.edge.polling import polled
from jalon.edge.signed_in import pupil
from jalon.kernel.ids import CertificationId, SessionNumber

router = Router()


@router.post("/v1/certifications", status_code=HTTPStatus.CREATED)
def join(body: JoinRequest) -> Response[CertificationView]:
    """Enter a session with its number and access code, as the person on its list; joining again is harmless."""
    command = JoinCertification(
        user_id=pupil(router),
        number=SessionNumber(body.session_number),
        access_code=body.access_code,
        claim=IdentityClaim(body.last_name, body.first_name, body.birth_date),
    )
    candidate = join_certification(parts().entry, command)
    logger(SERVICE).info("CANDIDATE_JOINED", session_number=candidate.session_number, certification_id=candidate.certification_id)
    metric("CandidateJoined")
    headers = {"Location": f"/v1/certifications/{candidate.certification_id}"}
    return Response(status_code=HTTPStatus.CREATED, content_type="application/json", body=_view(candidate), headers=headers)


@router.get("/v1/certifications/<certification_id>", middlewares=[polled])
def read(certification_id: CertificationPath) -> CertificationView:
    """The caller's certification: whether to wait, start, go on or call the invigilator. Never a question: that is the device's.

    It has what a waiting room shows: where, when, under which name, how long. Poll it with its ETag.
    """
    return _view(own_candidate(parts().entry.candidates, pupil(router), CertificationId(certification_id)))


@router.post("/v1/certifications/<certification_id>/start")
def start(certification_id: CertificationPath, idempotency_key: RequestKey) -> CertificationView:
    """Begin the test once the invigilator has authorised it: the profile is frozen, the questions drawn, the time runs."""
    begun = start_certification(parts().starting, pupil(router), CertificationId(certification_id), idempotency_key)
    logger(SERVICE).info("TEST_STARTED", session_number=begun.candidate.session_number, certification_id=certification_id)
    metric("TestStarted")
    return _begun_view(begun)


@router.post("/v1/certifications/<certification_id>/resume")
def resume(certification_id: CertificationPath, idempotency_key: RequestKey) -> CertificationView:
    """Go on with the test on this device after a cut, once per authorisation; the device before is shut out."""
    begun = resume_certification(parts().entry, pupil(router), CertificationId(certification_id), idempotency_key)
    logger(SERVICE).info("TEST_RESUMED", session_number=begun.candidate.session_number, certification_id=certification_id)
    metric("TestResumed")
    return _begun_view(begun)


def _view(candidate: Candidate) -> CertificationView:
    test = sitting_test(parts().entry.assessments, candidate)
    return _shown(candidate, test)


def _begun_view(begun: Begun) -> CertificationView:
    return _shown(begun.candidate, begun.test, _presented(begun.test))


def _shown(candidate: Candidate, test: AssessmentState | None, presented: dict[str, Any] | None = None) -> CertificationView:
    """With the session as it is now: one read more, for its room may change until somebody starts, and no copy would."""
    session = parts().entry.sessions.get(candidate.session_number)
    return rendering.certification_view(session, live(candidate, test, parts().clock.now()), presented)


def _presented(test: AssessmentState) -> dict[str, Any]:
    """The test with its question and this device's ticket, as the answers function shows it."""
    shared = parts()
    release = shared.starting.releases.pinned(test.release)
    now = shared.clock.now()
    settled, due = settle(shared.entry.assessments, release, test, now)
    asked = None if due is None else ask(release, settled, due, shared.tickets, now)
    return present_assessment(release, settled, asked, shared.link, now)
