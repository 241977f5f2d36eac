"""The stores in memory, a signer with a key of its own, and generic pupils."""

import dataclasses
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jalon.certificates.certificate import CertificationResult, Outcome
from jalon.certificates.key_set import KeyWindow
from jalon.certificates.publish_certificate import Publishing
from jalon.certificates.sign_status_lists import ListSigning
from jalon.certificates.signing import public_key_from_der, raw_from_der
from jalon.certificates.stores import CertificateNotFoundError, ResultPage
from jalon.kernel.cursors import text_of
from jalon.kernel.ids import CertificationId, Ine, SecureIdSource, SessionNumber, Uai, UserId
from tests.sources import FixedClock

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SITE_URL = "https://jalon.example"
LEVELS = {"1.1": 4, "1.2": 3, "2.1": 5, "2.2": 3, "3.1": 4, "3.4": 2, "4.2": 7, "5.1": 1}


def a_result(number: int = 1, **changes) -> CertificationResult:
    """A validated result of test pupil ``number``."""
    result = CertificationResult(
        certification_id=CertificationId(f"crt_{number:032x}"),
        version=1000,
        session_number=SessionNumber("12345678"),
        uai=Uai("1234567W"),
        centre="Collège des Exemples",
        user_id=UserId(f"usr_{number:032x}"),
        first_name="Élève-Test",
        last_name=f"Numéro {number}",
        birth_date=date(2011, 5, 3),
        birth_place="Exempleville",
        outcome=Outcome.VALIDATED,
        score=312,
        levels=LEVELS,
        max_score=895,
        max_level=7,
        taken_on=date(2026, 11, 20),
        ine=Ine(f"12345678{number:03d}"),
    )
    return dataclasses.replace(result, **changes)


class SoftwareSigner:
    """A P-256 key in memory, behind the same DER forms as KMS."""

    def __init__(self, secret: int = 0x1F2E3D4C5B6A79880123456789ABCDEF) -> None:
        self._key = ec.derive_private_key(secret, ec.SECP256R1())
        self.signatures = 0

    def public_key(self):
        public = self._key.public_key()
        return public_key_from_der(public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))

    def sign(self, message: bytes) -> bytes:
        self.signatures += 1
        return raw_from_der(self._key.sign(message, ec.ECDSA(hashes.SHA256())))


class MemoryCertificates:
    def __init__(self) -> None:
        self.kept, self.codes, self.students = {}, {}, {}

    def get(self, certification_id, version):
        return self.kept.get((certification_id, version))

    def versions(self, certification_id):
        return [self.kept[key] for key in sorted(self.kept) if key[0] == certification_id]

    def add(self, certificate):
        return self.kept.setdefault((certificate.result.certification_id, certificate.result.version), certificate)

    def mark_revoked(self, certification_id, version, at, reason):
        certificate = self.get(certification_id, version)
        if certificate is None:
            raise CertificateNotFoundError("There is no such certificate.")
        if certificate.revoked_at is None:
            certificate = dataclasses.replace(certificate, revoked_at=at.replace(microsecond=0), revocation_reason=reason)
            self.kept[certification_id, version] = certificate
        return certificate

    def claim_code(self, code, certification_id, version):
        return self.codes.setdefault(code, (certification_id, version)) == (certification_id, version)

    def by_code(self, code):
        certificate = self.kept.get(self.codes.get(code))
        return certificate if certificate and certificate.facts.code == code else None

    def index_student(self, ine, certification_id, version):
        key = (ine, certification_id)
        self.students[key] = max(version, self.students.get(key, 0))


class MemoryResults:
    def __init__(self) -> None:
        self.lines = {}

    def put(self, result):
        key = (result.result.session_number, result.result.certification_id)
        standing = self.lines.get(key)
        if standing is None or standing.result.version < result.result.version:
            self.lines[key] = dataclasses.replace(result, published_at=result.published_at.replace(microsecond=0))
        return self.lines[key]

    def mark_revoked(self, number, certification_id, version, at):
        line = self.lines.get((number, certification_id))
        if line and line.result.version == version and line.revoked_at is None:
            self.lines[number, certification_id] = dataclasses.replace(line, revoked_at=at.replace(microsecond=0))

    def find(self, number, certification_id):
        return self.lines.get((number, certification_id))

    def of_session(self, number):
        return [line for key, line in self.lines.items() if key[0] == number]

    def of_user(self, user_id):
        mine = [line for line in self.lines.values() if line.result.user_id == user_id]
        return sorted(mine, key=lambda line: line.published_at, reverse=True)

    def page_of_user(self, user_id, limit, cursor):
        start = int(text_of(cursor, "published_at")) if cursor else 0
        lines = self.of_user(user_id)
        return ResultPage(tuple(lines[start : start + limit]), {"published_at": str(start + limit)} if len(lines) > start + limit else {})


class MemoryStatuses:
    def __init__(self) -> None:
        self.places, self.revoked = {}, {}

    def claim_place(self, year, place, owner):
        return self.places.setdefault((year, place), owner) == owner

    def revoke_place(self, year, place, at):
        self.revoked.setdefault((year, place), at)

    def revoked_places(self, year):
        return frozenset(place for of_year, place in self.revoked if of_year == year)


class MemoryKeys:
    def __init__(self) -> None:
        self.kept = {}

    def windows(self):
        return tuple(self.kept.values())

    def open_window(self, key, since):
        self.kept.setdefault(key.key_id, KeyWindow(key, since.replace(microsecond=0)))

    def close_window(self, key_id, until):
        window = self.kept[key_id]
        if window.until is None:
            self.kept[key_id] = dataclasses.replace(window, until=until.replace(microsecond=0))


class MemorySite:
    def __init__(self) -> None:
        self.files = {}

    def put(self, path, body, media_type, cache_control):
        self.files[path] = (body, media_type, cache_control)


def publishing(clock=None, signer=None, ids=None) -> Publishing:
    """Everything publication works with, in memory."""
    return Publishing(
        certificates=MemoryCertificates(),
        results=MemoryResults(),
        statuses=MemoryStatuses(),
        keys=MemoryKeys(),
        site=MemorySite(),
        signer=signer or SoftwareSigner(),
        ids=ids or SecureIdSource(),
        clock=clock or FixedClock(NOON),
        site_url=SITE_URL,
    )


def list_signing(parts: Publishing) -> ListSigning:
    """The signing of the lists, over the same stores."""
    return ListSigning(parts.statuses, parts.keys, parts.site, parts.signer, parts.clock, SITE_URL)
