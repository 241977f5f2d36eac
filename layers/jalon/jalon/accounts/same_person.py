"""When a national number is believed to name the same person as an account (docs/domain.md §6, docs/sign-in.md "Whose number").

A number that two people have is a slip in a school's list or in a provider's directory, or a portal's filler; twins are where slips
happen. So the number alone opens nothing: what else is known of the two is compared. Whoever is not believed is asked, never refused.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jalon.accounts.identity import Identity
from jalon.kernel.errors import ConflictError
from jalon.kernel.letters import fold


class BornOnAnotherDayError(ConflictError):
    """The account is of somebody who was born on another day than the pupil, or than the person whom the provider names."""

    code = "born_on_another_day"


class Doubt(StrEnum):
    """Why a number is not believed; the word in the operator's log."""

    FORM = "form"
    BIRTH_DATE = "birth_date"
    FIRST_NAME = "first_name"
    NAMES = "names"
    ANOTHER_SUBJECT = "another_subject"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is known of two: True where both are known and agree, False where they contradict, None where one is unknown."""

    birth_date: bool | None
    first_name: bool | None
    last_name: bool | None

    @property
    def doubt(self) -> Doubt | None:
        """Why a provider's number is not believed, None where it is.

        Born on the same day, with a first name that does not differ: family names change. Where one of the two has no birth date,
        both names are the same.
        """
        if self.birth_date is False:
            return Doubt.BIRTH_DATE
        if self.first_name is False:
            return Doubt.FIRST_NAME
        return None if self.birth_date or (self.first_name and self.last_name) else Doubt.NAMES

    @property
    def whole(self) -> bool:
        """Whether everything is known and agrees: needed where another subject of the provider opens the account already."""
        return bool(self.birth_date and self.first_name and self.last_name)

    @property
    def possible(self) -> bool:
        """Whether this may be one person after all, who is told so: a first name may be one of several, or have been changed."""
        return self.birth_date is True or (self.birth_date is None and self.first_name is not False)

    @property
    def on_list(self) -> bool:
        """Whether a school's list that has the number means the account: born that day, or of these names where no birth date is known.

        The school answers for its list, and a corrected first name is no other pupil.
        """
        return bool(self.birth_date) or (self.birth_date is None and bool(self.first_name and self.last_name))


def likeness(account: Identity, first_name: str, last_names: Iterable[str], birth_date: date | None) -> Likeness:
    """How an account's person is like somebody of these names and this birth date; what is empty or None is unknown.

    ``last_names`` are those that somebody goes by: the family name, the one used.
    """
    known = [name for name in last_names if _words(name)]
    return Likeness(
        birth_date=birth_date == account.birth_date if birth_date and account.birth_date else None,
        first_name=is_same_first_name(first_name, account.first_name) if _words(first_name) and _words(account.first_name) else None,
        last_name=any(is_same_last_name(name, account.last_name) for name in known) if known and _words(account.last_name) else None,
    )


def is_same_first_name(one: str, other: str) -> bool:
    """Whether one has all that the other begins with, spelling aside: a portal may give all first names, a list the first.

    >>> is_same_first_name("Léa", "LEA MARIE"), is_same_first_name("Anne-Lise", "Annelise"), is_same_first_name("Marie-Lou", "Marie-Anne")
    (True, True, False)
    """
    return "".join(_words(one)) in _beginnings(other) or "".join(_words(other)) in _beginnings(one)


def is_same_last_name(one: str, other: str) -> bool:
    """Whether one has all the words of the other, spelling aside.

    >>> is_same_last_name("LE GOFF", "Legoff"), is_same_last_name("Martin-Durand", "Durand"), is_same_last_name("Martin", "Martinez")
    (True, True, False)
    """
    first, second = _words(one), _words(other)
    return "".join(first) == "".join(second) or set(first) <= set(second) or set(second) <= set(first)


def _beginnings(name: str) -> set[str]:
    words = _words(name)
    return {"".join(words[:count]) for count in range(1, len(words) + 1)}


def _words(name: str) -> list[str]:
    """The letters of each word, folded; marks that no keyboard shows belong to the word they stand in."""
    kept = (symbol for symbol in fold(name) if unicodedata.category(symbol) != "Cf" and symbol not in "'’ʼ")
    return "".join(symbol if symbol.isalnum() else " " for symbol in kept).split()
