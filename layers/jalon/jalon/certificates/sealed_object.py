"""The object behind the typed route: found and opened only with the code **and** the birth date.

From both, PBKDF2-HMAC-SHA-256 (600 000 rounds) makes a master key, and HKDF (RFC 5869) from it the object's name, its
AES-256-GCM key and a key for the nonce. Nothing in the bucket tells whose certificate it is, a wrong date finds no object
just as an unknown code does, and a thief of the whole bucket pays 600 000 rounds for each code and date tried.

The plaintext is the token, padded so that the size says nothing of the name's length. The nonce is a keyed digest of the
plaintext: publishing twice gives identical bytes, and no two plaintexts ever share a nonce.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

from jalon.certificates.verification_code import PREFIX
from jalon.kernel.ids import VerificationCode

ROUNDS = 600_000
#: Public and the same for all: the one who checks has only code and date. The code brings 50 random bits of its own.
SALT = b"jalon/certificate/v1"
NONCE_BYTES = 12
TAG_BYTES = 16
PADDED_TO = 256
_LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class ObjectKeys:
    """Where the object is (32 hexadecimal digits, under ``/c/``) and what opens it."""

    object_id: str
    encryption_key: bytes
    nonce_key: bytes


def _hkdf(master: bytes, label: bytes, length: int) -> bytes:
    """HKDF with SHA-256 and no salt, for at most one block of output (RFC 5869 §2)."""
    pseudorandom = hmac.digest(bytes(hashlib.sha256().digest_size), master, "sha256")
    return hmac.digest(pseudorandom, label + b"\x01", "sha256")[:length]


def derive_keys(code: VerificationCode, birth_date: date, rounds: int = ROUNDS) -> ObjectKeys:
    """The keys of a certificate's object; takes a third of a second on purpose."""
    secret = f"{code.removeprefix(PREFIX)}|{birth_date.isoformat()}".encode("ascii")
    master = hashlib.pbkdf2_hmac("sha256", secret, SALT, rounds)
    return ObjectKeys(
        object_id=_hkdf(master, b"object", 16).hex(),
        encryption_key=_hkdf(master, b"encryption", 32),
        nonce_key=_hkdf(master, b"nonce", 32),
    )


def seal(keys: ObjectKeys, token: bytes) -> bytes:
    """Nonce, ciphertext and tag; the same for the same token."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    framed = len(token).to_bytes(_LENGTH_BYTES, "big") + token
    plaintext = framed.ljust(-(-len(framed) // PADDED_TO) * PADDED_TO, b"\0")
    nonce = hmac.digest(keys.nonce_key, plaintext, "sha256")[:NONCE_BYTES]
    return nonce + AESGCM(keys.encryption_key).encrypt(nonce, plaintext, keys.object_id.encode("ascii"))


def unseal(keys: ObjectKeys, sealed: bytes) -> bytes:
    """The token; raises ``cryptography``'s ``InvalidTag`` when the object was changed or is another's."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    plaintext = AESGCM(keys.encryption_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], keys.object_id.encode("ascii"))
    length = int.from_bytes(plaintext[:_LENGTH_BYTES], "big")
    return plaintext[_LENGTH_BYTES : _LENGTH_BYTES + length]
