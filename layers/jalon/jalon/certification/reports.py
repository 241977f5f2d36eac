"""Reports (*signalements*): what the invigilator writes down about a candidate's test (docs/domain.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jalon.certification.errors import InvalidReportError
from jalon.kernel.errors import Violation
from jalon.kernel.ids import UserId


class ReportCode(StrEnum):
    """The categories; the French wording is the invigilator's, and stays with the pages that show it."""

    C1 = "C1"  # name or birth date to correct
    C2 = "C2"  # extra time to change
    C3 = "C3"  # end screen not seen (give the hour)
    C4 = "C4"  # present but did not sign
    C5 = "C5"  # could not finish
    C6 = "C6"  # suspected fraud
    C7 = "C7"  # non-blocking, about the candidate
    C8 = "C8"  # non-blocking, technical
    E1 = "E1"  # image
    E2 = "E2"  # simulator
    E3 = "E3"  # file does not open
    E4 = "E4"  # site down
    E5 = "E5"  # site blocked by the school's network
    E6 = "E6"  # link broken
    E7 = "E7"  # other (describe)
    E8 = "E8"  # extra time not applied
    E9 = "E9"  # software missing
    E10 = "E10"  # focus lost for a technical reason
    E11 = "E11"  # error page
    E12 = "E12"  # accessibility
    A1 = "A1"  # technical
    A2 = "A2"  # other

    @property
    def on_a_question(self) -> bool:
        """True for the E-codes, which carry the number of a question."""
        return self.value.startswith("E")


# Codes that say nothing without words: what to correct, what happened.
DESCRIBED = frozenset(
    {ReportCode.C1, ReportCode.C2, ReportCode.C5, ReportCode.C6, ReportCode.C7, ReportCode.C8, ReportCode.E7, ReportCode.A1, ReportCode.A2}
)
MAX_REPORTS = 50
_MAX_QUESTIONS = 48
_MAX_DESCRIPTION = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """One report on one candidate. ``question_number`` counts from 1; ``hour`` is the wall clock as typed (``HH:MM``), for C3."""

    report_id: str
    code: ReportCode
    author: UserId
    at: datetime
    question_number: int | None = None
    description: str = ""
    hour: str = ""


def check_report(report: Report, existing: Sequence[Report]) -> None:
    """Raises :class:`InvalidReportError` naming every field that is missing or superfluous for the report's code."""
    violations = [*_check_question(report), *_check_description(report), *_check_hour(report)]
    if len(existing) >= MAX_REPORTS:
        violations.append(Violation("/candidate_id", f"A candidate has at most {MAX_REPORTS} reports.", "too_many_reports"))
    if violations:
        raise InvalidReportError("This report cannot be kept as it is.", tuple(violations))


def _check_question(report: Report) -> list[Violation]:
    number = report.question_number
    if report.code.on_a_question and (number is None or not 1 <= number <= _MAX_QUESTIONS):
        return [
            Violation(
                "/question_number", f"{report.code} needs the number of the question (1 to {_MAX_QUESTIONS}).", "question_number_required"
            )
        ]
    if not report.code.on_a_question and number is not None:
        return [
            Violation("/question_number", f"{report.code} is not about a question: leave the number out.", "question_number_superfluous")
        ]
    return []


def _check_description(report: Report) -> list[Violation]:
    if report.code in DESCRIBED and not report.description.strip():
        return [Violation("/description", f"{report.code} needs a description.", "description_required")]
    if len(report.description) > _MAX_DESCRIPTION:
        return [Violation("/description", f"At most {_MAX_DESCRIPTION} characters.", "description_too_long")]
    return []


def _check_hour(report: Report) -> list[Violation]:
    if report.code is ReportCode.C3:
        return (
            []
            if _is_hour(report.hour)
            else [Violation("/hour", "C3 needs the hour at which the test ended, such as 10:45.", "hour_required")]
        )
    return [Violation("/hour", f"{report.code} has no hour: leave it out.", "hour_superfluous")] if report.hour else []


def _is_hour(text: str) -> bool:
    hours, separator, minutes = text.partition(":")
    if separator != ":" or not all(len(part) == 2 and part.isascii() and part.isdigit() for part in (hours, minutes)):
        return False
    return int(hours) < 24 and int(minutes) < 60
