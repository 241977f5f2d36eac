"""Close a session's publication: the table is complete and the status lists know what the new versions replaced."""

from collections.abc import Sequence
from dataclasses import dataclass

from jalon.certificates.certificate import Outcome, PublishedResult
from jalon.certificates.sign_status_lists import ListSigning, sign_status_lists
from jalon.certificates.stores import ResultStore
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import CertificationId, SessionNumber


class ResultsMissingError(ConflictError):
    """Some candidates of the session have no published line yet: publish them first."""

    code = "results_missing"


@dataclass(frozen=True, slots=True)
class SessionPublication:
    """How a session's publication ended."""

    session_number: SessionNumber
    validated: int
    rejected: int
    cancelled: int


def publish_session(
    results: ResultStore, lists: ListSigning, number: SessionNumber, expected: Sequence[CertificationId]
) -> SessionPublication:
    """Check that each of ``expected`` has its line, sign the status lists, and count. Safe to repeat.

    Raises :class:`ResultsMissingError` naming how many lines are missing; nothing is signed then.
    """
    lines = results.of_session(number)
    missing = set(expected) - {line.result.certification_id for line in lines}
    if missing:
        raise ResultsMissingError("The session's table is not complete yet.", session_number=str(number), missing=len(missing))
    sign_status_lists(lists)
    return SessionPublication(number, *(_count(lines, outcome) for outcome in (Outcome.VALIDATED, Outcome.REJECTED, Outcome.CANCELLED)))


def _count(lines: Sequence[PublishedResult], outcome: Outcome) -> int:
    return sum(line.result.outcome is outcome for line in lines)
