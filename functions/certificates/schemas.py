"""What the API says of published results."""

from datetime import date, datetime
from typing import Literal

from jalon.edge.schemas import AnswerSchema

Status = Literal["validated", "rejected", "cancelled", "revoked"]


class MyCertification(AnswerSchema):
    """One line of "Mes certifications". ``code``, ``score`` and the rest of a certificate are null unless it counts."""

    id: str
    session_number: str
    status: Status
    taken_on: date
    centre: str
    published_at: datetime
    comment: str
    code: str | None
    score: int | None
    max_score: int | None
    levels: dict[str, int] | None
    valid_until: date | None
    certificate: str | None


class MyCertifications(AnswerSchema):
    """A page of them, newest first."""

    items: list[MyCertification]
    next_cursor: str | None


class VerificationView(AnswerSchema):
    """How the certificate of a code stands, with what was signed."""

    code: str
    status: Literal["genuine", "expired", "revoked"]
    name: str
    score: int
    max_score: int
    max_level: int
    levels: dict[str, int]
    issued_on: date
    valid_until: date


class ArchiveView(AnswerSchema):
    """A session's certificates in one file: ``url`` is there once it is ready, for ten minutes."""

    status: Literal["preparing", "ready", "failed"]
    url: str | None


class SessionResult(AnswerSchema):
    """One candidate's published result, for the school."""

    certification_id: str
    first_name: str
    last_name: str
    birth_date: date
    birth_place: str
    external_id: str
    status: Status
    score: int | None
    levels: dict[str, int] | None
    comment: str
    taken_on: date


class SessionResults(AnswerSchema):
    """The school's table of a session, by last name."""

    session_number: str
    centre: str
    items: list[SessionResult]
