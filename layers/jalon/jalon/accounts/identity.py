"""A person, as the system knows them: the only place where names and birth dates live.

Everything else refers to a person by ``user_id`` alone (docs/architecture.md, table ``identities``).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from jalon.kernel.errors import ConflictError, InvalidInputError, NotFoundError, Violation
from jalon.kernel.ids import UserId
from jalon.kernel.legible import legible

NAME_MAX_LENGTH = 100
EARLIEST_BIRTH_DATE = date(1900, 1, 1)
DEFAULT_LOCALE = "fr-FR"
#: HYPHEN, NON-BREAKING HYPHEN, SMALL HYPHEN-MINUS, FULLWIDTH HYPHEN-MINUS.
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\ufe63\uff0d", "-"))


class Role(StrEnum):
    """What a person may be (docs/domain.md §1). Membership of one school is not a role: organisations know it."""

    PUPIL = "pupil"
    TEACHER = "teacher"
    JURY = "jury"


class AccountNotFoundError(NotFoundError):
    """No account has this identifier (any more)."""

    code = "account_not_found"


class AccountExistsError(ConflictError):
    """The account to make has been made before, or the person has one that no school made."""

    code = "account_exists"


class EmailTakenError(ConflictError):
    """Another account signs in with this e-mail address."""

    code = "email_taken"


#: What an :class:`EmailTakenError` is about.
EMAIL_IN_USE: Final = (Violation("/email", "Give another address, or sign in with this one.", "email_taken"),)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the person wants to be served. Extra time is not here: the certification centre grants it."""

    locale: str = DEFAULT_LOCALE
    high_contrast: bool = False
    large_text: bool = False
    reduced_motion: bool = False
    screen_reader: bool = False


@dataclass(frozen=True, slots=True)
class TermsAcceptance:
    """Which version of the terms of use was accepted, and when."""

    version: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """One account's personal data and standing.

    ``birth_date`` is known for pupils, and for staff only if they gave it. ``login_keys`` are the keyed digests of the
    person's ways in (see :mod:`jalon.accounts.keyring`), so that all of them can be found again from the person;
    ``providers`` are those of them that lead through an identity provider, by its identifier, and ``certified_numbers`` the keys of the
    national numbers that came along with these and with nothing else.
    ``email_verified`` is true once a code sent to the address came back: whoever signs up only says that it is theirs.
    ``sign_in_epoch`` rises by one when the person signs out everywhere: sign-ins begun under an older one are over.
    ``request`` is the keyed digest of the request that made the account, if it came over HTTP: a repeated request is
    told from another one by it.
    """

    user_id: UserId
    first_name: str
    last_name: str
    roles: frozenset[Role]
    created_at: datetime
    birth_date: date | None = None
    email: str | None = None
    email_verified: bool = False
    username: str | None = None
    login_keys: frozenset[str] = frozenset()
    providers: Mapping[str, str] = field(default_factory=dict)
    certified_numbers: Mapping[str, str] = field(default_factory=dict)
    preferences: Preferences = field(default_factory=Preferences)
    terms: TermsAcceptance | None = None
    sign_in_epoch: int = 0
    request: str = ""

    @property
    def only_claims_email(self) -> bool:
        """Whether the address is no more than what a person said when they signed up: it gives way to whoever proves it.

        Staff and schools' members were made known by someone who knows them, and keep theirs.
        """
        return self.email is not None and not self.email_verified and self.roles == {Role.PUPIL}


@dataclass(frozen=True, slots=True)
class CivilIdentity:
    """What other contexts may ask for: enough to find a person on a list."""

    first_name: str
    last_name: str


def clean_name(text: str) -> str:
    """A name as it is kept: legible (:func:`jalon.kernel.legible.legible`), every hyphen the one that keyboards have.

    The joiners stay where they shape Arabic and Indian scripts, in which they spell a name, and go elsewhere; marks of direction,
    soft hyphens and whatever else nobody sees come along when a name is pasted, and go.

    >>> clean_name("  Anne\u2011Lise \u200fMar\u00adtin ")
    'Anne-Lise Martin'
    """
    return legible(text.translate(_HYPHENS))


def plain_name(text: str) -> str:
    """A list's or a portal's name as an account goes by it: without what only these write in it (brackets, digits, commas), and cut.

    >>> plain_name("MARTIN (dit Durand)"), plain_name("Léa, Anne")
    ('MARTIN dit Durand', 'Léa Anne')
    """
    plain = "".join(symbol if belongs_to_a_name(symbol) else " " for symbol in clean_name(text))
    return " ".join(plain[:NAME_MAX_LENGTH].split())


def name_violations(pointer: str, text: str) -> tuple[Violation, ...]:
    """Why ``text`` (cleaned) cannot be a name; empty when it can."""
    if not text:
        return (Violation(pointer, "A name is needed.", "required"),)
    if len(text) > NAME_MAX_LENGTH:
        return (Violation(pointer, f"At most {NAME_MAX_LENGTH} characters.", "too_long"),)
    if not any(character.isalpha() for character in text) or any(not belongs_to_a_name(character) for character in text):
        return (Violation(pointer, "Letters, spaces, hyphens, apostrophes and full stops make a name.", "name_characters"),)
    return ()


def belongs_to_a_name(character: str) -> bool:
    """Whether a clean name may have this character."""
    return character in " -'’.·\u200c\u200d" or unicodedata.category(character)[0] in "LM"


def birth_date_violations(pointer: str, birth_date: date, today: date) -> tuple[Violation, ...]:
    """Why ``birth_date`` cannot be one."""
    if EARLIEST_BIRTH_DATE <= birth_date <= today:
        return ()
    return (Violation(pointer, f"A birth date lies between {EARLIEST_BIRTH_DATE.year} and today.", "birth_date"),)


def refuse(violations: Iterable[Violation]) -> None:
    """Raise :class:`InvalidInputError` naming every field at once, if there is any violation."""
    found = tuple(violations)
    if found:
        raise InvalidInputError("Some fields cannot be accepted; each is named in errors.", found)
