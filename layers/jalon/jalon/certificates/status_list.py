"""Which certificates were revoked: a signed bit string per year of issue, in the layout of W3C Bitstring Status List 1.0.

One list holds the certificates issued in one year (UTC), 2²² places, each taken at random so that a place tells nothing.
A certificate's ``status_index`` is ``(year − 2020) · 2²² + place``. The list is published as a JWT-secured verifiable credential
at ``/status/<year>``; whoever reads it trusts it until ``validUntil`` and not a second longer: a stale list says nothing.
"""

import gzip
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from jalon.certificates.signing import Signer, compact_jws
from jalon.kernel.base64url import base64url
from jalon.kernel.clock import iso

PLACES = 1 << 22
FIRST_YEAR = 2020
MEDIA_TYPE = "vc+jwt"
#: How soon a reader should look again, and how long it may rely on what it has: three missed signings make it stale.
TTL = timedelta(minutes=5)
TRUSTED_FOR = timedelta(minutes=15)


def status_index(year: int, place: int) -> int:
    """The number a certificate carries for its place in the list of ``year``."""
    if not (year >= FIRST_YEAR and 0 <= place < PLACES):
        raise ValueError("no such place in the status lists")
    return (year - FIRST_YEAR) * PLACES + place


def year_and_place(index: int) -> tuple[int, int]:
    """The reverse of :func:`status_index`."""
    return FIRST_YEAR + index // PLACES, index % PLACES


def path_of(year: int) -> str:
    return f"status/{year}"


def encoded_list(places: Iterable[int]) -> str:
    """``encodedList``: multibase base64url of the gzipped bits, the first place in the highest bit of the first byte."""
    bits = bytearray(PLACES // 8)
    for place in places:
        bits[place >> 3] |= 0x80 >> (place & 7)
    return "u" + base64url(gzip.compress(bytes(bits), compresslevel=6, mtime=0))


def signed_list(signer: Signer, site_url: str, year: int, places: Iterable[int], now: datetime) -> str:
    """The list of ``year`` with ``places`` revoked, signed at ``now``."""
    address = f"{site_url.rstrip('/')}/{path_of(year)}"
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": site_url.rstrip("/"),
        "validFrom": iso(now),
        "validUntil": iso(now + TRUSTED_FOR),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_list(places),
            "ttl": int(TTL.total_seconds() * 1000),
        },
    }
    return compact_jws(signer, json.dumps(credential, separators=(",", ":")).encode(), MEDIA_TYPE)
