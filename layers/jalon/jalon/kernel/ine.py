"""The INE (*identifiant national élève, étudiant ou apprenti*): how a pupil is known from one school to the next."""

import re

from jalon.kernel.ids import Ine

#: Eleven characters (docs/domain.md §6). In turn: the national register's (RNIE, arrêté du 16 février 2012; given since 2018), that of the
#: academic databases before it (BEA, in SIECLE), an apprentice's (SIFA), and one that a university gave (SISE).
_FORMS = re.compile("[0-9]{9}[A-Z]{2}|[0-9]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]|[0-9A-Z]{10}[0-9]")
#: What comes before the letters or the key; one symbol repeated is what somebody typed who had no number.
_RANK = slice(9)


def normal_ine(text: str) -> Ine:
    """A national number from what someone typed: without white space, in capitals. Whether somebody has it is the lists' to say.

    >>> normal_ine(" 123 456 789 ab ")
    '123456789AB'
    """
    return Ine("".join(text.split()).upper())


def has_ine_form(text: str) -> bool:
    """Whether a text, however it is spaced, may be somebody's national number, and is no filler such as ``N/A`` or ``00000000000``.

    >>> [has_ine_form(text) for text in ("123456789AB", "0123456789a", "1234A12345B", "N/A", "99999999999", "123456789")]
    [True, True, True, False, False, False]
    """
    number = normal_ine(text)
    return _FORMS.fullmatch(number) is not None and len(set(number[_RANK])) > 1
