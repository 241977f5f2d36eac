"""Published results in the API's words."""

from collections.abc import Sequence
from datetime import UTC, timedelta

from functions.certificates.schemas import MyCertification, MyCertifications, SessionResult, SessionResults, Status, VerificationView
from jalon.certificates.certificate import VALIDITY, PublishedResult
from jalon.certificates.framework import COMPETENCE_CODES
from jalon.certificates.results_table import in_order
from jalon.certificates.stores import ResultPage
from jalon.certificates.verify_code import Verification
from jalon.certification.sessions import Session
from jalon.edge.paging import encode_cursor


def _status(line: PublishedResult) -> Status:
    return "revoked" if line.revoked_at else line.result.outcome.value


def mine(page: ResultPage) -> MyCertifications:
    """A page of "Mes certifications"."""
    return MyCertifications(items=[_mine(line) for line in page.lines], next_cursor=encode_cursor(page.cursor))


def _mine(line: PublishedResult) -> MyCertification:
    result, certified = line.result, line.counts
    return MyCertification(
        id=result.certification_id,
        session_number=result.session_number,
        status=_status(line),
        taken_on=result.taken_on,
        centre=result.centre,
        published_at=line.published_at,
        comment=result.comment_for_candidate,
        code=line.code,
        score=result.score if certified else None,
        max_score=result.max_score if certified else None,
        levels=dict(result.levels) if certified else None,
        valid_until=line.published_at.astimezone(UTC).date() + VALIDITY - timedelta(days=1) if certified else None,
        certificate=f"/v1/me/certifications/{result.certification_id}/certificate.pdf" if certified else None,
    )


def verification(found: Verification) -> VerificationView:
    """What a registered client is told of a code."""
    facts = found.facts
    return VerificationView(
        code=facts.code,
        status=found.standing.value,
        name=facts.name,
        score=facts.score,
        max_score=facts.max_score,
        max_level=facts.max_level,
        levels={code: level for code, level in zip(COMPETENCE_CODES, facts.levels, strict=True) if level},
        issued_on=facts.issued_on,
        valid_until=facts.valid_until,
    )


def table(session: Session, lines: Sequence[PublishedResult]) -> SessionResults:
    """The school's table of ``session``."""
    return SessionResults(session_number=session.number, centre=session.centre, items=[_candidate(line) for line in in_order(lines)])


def _candidate(line: PublishedResult) -> SessionResult:
    result, counts = line.result, line.counts
    return SessionResult(
        certification_id=result.certification_id,
        first_name=result.first_name,
        last_name=result.last_name,
        birth_date=result.birth_date,
        birth_place=result.birth_place,
        external_id=result.external_id,
        status=_status(line),
        score=result.score if counts else None,
        levels=dict(result.levels) if counts else None,
        comment=result.comment_for_organisation,
        taken_on=result.taken_on,
    )
