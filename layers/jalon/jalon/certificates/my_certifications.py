"""A person's own certifications: the list, and the certificate to print."""

from collections.abc import Sequence

from jalon.certificates.certificate import Certificate, PublishedResult
from jalon.certificates.stores import CertificateNotFoundError, CertificateStore, ResultStore
from jalon.kernel.errors import GoneError
from jalon.kernel.ids import CertificationId, UserId


class CertificateRevokedError(GoneError):
    """The certificate was taken back; it is not printed any more."""

    code = "certificate_revoked"


def my_certifications(results: ResultStore, user_id: UserId) -> Sequence[PublishedResult]:
    """The list "Mes certifications", newest first: every published outcome, with the jury's comment for the candidate."""
    return results.of_user(user_id)


def certificate_to_print(certificates: CertificateStore, user_id: UserId, certification_id: CertificationId) -> Certificate:
    """The caller's latest certificate of one certification.

    Raises :class:`CertificateNotFoundError` when it is not the caller's, just as when it does not exist, and
    :class:`CertificateRevokedError` when the latest version was revoked.
    """
    versions = certificates.versions(certification_id)
    if not versions or versions[-1].result.user_id != user_id:
        raise CertificateNotFoundError("There is no such certificate among yours.")
    latest = versions[-1]
    if latest.revoked_at is not None:
        raise CertificateRevokedError("This certificate was revoked; ask your certification centre why.")
    return latest
