"""The certification centre: sessions, their candidates, their finalisation (docs/domain.md §7)."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.sessions import rendering
from functions.sessions.doors import CandidatePath, NumberPath, administered_centre, centre_session
from functions.sessions.schemas import (
    CandidateList,
    CandidateRequest,
    EnrolmentRequest,
    FinalisationRequest,
    FinalisationView,
    SessionChangeRequest,
    SessionList,
    SessionRequest,
    SessionView,
)
from functions.sessions.wiring import SERVICE, parts
from jalon.certification.candidates import AbortReason
from jalon.certification.change_session import ChangeSession, change_session
from jalon.certification.create_session import CreateSession, SessionPlan, create_session
from jalon.certification.enrol_candidates import NewCandidate, enrol_candidates, enrol_class, remove_candidate
from jalon.certification.errors import SessionNotFinalisedError
from jalon.certification.finalise_session import FinaliseSession, finalise_session
from jalon.certification.identities import BirthPlace, Identity
from jalon.certification.sessions import school_year
from jalon.edge.idempotency import idempotent
from jalon.edge.observability import logger, metric
from jalon.edge.paging import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor, encode_cursor
from jalon.kernel.cursors import text_of
from jalon.kernel.ids import CandidateId
from jalon.kernel.uai import parse_uai
from jalon.organisations.organisation import organisation_of

router = Router()


@router.post("/v1/organisations/<uai>/sessions", status_code=HTTPStatus.CREATED, middlewares=[idempotent])
def create(uai: str, body: SessionRequest) -> Response[SessionView]:
    """Create a session; its number and its two codes are in the answer."""
    school = parse_uai(uai)
    person = administered_centre(router, school)
    shared = parts()
    plan = SessionPlan(
        site=body.site,
        room=body.room,
        date=body.date,
        start_time=body.start_time,
        invigilators=tuple(body.invigilators),
        name=body.name,
        observation=body.observation,
        time_zone=body.time_zone,
    )
    command = CreateSession(school, organisation_of(shared.organisations, school).name, person, plan)
    session = create_session(shared.room.sessions, shared.clock, shared.ids, command)
    logger(SERVICE).info("SESSION_CREATED", session_number=session.number, uai=school)
    metric("SessionCreated")
    view = rendering.session_view(session, shared.clock.now())
    headers = {"Location": f"/v1/sessions/{session.number}"}
    return Response(status_code=HTTPStatus.CREATED, content_type="application/json", body=view, headers=headers)


@router.get("/v1/organisations/<uai>/sessions")
def list_sessions(
    uai: str,
    year: Annotated[
        int | None, Query(alias="school_year", ge=2000, le=2100, description="The year it begins in; default the present one.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> SessionList:
    """A centre's sessions of a school year, latest first."""
    school = parse_uai(uai)
    administered_centre(router, school)
    now = parts().clock.now()
    position = decode_cursor(cursor)
    after = text_of(position, "after") if position else None
    wanted = year if year is not None else school_year(now.date())
    page = parts().room.sessions.of_centre(school, wanted, limit, after)
    items = [rendering.session_view(session, now) for session in page.items]
    return SessionList(items=items, next_cursor=encode_cursor({"after": page.next_key} if page.next_key else None))


@router.get("/v1/sessions/<number>")
def read(number: NumberPath) -> SessionView:
    """A session of the caller's centre."""
    session, _ = centre_session(router, number)
    return rendering.session_view(session, parts().clock.now())


@router.patch("/v1/sessions/<number>")
def change(number: NumberPath, body: SessionChangeRequest) -> SessionView:
    """Change a session that has not started; its codes stay."""
    session, _ = centre_session(router, number)
    fields = body.model_dump(exclude_none=True)
    if "invigilators" in fields:
        fields["invigilators"] = tuple(fields["invigilators"])
    changed = change_session(parts().room.sessions, parts().clock, ChangeSession(session.number, **fields))
    logger(SERVICE).info("SESSION_CHANGED", session_number=session.number)
    return rendering.session_view(changed, parts().clock.now())


@router.post("/v1/sessions/<number>/candidates", status_code=HTTPStatus.CREATED, middlewares=[idempotent])
def enrol(number: NumberPath, body: EnrolmentRequest) -> Response[CandidateList]:
    """Enrol a class of the school's list, or candidates one by one; answers those that were added."""
    session, _ = centre_session(router, number)
    shared = parts()
    room = shared.room
    if body.class_name is not None:
        added = enrol_class(room.sessions, room.candidates, shared.pupils, shared.ids, session.number, body.class_name)
    else:
        wanted = [_new_candidate(candidate) for candidate in body.candidates or []]
        added = enrol_candidates(room.sessions, room.candidates, shared.clock, shared.ids, session.number, wanted)
    logger(SERVICE).info("CANDIDATES_ENROLLED", session_number=session.number, count=len(added))
    metric("CandidatesEnrolled", len(added))
    return Response(status_code=HTTPStatus.CREATED, content_type="application/json", body=rendering.candidate_list(added))


@router.get("/v1/sessions/<number>/candidates")
def list_candidates(number: NumberPath) -> CandidateList:
    """The session's list, by name."""
    session, _ = centre_session(router, number)
    return rendering.candidate_list(parts().room.candidates.of_session(session.number))


@router.delete("/v1/sessions/<number>/candidates/<candidate_id>", status_code=HTTPStatus.NO_CONTENT)
def remove(number: NumberPath, candidate_id: CandidatePath) -> Response[None]:
    """Take a candidate who has not joined off the list, until the session starts."""
    session, _ = centre_session(router, number)
    remove_candidate(parts().room.sessions, parts().room.candidates, session.number, CandidateId(candidate_id))
    logger(SERVICE).info("CANDIDATE_REMOVED", session_number=session.number, candidate_id=candidate_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/v1/sessions/<number>/finalisation", status_code=HTTPStatus.ACCEPTED, middlewares=[idempotent])
def finalise(number: NumberPath, body: FinalisationRequest) -> Response[FinalisationView]:
    """Finalise the session; scoring, the jury where it is needed, and publication follow by themselves."""
    session, person = centre_session(router, number)
    shared = parts()
    reasons = {CandidateId(candidate_id): AbortReason(reason) for candidate_id, reason in body.abort_reasons.items()}
    command = FinaliseSession(session.number, person, reasons, body.global_comment)
    finalised = finalise_session(shared.room, shared.open_finalisations, shared.executions, command)
    logger(SERVICE).info("SESSION_FINALISED", session_number=session.number)
    metric("SessionFinalised")
    headers = {"Location": f"/v1/sessions/{session.number}/finalisation"}
    view = rendering.finalisation_view(finalised, shared.clock.now())
    return Response(status_code=HTTPStatus.ACCEPTED, content_type="application/json", body=view, headers=headers)


@router.get("/v1/sessions/<number>/finalisation")
def read_finalisation(number: NumberPath) -> FinalisationView:
    """How far the finalisation is: ``finalised`` (being scored), ``in_jury`` or ``published``."""
    session, _ = centre_session(router, number)
    view = rendering.finalisation_view(session, parts().clock.now())
    if view is None:
        raise SessionNotFinalisedError("This session is not finalised.", session_number=session.number)
    return view


def _new_candidate(body: CandidateRequest) -> NewCandidate:
    place = body.birth_place
    identity = Identity(
        last_name=body.last_name,
        first_name=body.first_name,
        birth_date=body.birth_date,
        sex=body.sex,
        birth_place=BirthPlace(place.country, place.insee_code, place.postcode, place.town),
    )
    return NewCandidate(identity, body.extra_time_percent, body.external_id)
