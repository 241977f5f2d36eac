"""How results are written into the tables: one JSON document each, so that a version is read back exactly as it was published."""

from datetime import UTC, date, datetime
from typing import Any

from jalon.certificates.certificate import CertificationResult, Outcome
from jalon.kernel.ids import CertificationId, Ine, SessionNumber, Uai, UserId


def instant(text: str) -> datetime:
    """An instant as :func:`jalon.kernel.clock.iso` wrote it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def document_of(result: CertificationResult) -> dict[str, Any]:
    """A result as JSON values."""
    return {
        "certification_id": result.certification_id,
        "version": result.version,
        "session_number": result.session_number,
        "uai": result.uai,
        "centre": result.centre,
        "user_id": result.user_id,
        "first_name": result.first_name,
        "last_name": result.last_name,
        "birth_date": result.birth_date.isoformat(),
        "birth_place": result.birth_place,
        "outcome": result.outcome.value,
        "score": result.score,
        "levels": dict(result.levels),
        "max_score": result.max_score,
        "max_level": result.max_level,
        "taken_on": result.taken_on.isoformat(),
        "ine": result.ine,
        "external_id": result.external_id,
        "comment_for_candidate": result.comment_for_candidate,
        "comment_for_organisation": result.comment_for_organisation,
    }


def result_of(document: dict[str, Any]) -> CertificationResult:
    """The reverse of :func:`document_of`."""
    return CertificationResult(
        certification_id=CertificationId(document["certification_id"]),
        version=int(document["version"]),
        session_number=SessionNumber(document["session_number"]),
        uai=Uai(document["uai"]),
        centre=document["centre"],
        user_id=UserId(document["user_id"]),
        first_name=document["first_name"],
        last_name=document["last_name"],
        birth_date=date.fromisoformat(document["birth_date"]),
        birth_place=document["birth_place"],
        outcome=Outcome(document["outcome"]),
        score=int(document["score"]),
        levels={code: int(level) for code, level in document["levels"].items()},
        max_score=int(document["max_score"]),
        max_level=int(document["max_level"]),
        taken_on=date.fromisoformat(document["taken_on"]),
        ine=Ine(document["ine"]) if document["ine"] else None,
        external_id=document["external_id"],
        comment_for_candidate=document["comment_for_candidate"],
        comment_for_organisation=document["comment_for_organisation"],
    )
