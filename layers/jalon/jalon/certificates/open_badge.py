"""The certificate as an Open Badges 3.0 credential (1EdTech, final, 2024): for wallets and machines, attached to the PDF.

A JWT-secured verifiable credential (VC Data Model 2.0) with ES256. Its key id is an address that answers with the public key, and
its status is the same place in the same signed list as the QR code's. It says what the page says but the birth date and place.

The score in pix and the certified level of each competence are results, each with its description.
"""

import json
import uuid
import zlib
from datetime import UTC, date, datetime, time
from typing import Any

from jalon.certificates.certificate import SignedFacts
from jalon.certificates.framework import COMPETENCES
from jalon.certificates.key_set import key_path
from jalon.certificates.signing import SIGNATURE_BYTES, Signer, signing_input
from jalon.certificates.status_list import path_of, year_and_place
from jalon.kernel.base64url import base64url
from jalon.kernel.clock import iso

MEDIA_TYPE = "application/vc+jwt"
_CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")


def credential_of(facts: SignedFacts, site_url: str) -> dict[str, Any]:
    """The credential, unsigned. ``site_url`` is the issuer's identifier, without a trailing slash."""
    year, place = year_and_place(facts.status_index)
    status_list = f"{site_url}/{path_of(year)}"
    return {
        "@context": list(_CONTEXT),
        "id": _urn(site_url, facts.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Certificat de compétences numériques",
        "issuer": {"id": site_url, "type": ["Profile"], "name": "Jalon", "url": f"{site_url}/v"},
        "validFrom": iso(_midnight(facts.issued_on)),
        "validUntil": iso(_midnight(facts.expires_on)),
        "credentialSubject": {
            "id": _urn(site_url, f"holder of {facts.code}"),
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": facts.name}],
            "achievement": _achievement(facts, site_url),
            "result": _results(facts, site_url),
        },
        "credentialStatus": {
            "id": f"{status_list}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(place),
            "statusListCredential": status_list,
        },
    }


def _urn(site_url: str, what: str) -> str:
    """A name for the credential or its holder that says nothing by itself (RFC 9562 §5.5)."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site_url}/v {what}')}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _achievement(facts: SignedFacts, site_url: str) -> dict[str, Any]:
    described = f"{site_url}/achievements/{facts.max_level}"
    levels = [
        {
            "id": f"{described}#{competence.code}",
            "type": ["ResultDescription"],
            "name": f"{competence.code} {competence.fr}",
            "resultType": "RawScore",
            "valueMin": "0",
            "valueMax": str(facts.max_level),
        }
        for competence in COMPETENCES
    ]
    score = {"id": f"{described}#pix", "type": ["ResultDescription"], "name": "Score en pix", "resultType": "RawScore"}
    return {
        "id": described,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": "Certification des compétences numériques",
        "description": "Niveaux certifiés dans les seize compétences du cadre de référence des compétences numériques (CRCN).",
        "criteria": {
            "narrative": "Épreuve adaptative passée dans un centre de certification, sous surveillance, puis validée par un jury."
        },
        "resultDescription": [{**score, "valueMin": "0", "valueMax": str(facts.max_score)}, *levels],
    }


def _results(facts: SignedFacts, site_url: str) -> list[dict[str, Any]]:
    described = f"{site_url}/achievements/{facts.max_level}"
    values = [("pix", facts.score), *zip((competence.code for competence in COMPETENCES), facts.levels, strict=True)]
    return [{"type": ["Result"], "resultDescription": f"{described}#{what}", "value": str(value)} for what, value in values if value]


def sign_credential(signer: Signer, facts: SignedFacts, site_url: str) -> bytes:
    """The signed credential as it is kept: the signature, then header and payload compressed (a fifth of the JWT)."""
    issuer = site_url.rstrip("/")
    credential = credential_of(facts, issuer)
    claims = {
        "iss": issuer,
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": int(_midnight(facts.issued_on).timestamp()),
        "exp": int(_midnight(facts.expires_on).timestamp()),
    }
    header = {"alg": "ES256", "kid": f"{issuer}/{key_path(signer.public_key().key_id)}", "typ": "JWT"}
    texts = [json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() for part in (header, {**credential, **claims})]
    return signer.sign(signing_input(*texts)) + zlib.compress(b"\n".join(texts), 9)


def compact(kept: bytes) -> str:
    """The kept credential as a compact JWT, exactly as it was signed."""
    header, payload = zlib.decompress(kept[SIGNATURE_BYTES:]).split(b"\n")
    return f"{signing_input(header, payload).decode('ascii')}.{base64url(kept[:SIGNATURE_BYTES])}"
