"""A person's own certifications: the list, and the certificate to print."""

from collections.abc import Mapping, Sequence

from jalon.certificates.archives import NothingToArchiveError
from jalon.certificates.certificate import Certificate
from jalon.certificates.stores import CertificateNotFoundError, CertificateStore, ResultPage, ResultStore
from jalon.kernel.errors import GoneError
from jalon.kernel.ids import CertificationId, UserId


class CertificateRevokedError(GoneError):
    """The certificate was taken back; it is not printed any more."""

    code = "certificate_revoked"


def my_certifications(results: ResultStore, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ResultPage:
    """A page of the list "Mes certifications", newest first: every published outcome, with the jury's comment for the candidate."""
    return results.page_of_user(user_id, limit, cursor)


def my_certificates(certificates: CertificateStore, results: ResultStore, user_id: UserId) -> Sequence[Certificate]:
    """The caller's certificates that count, newest first; raises :class:`NothingToArchiveError` when there is none."""
    counting = [line for line in results.of_user(user_id) if line.counts]
    found = [certificates.get(line.result.certification_id, line.result.version) for line in counting]
    mine = [certificate for certificate in found if certificate is not None]
    if not mine:
        raise NothingToArchiveError("You have no certificate that counts.")
    return mine


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
