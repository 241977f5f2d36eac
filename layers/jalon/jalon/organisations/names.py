"""When two spellings are the same name.

Lists come in capitals without accents or in full, and children type their own name as they like:
``LE GOFF--D'ARC`` and ``Le Goff d’Arc`` must meet.
"""

import unicodedata

from jalon.accounts.identity import belongs_to_a_name, clean_name

_LIGATURES = str.maketrans({"Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})


def name_key(name: str) -> str:
    """The name's letters, without accents, case, spaces, hyphens or apostrophes.

    >>> name_key("Éloïse-Anne d’Œuvre") == name_key("ELOISE ANNE D'OEUVRE")
    True
    """
    plain = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    return "".join(symbol for symbol in plain.casefold() if symbol.isalnum())


#: What an account's name may have at most.
_LONGEST_NAME = 100


def plain_name(name: str) -> str:
    """The name with what only lists write in it (brackets, digits, slashes) left out: how an account goes by it.

    >>> plain_name("MARTIN (dit Durand)")
    'MARTIN dit Durand'
    """
    return tidy("".join(symbol if belongs_to_a_name(symbol) else " " for symbol in clean_name(name))[:_LONGEST_NAME])


def tidy(text: str | None) -> str:
    """The text in NFC with its white space reduced; an absent text is empty."""
    return unicodedata.normalize("NFC", " ".join((text or "").split()))
