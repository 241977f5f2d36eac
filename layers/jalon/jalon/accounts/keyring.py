"""Keys derived from the one secret of this context (``LOGIN_PEPPER``), each for one purpose.

The derivation is HMAC-SHA-256 with a purpose label in front (the *expand* step of HKDF, RFC 5869 §2.3, with one
block), so that no value made for one purpose can stand for another.
"""

import hashlib
import hmac

from jalon.kernel.base64url import base64url
from jalon.kernel.ids import UserId
from jalon.kernel.ine import normal_ine


class Keyring:
    """Derives login keys and one-time secrets. The pepper never leaves it."""

    __slots__ = ("_pepper",)

    def __init__(self, pepper: bytes) -> None:
        if len(pepper) < 32:
            raise ValueError("the login pepper has at least 32 bytes")
        self._pepper = pepper

    def derive(self, purpose: str, *parts: str | bytes) -> bytes:
        """32 bytes for ``purpose``; parts are length-prefixed, so that no two lists of them collide."""
        key = hmac.digest(self._pepper, b"jalon/accounts/" + purpose.encode() + b"\x01", hashlib.sha256)
        message = b"".join(len(data).to_bytes(4, "big") + data for data in map(_as_bytes, parts))
        return hmac.digest(key, message, hashlib.sha256)

    def login_key(self, login: str) -> str:
        """Where the credentials of a normalised login are kept: without the pepper the table names nobody."""
        return base64url(self.derive("login", login))

    def number_key(self, national_number: str) -> str:
        """Where the account of a national student number (INE) is found; nobody can type it as a login.

        Only a school that has the number on its list, and a provider trusted to certify it, may ask for it or leave it.
        """
        return self.secret("national number", normal_ine(national_number))

    def listed_number_key(self, national_number: str) -> str:
        """Where the account is found that a school's list named by this number; it opens nothing."""
        return self.secret("listed national number", normal_ine(national_number))

    def decoy_user(self, login_key: str) -> UserId:
        """A user id that nobody has, steady for one unknown login: its failures are counted like anyone's."""
        return UserId("usr_" + self.derive("decoy", login_key).hex()[:32])

    def identifier(self, prefix: str, *parts: str) -> str:
        """An identifier that the same ``parts`` always give: a repeated request then names the same thing."""
        return f"{prefix}_{self.derive('identifier', prefix, *parts).hex()[:32]}"

    def secret(self, purpose: str, *parts: str | bytes) -> str:
        """A secret of 43 characters (256 bits), to be compared with :func:`same`."""
        return base64url(self.derive(purpose, *parts))


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(_as_bytes(one), _as_bytes(other))


def _as_bytes(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
