"""Publish one candidate's result: line in the school's table and, if validated, a certificate. Safe to repeat at any point.

Everything follows from one record per certification and version, kept by a conditional write; the token in it is signed
once. A repetition after a crash finds the record and writes the same bytes again (``docs/architecture.md`` §5, §6).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from jalon.certificates.certificate import (
    VALIDITY,
    Certificate,
    CertificationResult,
    Outcome,
    PublishedResult,
    SignedFacts,
    levels_in_order,
)
from jalon.certificates.key_set import KeyStore, ensure_current
from jalon.certificates.open_badge import sign_credential
from jalon.certificates.revoke_certificate import revoke_superseded
from jalon.certificates.sealed_object import derive_keys, seal
from jalon.certificates.signing import Signer
from jalon.certificates.status_list import PLACES, status_index
from jalon.certificates.stores import CertificateStore, ResultStore, Site, StatusStore
from jalon.certificates.token import sign_token
from jalon.certificates.verification_code import new_code
from jalon.kernel.clock import Clock
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import IdSource, VerificationCode

SEALED_MEDIA_TYPE = "application/octet-stream"
SEALED_CACHE_CONTROL = "public, max-age=86400, immutable"
_ATTEMPTS = 32


class NoFreePlaceError(UnavailableError):
    """Codes or status places collided again and again: a fault of the generator or of the store, never chance."""

    code = "no_free_place"


@dataclass(frozen=True, slots=True)
class Publishing:
    """What publication works with."""

    certificates: CertificateStore
    results: ResultStore
    statuses: StatusStore
    keys: KeyStore
    site: Site
    signer: Signer
    ids: IdSource
    clock: Clock
    site_url: str


def publish_certificate(parts: Publishing, result: CertificationResult) -> PublishedResult:
    """Publish ``result`` and return its line as it stands; an older version never replaces a newer one.

    A certificate of an earlier version of the same certification is revoked ("a later correction is a new version, and
    the old certificate is revoked", ``docs/domain.md`` §8); the status list is signed afterwards by ``publish_session``.
    """
    certificate = _certificate_of(parts, result) if result.outcome is Outcome.VALIDATED else None
    if certificate is not None:
        _write_copies(parts, certificate)
    revoke_superseded(parts.certificates, parts.statuses, result.certification_id, result.version, parts.clock.now())
    line = PublishedResult(
        result=result,
        code=certificate.facts.code if certificate else None,
        published_at=certificate.issued_at if certificate else parts.clock.now(),
    )
    return parts.results.put(line)


def _certificate_of(parts: Publishing, result: CertificationResult) -> Certificate:
    stored = parts.certificates.get(result.certification_id, result.version)
    return stored or parts.certificates.add(_sign(parts, result))


def _sign(parts: Publishing, result: CertificationResult) -> Certificate:
    issued_at = parts.clock.now().replace(microsecond=0)
    ensure_current(parts.keys, parts.signer.public_key(), issued_at)
    facts = SignedFacts(
        code=_claim_code(parts, result),
        name=result.name,
        issued_on=issued_at.date(),
        validity_days=VALIDITY.days,
        score=result.score,
        max_score=result.max_score,
        max_level=result.max_level,
        levels=levels_in_order(result.levels),
        status_index=_claim_place(parts, result, issued_at),
    )
    return Certificate(
        result=result,
        facts=facts,
        token=sign_token(parts.signer, facts),
        credential=sign_credential(parts.signer, facts, parts.site_url),
        key_id=parts.signer.public_key().key_id,
        issued_at=issued_at,
    )


def _claim_code(parts: Publishing, result: CertificationResult) -> VerificationCode:
    for _ in range(_ATTEMPTS):
        code = new_code(parts.ids)
        if parts.certificates.claim_code(code, result.certification_id, result.version):
            return code
    raise NoFreePlaceError("No free verification code was found.")


def _claim_place(parts: Publishing, result: CertificationResult, issued_at: datetime) -> int:
    owner = f"{result.certification_id}#{result.version}"
    for place in _places_of(owner):
        if parts.statuses.claim_place(issued_at.year, place, owner):
            return status_index(issued_at.year, place)
    raise NoFreePlaceError("No free place was found in the status list.")


def _places_of(owner: str) -> Iterator[int]:
    """The places a certificate tries, the same at each repetition, so that a crash never leaks one."""
    for attempt in range(_ATTEMPTS):
        yield int.from_bytes(hashlib.sha256(f"{owner}#{attempt}".encode()).digest()[:8], "big") % PLACES


def _write_copies(parts: Publishing, certificate: Certificate) -> None:
    """The sealed object of the typed route, and the index by student: functions of the record alone."""
    result = certificate.result
    keys = derive_keys(certificate.facts.code, result.birth_date)
    parts.site.put(f"c/{keys.object_id}", seal(keys, certificate.token), SEALED_MEDIA_TYPE, SEALED_CACHE_CONTROL)
    if result.ine is not None:
        parts.certificates.index_student(result.ine, result.certification_id, result.version)
