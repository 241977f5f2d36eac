"""From the domain's values to the jury's views."""

from datetime import datetime

from functions.jury.schemas import (
    CompetenceView,
    DecisionView,
    MarkView,
    ResultView,
    ReviewedBirthPlace,
    ReviewedCertificationView,
    ReviewedIdentity,
    ReviewView,
    SettledReportView,
    WaitingSessionView,
)
from jalon.certification.identities import Identity
from jalon.certification.results import ResultVersion
from jalon.certification.review_session import Review, ReviewedCandidate
from jalon.certification.worklist import WaitingSession
from jalon.kernel.clock import iso

_BY_RULE = "scored"


def optional_iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def waiting_view(waiting: WaitingSession) -> WaitingSessionView:
    return WaitingSessionView(
        number=waiting.session_number,
        uai=waiting.uai,
        centre=waiting.centre,
        certifications=waiting.certifications,
        to_decide=waiting.to_decide,
        global_comment=waiting.global_comment,
        waiting_since=iso(waiting.waiting_since),
        reminders=waiting.reminders,
    )


def review_view(review: Review, now: datetime) -> ReviewView:
    session, finalisation = review.session, review.session.finalisation
    return ReviewView(
        number=session.number,
        uai=session.uai,
        centre=session.centre,
        status=session.status(now).value,
        finalisation=finalisation.number if finalisation else 0,
        global_comment=finalisation.global_comment if finalisation else "",
        in_jury_since=optional_iso(finalisation.in_jury_since) if finalisation else None,
        approved_at=optional_iso(finalisation.approved_at) if finalisation else None,
        approved_by=finalisation.approved_by if finalisation else None,
        open_points=review.open_points,
        certifications=[_certification_view(item) for item in review.candidates],
    )


def result_view(result: ResultVersion) -> ResultView:
    return ResultView(
        version=result.version,
        outcome=result.outcome.value,
        reason=result.reason,
        pix=result.pix,
        rate=result.rate,
        trusted=result.trusted,
        ending=result.ending,
        competences=_competences(result),
        marks=[
            MarkView(
                number=mark.number,
                competence=mark.competence,
                challenge_id=mark.challenge_id,
                result=mark.result,
                neutralised=mark.neutralised,
                counted_right=mark.counted_right,
            )
            for mark in result.marks
        ],
        open_points=list(result.open_points),
        comment_for_candidate=result.comment_for_candidate,
        comment_for_organisation=result.comment_for_organisation,
    )


def _competences(result: ResultVersion) -> list[CompetenceView]:
    codes = sorted(set(result.competences) | set(result.levels_at_start))
    views = []
    for code in codes:
        start, certified = result.levels_at_start.get(code), result.competences.get(code)
        views.append(
            CompetenceView(
                code=code,
                level_at_start=start.level if start else None,
                level=certified.level if certified else 0,
                pix=certified.pix if certified else 0,
            )
        )
    return views


def _certification_view(item: ReviewedCandidate) -> ReviewedCertificationView:
    candidate, result = item.candidate, item.result
    corrected = result.corrected_identity if result else None
    return ReviewedCertificationView(
        certification_id=candidate.certification_id,
        candidate_id=candidate.candidate_id,
        identity=identity_model(corrected or candidate.identity),
        corrected=corrected is not None,
        extra_time_percent=candidate.extra_time_percent,
        abort_reason=candidate.abort_reason.value if candidate.abort_reason else None,
        reports=_reports(item),
        result=result_view(result) if result else None,
        history=[_history_view(version) for version in item.history],
    )


def identity_model(identity: Identity) -> ReviewedIdentity:
    place = identity.birth_place
    return ReviewedIdentity(
        last_name=identity.last_name,
        first_name=identity.first_name,
        birth_date=identity.birth_date,
        sex="M" if identity.sex == "M" else "F",
        birth_place=ReviewedBirthPlace(country=place.country, insee_code=place.insee_code, postcode=place.postcode, town=place.town),
    )


def _reports(item: ReviewedCandidate) -> list[SettledReportView]:
    outcomes = {settlement.report_id: settlement.outcome.value for settlement in item.result.settlements} if item.result else {}
    return [
        SettledReportView(
            id=report.report_id,
            code=report.code.value,
            question_number=report.question_number,
            description=report.description,
            hour=report.hour,
            at=iso(report.at),
            outcome=outcomes.get(report.report_id),
        )
        for report in item.candidate.reports
    ]


def _history_view(version: ResultVersion) -> DecisionView:
    decision = version.decision
    return DecisionView(
        version=version.version,
        author=version.author,
        at=iso(version.at),
        kind=decision.kind if decision else _BY_RULE,
        details=dict(decision.details) if decision else {},
    )
