"""From the domain's values to the API's."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from functions.sessions.schemas import (
    BirthPlaceModel,
    CandidateList,
    CandidateView,
    CertificationView,
    FinalisationView,
    InvigilationView,
    LiveCandidateView,
    ReportView,
    SessionView,
)
from jalon.certification.candidates import Candidate, own_duration
from jalon.certification.reports import Report
from jalon.certification.sessions import Session
from jalon.certification.watch_session import LiveCandidate
from jalon.kernel.clock import iso


def optional_iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def session_view(session: Session, now: datetime) -> SessionView:
    return SessionView(
        number=session.number,
        uai=session.uai,
        centre=session.centre,
        site=session.site,
        room=session.room,
        name=session.name,
        date=session.date,
        start_time=session.start_time.isoformat("minutes"),
        time_zone=session.time_zone,
        starts_at=iso(session.starts_at),
        invigilators=list(session.invigilators),
        observation=session.observation,
        status=session.status(now).value,
        access_code=session.access_code,
        invigilator_code=session.invigilator_code,
        opened=session.opened_at is not None,
        published_at=optional_iso(session.published_at),
    )


def report_view(report: Report) -> ReportView:
    return ReportView(
        id=report.report_id,
        code=report.code,
        question_number=report.question_number,
        description=report.description,
        hour=report.hour,
        at=iso(report.at),
    )


def candidate_view(candidate: Candidate) -> CandidateView:
    identity, place = candidate.identity, candidate.identity.birth_place
    return CandidateView(
        id=candidate.candidate_id,
        certification_id=candidate.certification_id,
        last_name=identity.last_name,
        first_name=identity.first_name,
        birth_date=identity.birth_date,
        sex=identity.sex,
        birth_place=BirthPlaceModel(country=place.country, insee_code=place.insee_code, postcode=place.postcode, town=place.town),
        class_name=candidate.class_name,
        external_id=candidate.external_id,
        extra_time_percent=candidate.extra_time_percent,
        status=candidate.status.value,
        reports=[report_view(report) for report in candidate.reports],
    )


def candidate_list(candidates: Iterable[Candidate]) -> CandidateList:
    return CandidateList(items=[candidate_view(candidate) for candidate in candidates])


def invigilation_view(session: Session, room: Iterable[LiveCandidate], now: datetime) -> InvigilationView:
    return InvigilationView(
        session_number=session.number, status=session.status(now).value, candidates=[_live_view(live, now) for live in room]
    )


def _live_view(live: LiveCandidate, now: datetime) -> LiveCandidateView:
    candidate, identity = live.candidate, live.candidate.identity
    running = live.question_number is not None and live.deadline_at is not None
    return LiveCandidateView(
        id=candidate.candidate_id,
        last_name=identity.last_name,
        first_name=identity.first_name,
        birth_date=identity.birth_date,
        extra_time_percent=candidate.extra_time_percent,
        extension_min=candidate.extension_min,
        progress=live.progress.value,
        question_number=live.question_number,
        question_count=live.question_count,
        minutes_left=_minutes_left(live.deadline_at, now) if running else None,
        deadline_at=optional_iso(live.deadline_at),
        last_seen_at=optional_iso(live.last_seen_at),
        connected=live.connected,
        reports=[report_view(report) for report in candidate.reports],
    )


def _minutes_left(deadline_at: datetime | None, now: datetime) -> int | None:
    """Whole minutes, rounded up, never below 0."""
    if deadline_at is None:
        return None
    return max(0, -int((now - deadline_at).total_seconds() // 60))


def finalisation_view(session: Session, now: datetime) -> FinalisationView | None:
    finalisation = session.finalisation
    if finalisation is None:
        return None
    return FinalisationView(
        session_number=session.number,
        number=finalisation.number,
        status=session.status(now).value,
        requested_at=iso(finalisation.requested_at),
        in_jury_since=optional_iso(finalisation.in_jury_since),
        published_at=optional_iso(session.published_at),
    )


def certification_view(session: Session, live: LiveCandidate, test: dict[str, Any] | None = None) -> CertificationView:
    candidate = live.candidate
    return CertificationView(
        id=candidate.certification_id,
        status=live.progress.value,
        session_number=candidate.session_number,
        centre=session.centre,
        site=session.site,
        room=session.room,
        date=session.date,
        start_time=session.start_time.isoformat("minutes"),
        time_zone=session.time_zone,
        last_name=candidate.identity.last_name,
        first_name=candidate.identity.first_name,
        duration_min=_whole_minutes(own_duration(candidate.extra_time_percent, candidate.extension_min)),
        extra_time_percent=candidate.extra_time_percent,
        question_count=live.question_count,
        assessment_id=candidate.assessment_id,
        test=test,
    )


def _whole_minutes(duration: timedelta) -> int:
    """Rounded up."""
    return -(-duration // timedelta(minutes=1))
