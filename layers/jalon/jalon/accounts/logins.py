"""What people type to say who they are: an e-mail address, or the username that the school made."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

from jalon.accounts.email_addresses import clean_email
from jalon.kernel.letters import fold

_LONGEST_PART = 40
#: Letters and digits, by their categories in Unicode; what only stands beside letters (``Lm``, as in O\u02bcBrien) is not among them.
_IN_USERNAMES = frozenset({"Ll", "Lo", "Nd"})
_ENDS_WITH_BIRTHDAY = re.compile(r"[0-9]{4}\Z")
#: So many usernames are tried in turn; beyond, the next is looked up: the hundredth namesake does not wait for a hundred refusals.
_TRIED_IN_TURN = 10
_MOST_NAMESAKES = 9_999


def normalise_login(text: str) -> str:
    """The one form of a login: an e-mail address as it is kept; a username as the school made it, from the name as it is written.

    Of a username small letters without accents, digits and full stops are left, and the hyphen before a namesake's number, which stands
    behind the four digits of the birthday. Every username is its own form: no two of them meet.

    >>> [normalise_login(text) for text in (" Léa.Martin1203 ", "Anne-Lise.D’Œuvre1203", "lea.martin1203–2", "Lea@Example.ORG")]
    ['lea.martin1203', 'annelise.doeuvre1203', 'lea.martin1203-2', 'lea@example.org']
    """
    if "@" in text:
        return clean_email(text)
    head, _, number = "".join(map(_as_in_usernames, fold(text))).rpartition("-")
    name = head.replace("-", "")
    is_namesakes = _ENDS_WITH_BIRTHDAY.search(name) and number.isascii() and number.isdigit()
    return f"{name}-{number}" if is_namesakes else name + number


def _as_in_usernames(symbol: str) -> str:
    """A letter, a digit, a full stop, a hyphen of any kind as the one that usernames have; nothing for anything else."""
    category = unicodedata.category(symbol)
    if category == "Pd" or symbol == "\N{MINUS SIGN}":
        return "-"
    return symbol if category in _IN_USERNAMES or symbol == "." else ""


def username_base(first_name: str, last_name: str, birth_date: date) -> str:
    """first.last + day and month of birth (docs/domain.md §1; the schools' convention).

    Hyphens, apostrophes and spaces go; a name without Latin letters counts as ``eleve``.

    >>> username_base("Anne-Lise", "D'Œuvre", date(2010, 3, 12))
    'annelise.doeuvre1203'
    """
    return f"{_letters(first_name)}.{_letters(last_name)}{birth_date.day:02d}{birth_date.month:02d}"


def username_candidates(first_name: str, last_name: str, birth_date: date, is_taken: Callable[[str], bool]) -> Iterator[str]:
    """The usernames to try in turn: the base, then the base with ``-2``, ``-3`` … for namesakes born on that day.

    From the eleventh on, only one that is free is given: ``is_taken`` is asked some twenty times at most to find it, and once more
    for each that somebody took in that very moment. They end with the 9 999th.
    """
    base = username_base(first_name, last_name, birth_date)
    yield base
    for number in range(2, _TRIED_IN_TURN + 1):
        yield f"{base}-{number}"
    last = _TRIED_IN_TURN
    while (free := _free_after(last, lambda number: is_taken(f"{base}-{number}"))) is not None:
        yield f"{base}-{free}"
        last = free


def _free_after(last: int, is_taken: Callable[[int], bool]) -> int | None:
    """A number above ``last``, which is taken, that is free while the one below it is taken; None where there is none to be found.

    Steps double until a free number is met, then what lies between is halved: numbers are given in turn.
    """
    step, free = 1, min(last + 1, _MOST_NAMESAKES)
    while is_taken(free):
        if free == _MOST_NAMESAKES:
            return None
        last, step = free, 2 * step
        free = min(free + step, _MOST_NAMESAKES)
    while free - last > 1:
        middle = (last + free) // 2
        last, free = (middle, free) if is_taken(middle) else (last, middle)
    return free


def _letters(name: str) -> str:
    return "".join(character for character in fold(name) if "a" <= character <= "z")[:_LONGEST_PART] or "eleve"
