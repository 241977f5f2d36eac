"""The UAI (*unité administrative immatriculée*): how a French school is known.

Seven digits and a check letter: the number modulo 23 in the alphabet without I, O and Q (the rule of the national
register of schools).
"""

from typing import Final

from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import Uai

#: Stands for the UAI of every school of the country, where a client of the ministry's own is registered for all of them.
EVERY_SCHOOL: Final = "*"

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def check_letter(number: int) -> str:
    """The letter that closes a UAI whose seven digits are ``number``.

    >>> check_letter(1234567)
    'W'
    """
    return _LETTERS[number % 23]


def parse_uai(text: str, pointer: str = "/path/uai") -> Uai:
    """A UAI from what someone typed; raises :class:`InvalidInputError` naming ``pointer``.

    >>> parse_uai(" 1234567w ")
    '1234567W'
    """
    value = text.strip().upper()
    digits, letter = value[:7], value[7:]
    if not (len(value) == 8 and digits.isascii() and digits.isdigit()):
        raise InvalidInputError(
            "A UAI is seven digits and a letter, such as 1234567W.",
            (Violation(pointer, "Seven digits and a letter are expected.", "uai_format"),),
        )
    expected = check_letter(int(digits))
    if letter != expected:
        raise InvalidInputError(
            "The letter of this UAI does not match its digits.",
            (Violation(pointer, f"The letter for {digits} is {expected}: check the number.", "uai_check_letter"),),
        )
    return Uai(value)
