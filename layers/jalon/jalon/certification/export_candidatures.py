"""Candidatures and rooms invigilated, as their owner takes them along (docs/personal-data.schema.json).

What others wrote about the person (reports) is in it once the results are published, without who wrote it; who decided in a jury
is not in it either. What the centre's list says of a row is in it once it is settled that the row is the person's: a classmate too knows
what it takes to join.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from jalon.certification.candidates import Candidate
from jalon.certification.records import identity_record
from jalon.certification.reports import Report
from jalon.certification.results import ResultStore, ResultVersion
from jalon.certification.sessions import Session, SessionStore
from jalon.kernel.clock import iso
from jalon.kernel.ids import Ine, SessionNumber


def candidatures_document(
    candidates: Iterable[Candidate], sessions: SessionStore, results: ResultStore, proven: Collection[Ine]
) -> list[dict[str, Any]]:
    """Each session joined: the row of the centre's list, what happened, and the result's versions once they are published.

    The row is shown to whom an invigilator, who looks at papers, let start, and to whom one of the ``proven`` numbers is.
    """
    return [_candidature(candidate, sessions.get(candidate.session_number), results, proven) for candidate in candidates]


def invigilations_document(rooms: Iterable[tuple[SessionNumber, datetime]]) -> list[dict[str, Any]]:
    """The rooms joined as invigilator."""
    return [{"session_number": number, "joined_at": iso(joined_at)} for number, joined_at in rooms]


def _candidature(candidate: Candidate, session: Session, results: ResultStore, proven: Collection[Ine]) -> dict[str, Any]:
    own = candidate.authorised_at is not None or candidate.ine in proven
    return {
        "certification": candidate.certification_id,
        "session_number": session.number,
        "centre": session.centre,
        "site": session.site,
        "room": session.room,
        "date": session.date.isoformat(),
        "start_time": session.start_time.isoformat(timespec="minutes"),
        "time_zone": session.time_zone,
        "enrolled_as": identity_record(candidate.identity) if own else None,
        "national_number": candidate.ine if own else None,
        "class": (candidate.class_name or None) if own else None,
        "external_id": (candidate.external_id or None) if own else None,
        "extra_time_percent": candidate.extra_time_percent if own else None,
        "extension_min": candidate.extension_min,
        "joined_at": _optional(candidate.joined_at),
        "authorised_at": _optional(candidate.authorised_at),
        "started_at": _optional(candidate.started_at),
        "ended_at": _optional(candidate.ended_at),
        "abort_reason": candidate.abort_reason.value if candidate.abort_reason else None,
        "assessment": candidate.assessment_id,
        "reports": [_report(report) for report in candidate.reports] if session.is_published else [],
        "results_published": session.is_published,
        "result_versions": _versions(candidate, session, results),
    }


def _versions(candidate: Candidate, session: Session, results: ResultStore) -> list[dict[str, Any]]:
    if not session.is_published or candidate.started_at is None:
        return []
    return [_version(version) for version in results.history(candidate.certification_id)]


def _version(version: ResultVersion) -> dict[str, Any]:
    decision = version.decision
    return {
        "version": version.version,
        "at": iso(version.at),
        "outcome": version.outcome.value,
        "reason": version.reason,
        "pix": version.pix,
        "rate": version.rate,
        "trusted": version.trusted,
        "ending": version.ending,
        "max_level": version.max_level,
        "competences": {code: {"level": competence.level, "pix": competence.pix} for code, competence in version.competences.items()},
        "marks": [
            {
                "number": mark.number,
                "competence": mark.competence,
                "challenge": mark.challenge_id,
                "result": mark.result,
                "neutralised": mark.neutralised,
                "counted_right": mark.counted_right,
            }
            for mark in version.marks
        ],
        "decision": {"kind": decision.kind, "at": iso(decision.at)} if decision else None,
        "corrected_identity": identity_record(version.corrected_identity) if version.corrected_identity else None,
        "comment_for_candidate": version.comment_for_candidate,
        "comment_for_organisation": version.comment_for_organisation,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "code": report.code.value,
        "at": iso(report.at),
        "question_number": report.question_number,
        "description": report.description,
        "hour": report.hour,
    }


def _optional(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def published_certifications(documents: Sequence[dict[str, Any]]) -> frozenset[str]:
    """The certifications among these candidatures whose results are published."""
    return frozenset(document["certification"] for document in documents if document["results_published"])
