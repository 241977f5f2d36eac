"""Signing with ES256 (ECDSA on P-256 with SHA-256): who signs, and the two forms a signature takes.

KMS answers in DER (a SEQUENCE of two INTEGERs); JOSE (RFC 7518 §3.4), COSE (RFC 9053 §2.1) and WebCrypto want the two
numbers as 32 bytes each, one after the other.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

from jalon.kernel.base64url import base64url

COORDINATE_BYTES = 32
SIGNATURE_BYTES = 2 * COORDINATE_BYTES
#: A SubjectPublicKeyInfo of P-256 is this and then the uncompressed point (RFC 5480).
_SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


class MalformedKeyMaterialError(ValueError):
    """A signature or a public key is not in the form it must have."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key on P-256."""

    x: bytes
    y: bytes

    @property
    def thumbprint(self) -> bytes:
        """SHA-256 JWK thumbprint (RFC 7638)."""
        members = {"crv": "P-256", "kty": "EC", "x": base64url(self.x), "y": base64url(self.y)}
        return hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()

    @property
    def key_id(self) -> str:
        """How tokens name the key: the first four bytes of the thumbprint, in hexadecimal."""
        return self.thumbprint[:4].hex()

    def jwk(self) -> dict[str, str]:
        """The key as a JWK (RFC 7517)."""
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": base64url(self.x),
            "y": base64url(self.y),
            "kid": self.key_id,
            "alg": "ES256",
            "use": "sig",
        }


class Signer(Protocol):
    """Holds a private key somewhere and signs with it."""

    def public_key(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes:
        """The ES256 signature of ``message``, raw (64 bytes)."""
        ...


def public_key_from_der(spki: bytes) -> PublicKey:
    """The key in a DER SubjectPublicKeyInfo, as KMS gives it."""
    point = spki[len(_SPKI_PREFIX) :]
    if not spki.startswith(_SPKI_PREFIX) or len(point) != 1 + SIGNATURE_BYTES or point[0] != 4:
        raise MalformedKeyMaterialError("not an uncompressed public key on P-256")
    return PublicKey(point[1 : 1 + COORDINATE_BYTES], point[1 + COORDINATE_BYTES :])


def raw_from_der(signature: bytes) -> bytes:
    """``r ‖ s`` from a DER ECDSA signature; strict, so that one signature has one form.

    >>> raw_from_der(bytes.fromhex("3007020101020200ff"))[-1]
    255
    """
    if len(signature) < 8 or signature[0] != 0x30 or signature[1] != len(signature) - 2 or signature[1] > 0x7F:
        raise MalformedKeyMaterialError("not a DER sequence")
    r, rest = _der_integer(signature[2:])
    s, rest = _der_integer(rest)
    if rest:
        raise MalformedKeyMaterialError("bytes after the signature")
    return r + s


def _der_integer(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 3 or data[0] != 0x02 or not 1 <= data[1] <= COORDINATE_BYTES + 1 or len(data) < 2 + data[1]:
        raise MalformedKeyMaterialError("not a DER integer")
    value, rest = data[2 : 2 + data[1]], data[2 + data[1] :]
    if value[0] & 0x80 or (len(value) > 1 and value[0] == 0 and not value[1] & 0x80):
        raise MalformedKeyMaterialError("a DER integer that is negative or padded")
    value = value.lstrip(b"\0")
    if len(value) > COORDINATE_BYTES:
        raise MalformedKeyMaterialError("a number larger than the curve's order")
    return value.rjust(COORDINATE_BYTES, b"\0"), rest


def signing_input(header: bytes, payload: bytes) -> bytes:
    """What a JWS signs (RFC 7515 §5.1)."""
    return f"{base64url(header)}.{base64url(payload)}".encode("ascii")


def compact_jws(signer: Signer, payload: bytes, media_type: str) -> str:
    """``payload`` as a compact JWS (RFC 7515 §3.1) that names its key and its type."""
    header = {"alg": "ES256", "kid": signer.public_key().key_id, "typ": media_type}
    signed = signing_input(json.dumps(header, separators=(",", ":")).encode(), payload)
    return f"{signed.decode('ascii')}.{base64url(signer.sign(signed))}"
