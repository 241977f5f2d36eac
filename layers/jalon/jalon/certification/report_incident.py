"""Write a report on a candidate, or take it back, until the session is finalised (docs/domain.md §7)."""

from dataclasses import dataclass, replace

from jalon.certification.candidates import Candidate
from jalon.certification.reports import Report, ReportCode, check_report
from jalon.certification.supervise_session import Room, require_open
from jalon.kernel.ids import CandidateId, IdSource, SessionNumber, UserId


@dataclass(frozen=True, slots=True)
class ReportIncident:
    number: SessionNumber
    candidate_id: CandidateId
    author: UserId
    code: ReportCode
    question_number: int | None = None
    description: str = ""
    hour: str = ""


def report_incident(room: Room, ids: IdSource, command: ReportIncident) -> Report:
    """The report as it is kept.

    Raises :class:`InvalidReportError`, :class:`CandidateNotFoundError`, :class:`SessionFinalisedError` (checked again by the
    candidate's row, which scoring freezes first: a report is either scored or refused, never lost) or
    :class:`CandidateChangedError`.
    """
    require_open(room.sessions.get(command.number))
    candidate = room.candidates.get(command.number, command.candidate_id)
    report = Report(
        report_id=ids.new("rpt"),
        code=command.code,
        author=command.author,
        at=room.clock.now(),
        question_number=command.question_number,
        description=command.description.strip(),
        hour=command.hour.strip(),
    )
    check_report(report, candidate.reports)
    room.candidates.replace(replace(candidate, reports=(*candidate.reports, report)), candidate)
    return report


def withdraw_report(room: Room, number: SessionNumber, candidate_id: CandidateId, report_id: str) -> Candidate:
    """Takes a report back; withdrawing one that is not there changes nothing."""
    require_open(room.sessions.get(number))
    candidate = room.candidates.get(number, candidate_id)
    kept = tuple(report for report in candidate.reports if report.report_id != report_id)
    return candidate if kept == candidate.reports else room.candidates.replace(replace(candidate, reports=kept), candidate)
