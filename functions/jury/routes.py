"""Routes of the jury (docs/domain.md §8)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from functions.jury import rendering
from functions.jury.schemas import (
    ApprovalView,
    CertificateRevocationRequest,
    ChangeResultRequest,
    CommentRequest,
    CorrectIdentityRequest,
    CorrectionRequest,
    DecisionRequest,
    NeutraliseQuestionRequest,
    ResultView,
    ReviewView,
    RevocationView,
    SanctionRequest,
    SettleReportRequest,
    WaitingSessionList,
)
from functions.jury.wiring import SERVICE, parts
from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certification import decisions
from jalon.certification.correct_session import CorrectSession, correct_session
from jalon.certification.identities import BirthPlace, Identity
from jalon.certification.review_session import approve_publication, record_decision, review_session
from jalon.edge.idempotency import idempotent
from jalon.edge.observability import logger, metric
from jalon.edge.paging import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor, encode_cursor
from jalon.edge.signed_in import user_in_role
from jalon.kernel.clock import iso
from jalon.kernel.cursors import text_of
from jalon.kernel.ids import CertificationId, SessionNumber, UserId

router = Router()

NumberPath = Annotated[str, Path(pattern=r"^[0-9]{1,12}$")]
CertificationPath = Annotated[str, Path(pattern=r"^crt_[0-9a-f]{32}$")]

_SANCTIONS: dict[str, Callable[[], decisions.AnyDecision]] = {
    "reject": decisions.Reject,
    "cancel": decisions.Cancel,
    "reinstate": decisions.Reinstate,
}


@router.get("/v1/jury/sessions")
def list_waiting(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> WaitingSessionList:
    """The sessions that wait for the jury."""
    _jury()
    position = decode_cursor(cursor)
    page = parts().bench.worklist.page(limit, SessionNumber(text_of(position, "after")) if position else None)
    following = {"after": page[-1].session_number} if len(page) == limit else None
    return WaitingSessionList(items=[rendering.waiting_view(waiting) for waiting in page], next_cursor=encode_cursor(following))


@router.get("/v1/jury/sessions/<number>")
def review(number: NumberPath) -> ReviewView:
    """A finalised session in full: every candidate's result, reports and history."""
    _jury()
    return rendering.review_view(review_session(parts().bench, SessionNumber(number)), parts().clock.now())


@router.post("/v1/jury/certifications/<certification_id>/decisions", status_code=HTTPStatus.CREATED, middlewares=[idempotent])
def decide(certification_id: CertificationPath, body: Annotated[DecisionRequest, Body()]) -> Response[ResultView]:
    """Decide on one certification; the decision makes the next version of its result, signed by its author."""
    author = _jury()
    decision = _decision(body)
    result = record_decision(parts().bench, author, CertificationId(certification_id), decision, body.version)
    logger(SERVICE).info("DECISION_RECORDED", certification_id=certification_id, version=result.version, kind=body.kind, author=author)
    metric("DecisionRecorded", kind=body.kind)
    return Response(status_code=HTTPStatus.CREATED, content_type="application/json", body=rendering.result_view(result))


@router.post("/v1/jury/sessions/<number>/publication", status_code=HTTPStatus.ACCEPTED)
def publish(number: NumberPath) -> Response[ApprovalView]:
    """Let the session be published, once nothing waits for a decision any more. Repeating it is harmless."""
    author = _jury()
    session = approve_publication(parts().bench, author, SessionNumber(number))
    logger(SERVICE).info("PUBLICATION_APPROVED", session_number=number, author=author)
    metric("PublicationApproved")
    approved_at = session.finalisation.approved_at if session.finalisation else None
    view = ApprovalView(
        number=session.number,
        status=session.status(parts().clock.now()).value,
        approved_at=iso(approved_at or parts().clock.now()),
    )
    return Response(status_code=HTTPStatus.ACCEPTED, content_type="application/json", body=view)


@router.post("/v1/jury/sessions/<number>/correction", middlewares=[idempotent], status_code=HTTPStatus.ACCEPTED)
def correct(number: NumberPath, body: CorrectionRequest) -> Response[ReviewView]:
    """Open a published session again: the jury decides anew, and only what it changes gets a new certificate."""
    author = _jury()
    shared = parts()
    command = CorrectSession(SessionNumber(number), author, body.reason)
    bench = shared.bench
    session = correct_session(bench.sessions, shared.open_finalisations, bench.executions, shared.clock, command)
    logger(SERVICE).info("SESSION_REOPENED", session_number=number, author=author)
    metric("SessionReopened")
    view = rendering.review_view(review_session(bench, session.number), shared.clock.now())
    return Response(status_code=HTTPStatus.ACCEPTED, content_type="application/json", body=view)


@router.post("/v1/jury/certifications/<certification_id>/revocation")
def revoke(certification_id: CertificationPath, body: CertificateRevocationRequest) -> RevocationView:
    """Take the certificate of a published certification back. Repeating it is harmless."""
    author = _jury()
    shared = parts()
    command = Revocation(CertificationId(certification_id), body.reason)
    certificate = revoke_certificate(shared.certificates, shared.published, shared.statuses, shared.clock, command)
    logger(SERVICE).info("CERTIFICATE_REVOKED", certification_id=certification_id, author=author)
    metric("CertificateRevoked")
    return RevocationView(certification_id=certification_id, revoked_at=rendering.optional_iso(certificate.revoked_at))


def _jury() -> UserId:
    return user_in_role(router, "jury")


def _decision(body: DecisionRequest) -> decisions.AnyDecision:
    """The request as the domain's decision."""
    match body:
        case SettleReportRequest():
            return decisions.SettleReport(body.report_id, body.upheld)
        case NeutraliseQuestionRequest():
            return decisions.NeutraliseQuestion(body.question_number, body.neutralised)
        case CorrectIdentityRequest():
            return decisions.CorrectIdentity(_identity(body))
        case ChangeResultRequest():
            levels = {code: item.level for code, item in body.competences.items()}
            return decisions.ChangeResult(levels, {code: item.pix for code, item in body.competences.items()})
        case CommentRequest():
            return decisions.Comment(body.for_candidate, body.for_organisation)
        case SanctionRequest():
            return _SANCTIONS[body.kind]()


def _identity(body: CorrectIdentityRequest) -> Identity:
    identity, place = body.identity, body.identity.birth_place
    birth_place = BirthPlace(place.country, place.insee_code, place.postcode, place.town)
    return Identity(identity.last_name, identity.first_name, identity.birth_date, identity.sex, birth_place)
