"""How two texts are compared with tolerance: the treatments of docs/domain.md §2.

Every function takes any string (lone surrogates included), never raises, and does bounded work: all are linear in the
text but :func:`distance`, which handles 10 000 characters against 10 000 in some tens of milliseconds.
"""

import unicodedata
from typing import Final

SLIP_RATIO: Final = 0.25  # t3: distance / length of the answer, inclusive
_ACCENTS: Final = dict.fromkeys(range(0x0300, 0x0370))  # the Combining Diacritical Marks block
_DECIMAL_SIGNS: Final = frozenset(",.，．")
_MINUS_SIGNS: Final = frozenset("-−")


def prepare(text: str) -> str:
    r"""Before all: NFC, and no-break space → space.

    >>> prepare("e\u0301\u00a0!") == "é !"
    True
    """
    return unicodedata.normalize("NFC", text).replace("\u00a0", " ")


def t1(text: str) -> str:
    """Trim, lower-case, strip accents (NFD), remove all white space.

    >>> t1(" Élève n° 3 ")
    'eleven°3'
    """
    bare = unicodedata.normalize("NFD", text.lower()).translate(_ACCENTS)
    return "".join(bare.split())


def t2(text: str) -> str:
    """Keep only letters, digits and the space.

    >>> t2("l'ordinateur (n° 3)")
    'lordinateur n 3'
    """
    return "".join(character for character in text if character.isalpha() or character.isdecimal() or character == " ")


def within_slip(answer: str, accepted: str) -> bool:
    """t3: whether the edit distance is at most a quarter of the answer's length. An empty answer never is.

    >>> within_slip("ordinatuer", "ordinateur"), within_slip("orage", "orange"), within_slip("", "a")
    (True, True, False)
    """
    if not answer:
        return False
    allowed = int(len(answer) * SLIP_RATIO)
    return distance(answer, accepted, allowed) <= allowed


def distance(left: str, right: str, allowed: int) -> int:
    """The Levenshtein distance, or any number above ``allowed`` as soon as it is sure to be larger.

    Bit-parallel (Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming",
    J. ACM 46(3), 1999, in the form of Hyyrö 2003): a row of the table is two whole numbers.

    >>> distance("chien", "niche", 9), distance("a" * 10_000, "b", 2_500) > 2_500
    (4, True)
    """
    if abs(len(left) - len(right)) > allowed:
        return allowed + 1
    if not left or not right:
        return len(left) or len(right)
    where: dict[str, int] = {}
    for position, character in enumerate(left):
        where[character] = where.get(character, 0) | 1 << position
    mask, last = (1 << len(left)) - 1, 1 << len(left) - 1
    rises, falls, cost = mask, 0, len(left)
    for remaining, character in zip(range(len(right) - 1, -1, -1), right, strict=True):
        equal = where.get(character, 0)
        diagonal = (((equal & rises) + rises) ^ rises) | equal | falls
        up = falls | ~(diagonal | rises) & mask
        down = rises & diagonal
        cost += bool(up & last) - bool(down & last)
        if cost - remaining > allowed:
            return allowed + 1
        up = up << 1 | 1
        rises = (down << 1 | ~(diagonal | up)) & mask
        falls = up & diagonal & mask
    return cost


def number(text: str) -> str | None:
    """A number in canonical decimal form, or ``None`` when the text is not one.

    Spaces of any kind are removed; the decimal sign is a comma or a dot, digits may be of any script. Kept as text, so
    that neither rounding nor length matters.

    >>> number(" 1 234,50 "), number("-0"), number("０７"), number("1.2.3"), number("12 %")
    ('1234.5', '0', '7', None, None)
    """
    compact = "".join(text.split())
    negative = compact[:1] in _MINUS_SIGNS if compact else False
    digits: list[str] = []
    point = -1
    for character in compact[1:] if negative or compact[:1] == "+" else compact:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            digits.append(str(digit))
        elif character in _DECIMAL_SIGNS and point < 0:
            point = len(digits)
        else:
            return None
    if not digits:
        return None
    return _canonical(negative, "".join(digits), len(digits) if point < 0 else point)


def _canonical(negative: bool, digits: str, point: int) -> str:
    whole = digits[:point].lstrip("0") or "0"
    decimals = digits[point:].rstrip("0")
    value = f"{whole}.{decimals}" if decimals else whole
    return f"-{value}" if negative and value != "0" else value
