"""What certificates hold about a person: all of it is kept, because a certificate must be provable (docs/your-data.md)."""

from collections.abc import Iterable, Mapping, Sequence

from jalon.accounts.erasure import Trace
from jalon.certificates.export_certificates import KeptCertificate
from jalon.certificates.records import instant
from jalon.certificates.tables import CertificateRecord, PublishedResultRecord
from jalon.edge.tables import translated
from jalon.kernel.ids import CertificationId, UserId

MODELS = (CertificateRecord, PublishedResultRecord)


class CertificateHolding:
    """A :class:`~jalon.accounts.erasure.Holding` with nothing to remove."""

    def traces(self, user_id: UserId) -> Iterable[Trace]:  # noqa: ARG002 - nothing of any person's goes from here
        return ()

    def kept(self, user_id: UserId) -> Mapping[str, int]:
        with translated():
            certifications = [line.certification_id for line in PublishedResultRecord.by_user.query(user_id)]
            certificates = sum(CertificateRecord.count(certification_id) for certification_id in certifications)
        return {"published_results": len(certifications), "certificates": certificates}


def certificates_of(certification_id: CertificationId) -> Sequence[KeptCertificate]:
    """Every version of a certification's certificate, oldest first."""
    with translated():
        return [
            KeptCertificate(
                version=int(record.version),
                issued_at=instant(record.issued_at),
                key_id=record.key_id,
                token=record.token,
                credential=record.credential,
                revoked_at=instant(record.revoked_at) if record.revoked_at else None,
            )
            for record in CertificateRecord.query(certification_id, consistent_read=True)
        ]
