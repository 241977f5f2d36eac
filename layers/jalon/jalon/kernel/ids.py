"""Identifiers: their types, and where new ones come from.

Every identifier is opaque to clients. ``Uai``, ``Ine`` and ``SessionNumber`` are given by the outside world or read
aloud by people, so they have their own forms; the rest are a prefix that names the kind and 32 hexadecimal digits.
"""

import secrets
from typing import NewType, Protocol

UserId = NewType("UserId", str)  # usr_…
ClientId = NewType("ClientId", str)  # cli_…
Uai = NewType("Uai", str)  # 7 digits + a check letter: a school
Ine = NewType("Ine", str)  # national student number
ImportId = NewType("ImportId", str)  # imp_…
AssessmentId = NewType("AssessmentId", str)  # asm_…
CampaignId = NewType("CampaignId", str)  # cmp_…
CampaignCode = NewType("CampaignCode", str)  # 6 letters + 3 digits
SessionNumber = NewType("SessionNumber", str)  # digits: a certification session, as people read it aloud
CandidateId = NewType("CandidateId", str)  # can_…
CertificationId = NewType("CertificationId", str)  # crt_…
VerificationCode = NewType("VerificationCode", str)  # P-XXXXXXXXXXXX
ReleaseVersion = NewType("ReleaseVersion", str)  # content-addressed


class IdSource(Protocol):
    """Where unguessable identifiers and codes come from."""

    def new(self, prefix: str) -> str:
        """A fresh identifier: ``prefix`` + ``_`` + 32 hexadecimal digits (128 random bits)."""
        ...

    def pick(self, alphabet: str, length: int) -> str:
        """``length`` symbols drawn evenly from ``alphabet``."""
        ...

    def below(self, bound: int) -> int:
        """A whole number drawn evenly from 0 to ``bound`` − 1."""
        ...


class SecureIdSource:
    """Identifiers from the operating system's generator."""

    def new(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(16)}"

    def pick(self, alphabet: str, length: int) -> str:
        return "".join(secrets.choice(alphabet) for _ in range(length))

    def below(self, bound: int) -> int:
        return secrets.randbelow(bound)
