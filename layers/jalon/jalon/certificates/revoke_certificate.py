"""Take a certificate back. The status list follows at once: ``sign_status_list`` reads the stream of revoked places."""

from dataclasses import dataclass
from datetime import datetime

from jalon.certificates.certificate import Certificate
from jalon.certificates.status_list import year_and_place
from jalon.certificates.stores import CertificateNotFoundError, CertificateStore, ResultStore, StatusStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import CertificationId

SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Revocation:
    """Who takes back what, and why (the reason stays inside; the verification page says "revoked" and the code)."""

    certification_id: CertificationId
    reason: str


def revoke_certificate(
    certificates: CertificateStore, results: ResultStore, statuses: StatusStore, clock: Clock, command: Revocation
) -> Certificate:
    """Revoke every certificate of a certification and return the latest. Revoking again changes nothing.

    Raises :class:`CertificateNotFoundError` when the certification has no certificate.
    """
    versions = certificates.versions(command.certification_id)
    if not versions:
        raise CertificateNotFoundError("This certification has no certificate to revoke.")
    now = clock.now()
    revoked = [_revoke(certificates, statuses, certificate, now, command.reason) for certificate in versions]
    latest = revoked[-1]
    results.mark_revoked(latest.result.session_number, command.certification_id, latest.result.version, latest.revoked_at or now)
    return latest


def revoke_superseded(
    certificates: CertificateStore, statuses: StatusStore, certification_id: CertificationId, version: int, now: datetime
) -> None:
    """Revoke the certificates of the versions before ``version`` (``docs/domain.md`` §8)."""
    for certificate in certificates.versions(certification_id):
        if certificate.result.version < version:
            _revoke(certificates, statuses, certificate, now, SUPERSEDED)


def _revoke(certificates: CertificateStore, statuses: StatusStore, certificate: Certificate, now: datetime, reason: str) -> Certificate:
    """The list's mark first: if we crash between the two writes, the world already knows and a repetition mends the record."""
    year, place = year_and_place(certificate.facts.status_index)
    statuses.revoke_place(year, place, now)
    return certificates.mark_revoked(certificate.result.certification_id, certificate.result.version, now, reason)
