"""What a registered client learns of a code: the certificate as it stands now. People use the verification page instead."""

from dataclasses import dataclass
from enum import StrEnum

from jalon.certificates.certificate import SignedFacts
from jalon.certificates.stores import CertificateNotFoundError, CertificateStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import VerificationCode


class Standing(StrEnum):
    """How a certificate stands; revoked outranks expired, as on the page."""

    GENUINE = "genuine"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Verification:
    """The facts that were signed, and how they stand."""

    facts: SignedFacts
    standing: Standing


def verify_code(certificates: CertificateStore, clock: Clock, code: VerificationCode) -> Verification:
    """The standing of the certificate that bears ``code``; raises :class:`CertificateNotFoundError`."""
    certificate = certificates.by_code(code)
    if certificate is None:
        raise CertificateNotFoundError("No certificate bears this code.")
    if certificate.revoked_at is not None:
        standing = Standing.REVOKED
    elif clock.now().date() >= certificate.facts.expires_on:
        standing = Standing.EXPIRED
    else:
        standing = Standing.GENUINE
    return Verification(certificate.facts, standing)
