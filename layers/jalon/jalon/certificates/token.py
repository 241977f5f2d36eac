"""The signed token in the QR code: a COSE_Sign1 (RFC 9052) over a CBOR array, ES256, about 150 bytes.

Payload, an array of ten: layout version (1), the code's twelve symbols, name, day of issue (days since 1970-01-01),
validity in days, score, maximum score, maximum level, the sixteen levels as eight bytes (two per byte, the first in the
high half), place in the status lists. The protected header names the algorithm (−7) and the key (4 bytes).

The QR code carries the token in base32 (RFC 4648, no padding): its capitals and digits are QR's alphanumeric mode, and
survive in the fragment of an address. There is one way to write a given token: every head is the shortest, nothing follows
the signature, and base32's spare bits are zero; the page refuses any other.
"""

import base64
from datetime import date, timedelta

import cbor2

from jalon.certificates.certificate import SignedFacts
from jalon.certificates.signing import SIGNATURE_BYTES, Signer
from jalon.certificates.verification_code import PREFIX
from jalon.kernel.ids import VerificationCode

LAYOUT = 1
_COSE_SIGN1 = 18
_ALGORITHM, _KEY = 1, 4
_ES256 = -7
_EPOCH = date(1970, 1, 1)


class MalformedTokenError(ValueError):
    """These bytes are not a certificate's token."""


def _nibbles(levels: tuple[int, ...]) -> bytes:
    return bytes(high << 4 | low for high, low in zip(levels[::2], levels[1::2], strict=True))


def payload_of(facts: SignedFacts) -> bytes:
    """The bytes the signature covers."""
    fields = [
        LAYOUT,
        facts.code.removeprefix(PREFIX),
        facts.name,
        (facts.issued_on - _EPOCH).days,
        facts.validity_days,
        facts.score,
        facts.max_score,
        facts.max_level,
        _nibbles(facts.levels),
        facts.status_index,
    ]
    return cbor2.dumps(fields, canonical=True)


def _protected(key_id: str) -> bytes:
    return cbor2.dumps({_ALGORITHM: _ES256, _KEY: bytes.fromhex(key_id)}, canonical=True)


def signed_bytes(protected: bytes, payload: bytes) -> bytes:
    """The ``Sig_structure`` of RFC 9052 §4.4."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def sign_token(signer: Signer, facts: SignedFacts) -> bytes:
    """The token of ``facts``; each call gives another signature, so call it once per certificate."""
    protected, payload = _protected(signer.public_key().key_id), payload_of(facts)
    signature = signer.sign(signed_bytes(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_COSE_SIGN1, [protected, {}, payload, signature]), canonical=True)


def read_token(token: bytes) -> tuple[SignedFacts, str, bytes, bytes]:
    """Facts, key id, the bytes that were signed and the signature; checks the layout, not the signature."""
    try:
        message = cbor2.loads(token)
        protected, unprotected, payload, signature = message.value
        header = cbor2.loads(protected)
        layout, symbols, name, issue_day, validity, score, max_score, max_level, nibbles, status_index = cbor2.loads(payload)
    except (cbor2.CBORDecodeError, AttributeError, TypeError, ValueError) as error:
        raise MalformedTokenError("not a COSE_Sign1 over ten fields") from error
    well_formed = message.tag == _COSE_SIGN1 and unprotected == {} and len(signature) == SIGNATURE_BYTES and set(header) == {1, 4}
    if not (well_formed and layout == LAYOUT and header[_ALGORITHM] == _ES256 and len(nibbles) == 8):
        raise MalformedTokenError("not a layout this version reads")
    levels = tuple(half for byte in nibbles for half in (byte >> 4, byte & 15))
    issued_on = _EPOCH + timedelta(days=issue_day)
    code = VerificationCode(PREFIX + symbols)
    facts = SignedFacts(code, name, issued_on, validity, score, max_score, max_level, levels, status_index)
    return facts, header[_KEY].hex(), signed_bytes(protected, payload), signature


def fragment_of(token: bytes) -> str:
    """The token as the QR code and the address's fragment write it."""
    return base64.b32encode(token).decode().rstrip("=")


def token_from_fragment(fragment: str) -> bytes:
    """The reverse of :func:`fragment_of`; raises :class:`MalformedTokenError` for any other writing."""
    try:
        token = base64.b32decode(fragment + "=" * (-len(fragment) % 8))
    except ValueError as error:
        raise MalformedTokenError("not base32") from error
    if fragment_of(token) != fragment:
        raise MalformedTokenError("not the one way to write this token")
    return token


def verification_address(site_url: str, token: bytes) -> str:
    """What the QR code says: the verification page with the token in the fragment, which no browser sends anywhere."""
    return f"{site_url.rstrip('/')}/v#{fragment_of(token)}"
