"""The INE (*identifiant national élève*): how a pupil is known from one school to the next."""

from jalon.kernel.ids import Ine


def normal_ine(text: str) -> Ine:
    """A national number from what someone typed: without white space, in capitals. Whether somebody has it is the lists' to say.

    >>> normal_ine(" 123 456 789 ab ")
    '123456789AB'
    """
    return Ine("".join(text.split()).upper())
