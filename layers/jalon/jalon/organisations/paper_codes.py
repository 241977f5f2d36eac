"""Codes that open something once: handed over on paper or by message, and kept as a digest only."""

import hashlib

from jalon.accounts.email_addresses import clean_email
from jalon.accounts.keyring import Keyring
from jalon.kernel.ids import UserId

#: No vowel and no look-alike: a code is read aloud and typed from paper. 16 symbols of 24 are 73 bits.
_ALPHABET = "BCDFGHJKMPQRTVWXY2346789"
_LENGTH = 16


def paper_code(keyring: Keyring, purpose: str, request: str) -> str:
    """The code that a request gives out, in groups of four: the same whenever it is repeated, so that nobody need keep it.

    Without the keyring's secret it cannot be guessed from the request, nor told from a random one: 256 bits are far more than 73.
    """
    number, code = int.from_bytes(keyring.derive("paper code", purpose, request)), ""
    for _ in range(_LENGTH):
        number, symbol = divmod(number, len(_ALPHABET))
        code += _ALPHABET[symbol]
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def digest_of(code: str) -> str:
    """What is kept of a code: SHA-256 of its symbols, whatever the case and the separators it is typed with.

    >>> digest_of("BCDF-2346") == digest_of(" bcdf 2346 ")
    True
    """
    symbols = "".join(symbol for symbol in code.upper() if symbol.isalnum())
    return hashlib.sha256(symbols.encode("utf-8", "surrogatepass")).hexdigest()


def account_opened_by(digest: str, email: str) -> UserId:
    """The id of the account that a code opens for an e-mail address: the same when the request is repeated."""
    return UserId("usr_" + hashlib.sha256(f"{digest}\n{clean_email(email)}".encode()).hexdigest()[:32])
