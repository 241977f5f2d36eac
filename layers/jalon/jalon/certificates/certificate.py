"""What a certificate says, and what is published of each candidate. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from jalon.certificates.framework import COMPETENCE_CODES
from jalon.kernel.ids import CertificationId, Ine, SessionNumber, Uai, UserId, VerificationCode
from jalon.kernel.legible import legible

#: "Valid three years from issue" (``docs/domain.md`` §9), counted so that it holds over a leap day.
VALIDITY = timedelta(days=1096)


class Outcome(StrEnum):
    """What a certification came to, once the jury is done (``docs/domain.md`` §5, outcome order)."""

    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


def printed_name(first_name: str, last_name: str) -> str:
    """The name as the certificate signs and prints it: legible, first name first."""
    return legible(f"{first_name} {last_name}")


@dataclass(frozen=True, slots=True)
class CertificationResult:
    """One version of one candidate's result, as finalisation hands it over to be published.

    ``levels`` holds the certified level (1–8) of each certified competence by its code; ``max_score`` and ``max_level``
    are what could be reached on the day. ``ine`` and ``external_id`` are empty where the candidate has none.
    """

    certification_id: CertificationId
    version: int
    session_number: SessionNumber
    uai: Uai
    centre: str
    user_id: UserId
    first_name: str
    last_name: str
    birth_date: date
    birth_place: str
    outcome: Outcome
    score: int
    levels: Mapping[str, int]
    max_score: int
    max_level: int
    taken_on: date
    ine: Ine | None = None
    external_id: str = ""
    comment_for_candidate: str = ""
    comment_for_organisation: str = ""

    @property
    def name(self) -> str:
        return printed_name(self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """What the signature covers, and all that a stranger with the QR code learns.

    ``levels`` are the sixteen certified levels in the order of the framework, 0 where nothing is certified.
    ``status_index`` is the certificate's place in the status lists (:mod:`jalon.certificates.status_list`).
    """

    code: VerificationCode
    name: str
    issued_on: date
    validity_days: int
    score: int
    max_score: int
    max_level: int
    levels: tuple[int, ...]
    status_index: int

    @property
    def expires_on(self) -> date:
        """The first day on which the certificate no longer counts."""
        return self.issued_on + timedelta(days=self.validity_days)

    @property
    def valid_until(self) -> date:
        """The last day on which the certificate counts."""
        return self.expires_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is kept: the result it certifies, the facts that were signed, and the two signed forms of them.

    ``token`` is that of the QR code (:mod:`jalon.certificates.token`), ``credential`` the Open Badge
    (:mod:`jalon.certificates.open_badge`). Both are signed once and never again, because an ECDSA signature differs at each signing;
    everything a publication writes is a function of this record.
    """

    result: CertificationResult
    facts: SignedFacts
    token: bytes
    credential: bytes
    key_id: str
    issued_at: datetime
    revoked_at: datetime | None = None
    revocation_reason: str = ""


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """The line of one candidate in the school's table and in "Mes certifications": the latest published version.

    ``code`` is that of its certificate, if it has one; ``revoked_at`` says since when that counts no more.
    """

    result: CertificationResult
    code: VerificationCode | None
    published_at: datetime
    revoked_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the score and the levels are certified as things stand."""
        return self.code is not None and self.revoked_at is None


def levels_in_order(levels: Mapping[str, int]) -> tuple[int, ...]:
    """The sixteen levels in the framework's order; 0 where nothing is certified.

    >>> levels_in_order({"1.1": 3, "5.2": 5})
    (3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5)
    """
    unknown = set(levels) - set(COMPETENCE_CODES)
    if unknown:
        raise ValueError(f"competences outside the framework: {sorted(unknown)}")
    return tuple(levels.get(code, 0) for code in COMPETENCE_CODES)
