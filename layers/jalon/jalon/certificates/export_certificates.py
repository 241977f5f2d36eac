"""Published results and certificates, as their owner takes them along (docs/personal-data.schema.json, ``certifications``)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from jalon.certificates.certificate import VALIDITY, PublishedResult
from jalon.certificates.open_badge import compact
from jalon.certificates.records import document_of
from jalon.kernel.base64url import base64url
from jalon.kernel.clock import iso
from jalon.kernel.ids import CertificationId


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """One version of a certificate with its two signed forms, unopened: an export hands them on as they are."""

    version: int
    issued_at: datetime
    key_id: str
    token: bytes
    credential: bytes
    revoked_at: datetime | None


FindCertificates = Callable[[CertificationId], Sequence[KeptCertificate]]


def certifications_document(lines: Iterable[PublishedResult], certificates: FindCertificates) -> list[dict[str, Any]]:
    """Each published line as it stands in the school's table, and every certificate of it, revoked ones too."""
    return [
        {
            **{name: value for name, value in document_of(line.result).items() if name != "user_id"},
            "published_at": iso(line.published_at),
            "code": line.code,
            "revoked_at": iso(line.revoked_at) if line.revoked_at else None,
            "certificates": [_certificate(certificate) for certificate in certificates(line.result.certification_id)],
        }
        for line in lines
    ]


def _certificate(certificate: KeptCertificate) -> dict[str, Any]:
    """``token`` is what the QR code carries, in base64url; ``open_badge`` the credential (VC-JWT): both can be checked for ever."""
    last_day = certificate.issued_at.astimezone(UTC).date() + VALIDITY - timedelta(days=1)
    return {
        "version": certificate.version,
        "issued_at": iso(certificate.issued_at),
        "valid_until": last_day.isoformat(),
        "key_id": certificate.key_id,
        "token": base64url(certificate.token),
        "open_badge": compact(certificate.credential),
        "revoked_at": iso(certificate.revoked_at) if certificate.revoked_at else None,
    }
