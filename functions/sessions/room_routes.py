"""The invigilator's portal (docs/domain.md §7)."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.sessions import rendering
from functions.sessions.doors import CandidatePath, NumberPath, room_session
from functions.sessions.schemas import (
    CandidateView,
    ExtensionRequest,
    InvigilationView,
    InvigilatorRequest,
    ReportRequest,
    ReportView,
    SessionView,
)
from functions.sessions.wiring import SERVICE, parts
from jalon.certification.report_incident import ReportIncident, report_incident, withdraw_report
from jalon.certification.supervise_session import authorise_candidate, end_test, extend_time, free_seat, join_as_invigilator
from jalon.certification.watch_session import watch_session
from jalon.edge.idempotency import idempotent
from jalon.edge.observability import logger, metric
from jalon.edge.polling import polled
from jalon.edge.signed_in import user
from jalon.kernel.ids import CandidateId, SessionNumber

router = Router()


@router.post("/v1/sessions/<number>/invigilators")
def join(number: NumberPath, body: InvigilatorRequest) -> SessionView:
    """Join the session's room with the invigilator's code, until the session is finalised; joining again is harmless.

    Any signed-in account may but a candidate's of the session.
    """
    session = join_as_invigilator(parts().room, SessionNumber(number), body.invigilator_code, user(router))
    logger(SERVICE).info("INVIGILATOR_JOINED", session_number=session.number)
    metric("InvigilatorJoined")
    return rendering.session_view(session, parts().clock.now())


@router.get("/v1/sessions/<number>/invigilation", middlewares=[polled])
def watch(number: NumberPath) -> InvigilationView:
    """The room, live: who is present, how far each is. Poll it with its ETag."""
    session, _ = room_session(router, number)
    return rendering.invigilation_view(session, watch_session(parts().room, session.number), parts().clock.now())


@router.post("/v1/sessions/<number>/candidates/<candidate_id>/authorisation")
def authorise(number: NumberPath, candidate_id: CandidatePath) -> CandidateView:
    """Let a candidate start or, after a cut, resume once on any device."""
    session, _ = room_session(router, number)
    candidate = authorise_candidate(parts().room, session.number, CandidateId(candidate_id))
    logger(SERVICE).info("CANDIDATE_AUTHORISED", session_number=session.number, candidate_id=candidate_id)
    metric("CandidateAuthorised")
    return rendering.candidate_view(candidate)


@router.delete("/v1/sessions/<number>/candidates/<candidate_id>/account", status_code=HTTPStatus.NO_CONTENT)
def free(number: NumberPath, candidate_id: CandidatePath) -> Response[None]:
    """Give a candidate's place back that another one's account has taken, until the test starts; the account hears it at its next request.

    It does not take the place again for five minutes. Repeating the request is harmless.
    """
    session, person = room_session(router, number)
    free_seat(parts().room, parts().ids, session.number, CandidateId(candidate_id))
    logger(SERVICE).info("SEAT_FREED", session_number=session.number, candidate_id=candidate_id, by=person)
    metric("SeatFreed")
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/v1/sessions/<number>/candidates/<candidate_id>/extension")
def extend(number: NumberPath, candidate_id: CandidatePath, body: ExtensionRequest) -> CandidateView:
    """Give a candidate more time."""
    session, _ = room_session(router, number)
    candidate = extend_time(parts().room, session.number, CandidateId(candidate_id), body.total_min)
    logger(SERVICE).info("TIME_EXTENDED", session_number=session.number, candidate_id=candidate_id, total_min=body.total_min)
    return rendering.candidate_view(candidate)


@router.post("/v1/sessions/<number>/candidates/<candidate_id>/end")
def end(number: NumberPath, candidate_id: CandidatePath) -> CandidateView:
    """End a candidate's test; from then on every answer is refused."""
    session, _ = room_session(router, number)
    candidate = end_test(parts().room, session.number, CandidateId(candidate_id))
    logger(SERVICE).info("TEST_ENDED", session_number=session.number, candidate_id=candidate_id)
    metric("TestEndedByInvigilator")
    return rendering.candidate_view(candidate)


@router.post("/v1/sessions/<number>/reports", status_code=HTTPStatus.CREATED, middlewares=[idempotent])
def report(number: NumberPath, body: ReportRequest) -> Response[ReportView]:
    """Write a report on a candidate."""
    session, person = room_session(router, number)
    command = ReportIncident(
        number=session.number,
        candidate_id=CandidateId(body.candidate_id),
        author=person,
        code=body.code,
        question_number=body.question_number,
        description=body.description,
        hour=body.hour,
    )
    written = report_incident(parts().room, parts().ids, command)
    logger(SERVICE).info("REPORT_WRITTEN", session_number=session.number, candidate_id=body.candidate_id, report_id=written.report_id)
    metric("ReportWritten", code=body.code.value)
    return Response(status_code=HTTPStatus.CREATED, content_type="application/json", body=rendering.report_view(written))


@router.delete("/v1/sessions/<number>/candidates/<candidate_id>/reports/<report_id>", status_code=HTTPStatus.NO_CONTENT)
def withdraw(number: NumberPath, candidate_id: CandidatePath, report_id: str) -> Response[None]:
    """Take a report back, until the session is finalised."""
    session, _ = room_session(router, number)
    withdraw_report(parts().room, session.number, CandidateId(candidate_id), report_id)
    logger(SERVICE).info("REPORT_WITHDRAWN", session_number=session.number, candidate_id=candidate_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
