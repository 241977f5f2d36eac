"""Which passwords everybody thinks of first.

A password that is chosen is compared with what is commonly used or expected (NIST SP 800-63B-4 §3.1.1.2): the words that people choose
most, in French and in English, with whatever digits and signs around them, between their letters and in their letters' place; rows of the
keyboard, the alphabet and numbers; and anything short that is said again. The words are those of ``common_passwords.txt``, whose head says
where they come from.
"""

import re
import string
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from jalon.kernel.letters import fold

_WORDS = Path(__file__).with_name("common_passwords.txt")
#: As folded text has them: letters of French and English keyboards, the French one's digits without shift, numbers, the alphabet.
_ROWS = (
    *("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("&e\"'(-e_ca", "01234567890", string.ascii_lowercase),
)
_SEQUENCES = (*_ROWS, *(row[::-1] for row in _ROWS))
#: As many signs that follow each other in a row, or are the same, add nothing to a guess.
_SHORTEST_RUN = 4
#: What is left beside such a run, or is said again and again, must be this long.
_SHORTEST_REST, _SHORTEST_UNIT = 4, 8
_SUBSTITUTES = "@40€35$7!"
_STANDS_FOR = tuple(str.maketrans(_SUBSTITUTES + "1", letters) for letters in ("aaoeessti" + "i", "aaoeessti" + "l"))
_AROUND, _NO_LETTERS = re.compile(r"^[\W\d_]+|[\W\d_]+$"), re.compile(r"[\W\d_]+")


def is_guessable(password: str) -> bool:
    """Whether it is a common word, or a run or repetition of signs, whatever stands around it.

    >>> [is_guessable(text) for text in ("P@ssw0rd1!", "2010Marseille", "azerty123456", "motdepassemotdepasse", "Tr0ubadour-Lune")]
    [True, True, True, True, False]
    """
    return any(is_run(core) for core in cores(password)) or is_one_of(password, _common_words())


def is_one_of(password: str, words: Collection[str]) -> bool:
    """Whether it is one of these words (folded), once or again and again, whatever stands around it."""
    return any("".join(_without_runs(_unit(core))) in words for core in cores(password))


def cores(password: str) -> frozenset[str]:
    """The password in small letters without accents, as it is and without what people put around, into and in the place of letters."""
    folded = fold(password)
    trimmed = (folded, folded.strip(string.digits), _AROUND.sub("", folded))
    spelled = {_AROUND.sub("", text.translate(letters)) for text in trimmed for letters in _STANDS_FOR}
    return frozenset({folded, _AROUND.sub("", folded), _NO_LETTERS.sub("", folded), *spelled} - {""})


def is_run(core: str) -> bool:
    """Whether it is little more than signs that follow each other, or something short that is said again."""
    unit = _unit(core)
    left = sum(1 for _ in _without_runs(unit))
    return (unit != core and len(unit) < _SHORTEST_UNIT) or left < min(_SHORTEST_REST, len(unit))


def _unit(core: str) -> str:
    """What it says again and again, or itself."""
    return core[: (core + core).find(core, 1)]


def _without_runs(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        length = _run_at(text, start)
        if length < _SHORTEST_RUN:
            yield text[start]
        start += length if length >= _SHORTEST_RUN else 1


def _run_at(text: str, start: int) -> int:
    """How many signs from here on are the same, or follow each other in one row."""
    same = len(text) - start - len(text[start:].lstrip(text[start]))
    length = 1
    while start + length < len(text) and any(text[start : start + length + 1] in row for row in _SEQUENCES):
        length += 1
    return max(same, length)


@cache
def _common_words() -> frozenset[str]:
    """Read when a password is first chosen, and kept."""
    lines = _WORDS.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
