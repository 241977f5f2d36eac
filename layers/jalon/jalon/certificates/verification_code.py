"""The code printed on a certificate: ``P-`` and twelve symbols, the last of which checks the other eleven.

The alphabet has 24 symbols and none that is taken for another (no 0/O, 1/I/L, 5/S, no vowel, so no words).

The check symbol is that of a Damm scheme over GF(8) × GF(3), the 24-element product of two fields. A symbol of value
``v`` (its place in the alphabet) is the pair ``(v mod 8, v div 8)``. The state starts at (0, 0); for each symbol

    state₈ ← x · state₈ + v₈    in GF(8) = GF(2)[x] / (x³ + x + 1)
    state₃ ← 2 · state₃ + v₃    modulo 3

and a code is right when the state ends at (0, 0). Multiplying by an element that is neither 0 nor 1 makes each
component's operation totally anti-symmetric (H. M. Damm, *Total anti-symmetrische Quasigruppen*, 2004), so **every**
single wrong symbol and **every** swap of two neighbours is caught, the check symbol included; arithmetic modulo 24
could not do that, because 24 is even.
"""

from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import IdSource, VerificationCode

ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
PREFIX = "P-"
SYMBOLS = 12


class InvalidVerificationCodeError(InvalidInputError):
    """What was typed cannot be a verification code: a symbol is missing, wrong or swapped."""

    code = "verification_code_invalid"


def _step(state: tuple[int, int], value: int) -> tuple[int, int]:
    doubled = state[0] << 1
    if doubled & 0b1000:
        doubled ^= 0b1011
    return doubled ^ (value % 8), (2 * state[1] + value // 8) % 3


def _state(symbols: str) -> tuple[int, int]:
    state = (0, 0)
    for symbol in symbols:
        state = _step(state, ALPHABET.index(symbol))
    return state


def check_symbol(symbols: str) -> str:
    """The symbol that closes a code whose first symbols are ``symbols``.

    >>> check_symbol("BCDFGHJKMPQ")
    '3'
    """
    eighths, thirds = _step(_state(symbols), 0)
    return ALPHABET[eighths + 8 * (-thirds % 3)]


def new_code(ids: IdSource) -> VerificationCode:
    """A fresh code: eleven random symbols (50 bits) and the one that checks them."""
    symbols = ids.pick(ALPHABET, SYMBOLS - 1)
    return VerificationCode(PREFIX + symbols + check_symbol(symbols))


def parse_code(text: str, pointer: str = "/path/code") -> VerificationCode:
    """The code a person typed, whatever the case, the spaces and the dashes; raises :class:`InvalidVerificationCodeError`.

    >>> parse_code(" p-bcdf ghjk mpq3 ")
    'P-BCDFGHJKMPQ3'
    """
    symbols = "".join(text.upper().split()).replace("-", "")
    if len(symbols) == SYMBOLS + 1 and symbols.startswith("P"):
        symbols = symbols[1:]
    if len(symbols) != SYMBOLS or not set(symbols) <= set(ALPHABET):
        raise InvalidVerificationCodeError(
            "A verification code is P- and twelve letters and digits.",
            (Violation(pointer, f"Twelve of {ALPHABET} are expected after P-.", "verification_code_format"),),
        )
    if _state(symbols) != (0, 0):
        raise InvalidVerificationCodeError(
            "This verification code has a typing error.",
            (
                Violation(
                    pointer, "A symbol is wrong, or two neighbours are swapped: compare with the certificate.", "verification_code_check"
                ),
            ),
        )
    return VerificationCode(PREFIX + symbols)
