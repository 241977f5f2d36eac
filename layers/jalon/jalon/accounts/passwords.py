"""What a password must be, and the initial ones that schools hand out on paper."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Protocol

from jalon.accounts.common_passwords import cores, is_guessable, is_one_of
from jalon.kernel.errors import Violation
from jalon.kernel.letters import fold

SHORTEST = 8
LONGEST = 128
#: From this length on, one kind of character is enough: a sentence is a good password.
LONG_ENOUGH_ALONE = 14
_KINDS: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())

#: No l, q, x, y, w, h, c: they are misread on paper or mistyped on other keyboards.
_CONSONANTS = "bdfgjkmnprstvz"
_VOWELS = "aeiou"
_DIGITS = "23456789"
_HANDED_OUT = re.compile(f"(?:(?:[{_CONSONANTS}][{_VOWELS}]){{2}}-){{3}}[{_DIGITS}]{{4}}")
_SEPARATORS = re.compile(r"[\W_]+")
#: So long must a word of one's own be to be looked for anywhere in a password.
_TELLING = 4
_INITIAL = re.compile("([a-z]{4})([a-z]{4})([a-z]{4})([0-9]{4})")


class PasswordHasher(Protocol):
    """Turns passwords into verifiers that are slow to guess (argon2id)."""

    @property
    def decoy(self) -> str:
        """A verifier of the same cost as any other, of a password that nobody knows."""
        ...

    def hash(self, password: str) -> str:
        """A fresh verifier."""
        ...

    def hash_each(self, passwords: Iterable[str]) -> Iterator[str]:
        """The verifiers in the order of the passwords, made a few at a time."""
        ...

    def verify(self, verifier: str, password: str) -> bool:
        """Whether the password fits; costs the same either way."""
        ...

    def is_outdated(self, verifier: str) -> bool:
        """Whether the verifier was made with other parameters than today's."""
        ...


def normalise_password(text: str) -> str:
    """NFKC, so that the same keys give the same password on every system (NIST SP 800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def password_violations(pointer: str, password: str, *personal: str, born: date | None = None) -> tuple[Violation, ...]:
    """Why ``password`` cannot be chosen; empty when it can, as what a school hands out always can.

    Eight characters of three kinds, or fourteen of any, under growing delays after failures: at least the 50 bits
    that the CNIL asks for in that case (délibération 2022-100), if it is none that everybody thinks of first
    (:mod:`jalon.accounts.common_passwords`). ``personal`` are the person's login and names, which a password must not contain; nor the
    day when they were ``born``.
    """
    if len(password) > LONGEST:
        return (Violation(pointer, f"At most {LONGEST} characters.", "password_too_long"),)
    kinds = sum(any(map(is_kind, password)) for is_kind in _KINDS)
    if len(password) < SHORTEST or (kinds < 3 and len(password) < LONG_ENOUGH_ALONE) or len(set(password)) < 5:
        return (
            Violation(
                pointer,
                f"At least {SHORTEST} characters with three of: small letters, capitals, digits, other signs; "
                f"or at least {LONG_ENOUGH_ALONE} characters.",
                "password_too_weak",
            ),
        )
    if _is_personal(password, _own_words(personal), born):
        return (Violation(pointer, "Not with your own name, login or birth date in it.", "password_personal"),)
    if is_guessable(password) and not _HANDED_OUT.fullmatch(password):
        return (
            Violation(
                pointer,
                "One of the first that anybody would try, with digits and signs or without: take several words, or letters that make none.",
                "password_common",
            ),
        )
    return ()


def _is_personal(password: str, own_words: frozenset[str], born: date | None) -> bool:
    texts = {_SEPARATORS.sub("", core) for core in cores(password)}
    digits = "".join(symbol for symbol in password if symbol.isdecimal())
    return (
        any(len(word) >= _TELLING and word in text for word in own_words for text in texts)
        or is_one_of(password, own_words)
        or (born is not None and any(day in digits for day in _written(born)))
    )


def _own_words(personal: Iterable[str]) -> frozenset[str]:
    """Names and logins in small letters and digits alone, whole and part by part."""
    folded = [fold(word) for word in personal]
    return frozenset(part for word in folded for part in (_SEPARATORS.sub("", word), *_SEPARATORS.split(word)) if part)


def _written(born: date) -> tuple[str, ...]:
    """A birth date as people write it, without what stands between the numbers."""
    day, month, year = born.day, born.month, born.year
    long = f"{day:02}{month:02}{year:04}", f"{year:04}{month:02}{day:02}", f"{month:02}{day:02}{year:04}", f"{day}{month}{year:04}"
    return (*long, f"{day:02}{month:02}{year % 100:02}", f"{year % 100:02}{month:02}{day:02}")


def typed_initial_password(text: str) -> str:
    """The initial password in what somebody typed from a slip or pasted from one: small letters, with its hyphens.

    What cannot be one stays as :func:`normalise_password` has it. The hyphens tell no two initial passwords apart.

    >>> typed_initial_password(" KUKI napa\u2011buto 5497"), typed_initial_password("Tr0ubadour")
    ('kuki-napa-buto-5497', 'Tr0ubadour')
    """
    parts = _INITIAL.fullmatch("".join(symbol for symbol in fold(text) if symbol.isalnum()))
    return "-".join(parts.groups()) if parts else normalise_password(text)


def initial_password(entropy: bytes) -> str:
    """A password that is easy to read from paper and to type: three made-up words and four digits.

    There are 14⁶ × 5⁶ × 8⁴ ≈ 5 × 10¹⁴ of them (49 bits), drawn evenly, and guessing is online only: thousands of years of it
    for one account (docs/sign-in.md has the odds). So nothing is slowed down while it is in use
    (:mod:`jalon.accounts.lockout`), and nobody can keep a class out by typing nonsense.

    >>> initial_password(bytes(range(32)))
    'kuki-napa-buto-5497'
    """
    number = int.from_bytes(entropy, "big")
    symbols = []
    for alphabet in (_CONSONANTS, _VOWELS) * 6 + (_DIGITS,) * 4:
        number, index = divmod(number, len(alphabet))
        symbols.append(alphabet[index])
    return "-".join("".join(symbols[start : start + 4]) for start in range(0, len(symbols), 4))
