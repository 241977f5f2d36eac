"""What this context asks of its tables and of the static site. Adapters: ``table_store.py`` and ``site_store.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jalon.certificates.certificate import Certificate, PublishedResult
from jalon.kernel.errors import NotFoundError
from jalon.kernel.ids import CertificationId, Ine, SessionNumber, UserId, VerificationCode


class CertificateNotFoundError(NotFoundError):
    """There is no such certificate, or the caller may not know of it."""

    code = "certificate_not_found"


class CertificateStore(Protocol):
    """Certificates by certification and version; each is written once and then only revoked."""

    def get(self, certification_id: CertificationId, version: int) -> Certificate | None:
        """One version, read consistently."""
        ...

    def versions(self, certification_id: CertificationId) -> Sequence[Certificate]:
        """Every version of a certification, oldest first, read consistently."""
        ...

    def add(self, certificate: Certificate) -> Certificate:
        """Keep ``certificate``, or return the one that is already there under its certification and version."""
        ...

    def mark_revoked(self, certification_id: CertificationId, version: int, at: datetime, reason: str) -> Certificate:
        """The certificate, revoked; an earlier revocation stays as it was. :class:`CertificateNotFoundError` if there is none."""
        ...

    def claim_code(self, code: VerificationCode, certification_id: CertificationId, version: int) -> bool:
        """Take ``code`` for this certificate; False when it is another's."""
        ...

    def by_code(self, code: VerificationCode) -> Certificate | None:
        """The certificate that bears ``code``."""
        ...

    def index_student(self, ine: Ine, certification_id: CertificationId, version: int) -> None:
        """Let the certificate be found by the student's national number."""
        ...


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A page of a user's lines, newest first; ``cursor`` is empty on the last page."""

    lines: tuple[PublishedResult, ...]
    cursor: Mapping[str, str]


class ResultStore(Protocol):
    """Published results: one line per candidate of a session, the latest version."""

    def put(self, result: PublishedResult) -> PublishedResult:
        """Keep the line unless a later version is there; the line that stands is returned."""
        ...

    def mark_revoked(self, number: SessionNumber, certification_id: CertificationId, version: int, at: datetime) -> None:
        """The line's certificate counts no more; nothing changes if a later version stands there or it was said before."""
        ...

    def find(self, number: SessionNumber, certification_id: CertificationId) -> PublishedResult | None:
        """The line that stands, read consistently."""
        ...

    def of_session(self, number: SessionNumber) -> Sequence[PublishedResult]:
        """Every line of a session, in no order."""
        ...

    def of_user(self, user_id: UserId) -> Sequence[PublishedResult]:
        """Every line of a user, newest first (may lag behind a publication by a second)."""
        ...

    def page_of_user(self, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ResultPage:
        """The same, ``limit`` at a time, after the place that the page before gave; InvalidInputError for one that none gave."""
        ...


class StatusStore(Protocol):
    """Places in the status lists, and which of them are revoked."""

    def claim_place(self, year: int, place: int, owner: str) -> bool:
        """Take a place for ``owner``; True also when it is theirs already, False when it is another's."""
        ...

    def revoke_place(self, year: int, place: int, at: datetime) -> None:
        """Mark a place; marking it again changes nothing."""
        ...

    def revoked_places(self, year: int) -> frozenset[int]:
        """The marked places, read consistently."""
        ...


class Site(Protocol):
    """The static site's files."""

    def put(self, path: str, body: bytes, media_type: str, cache_control: str) -> None: ...
