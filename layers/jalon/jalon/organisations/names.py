"""When two spellings are the same name.

Lists come in capitals without accents or in full, and children type their own name as they like:
``LE GOFF--D'ARC`` and ``Le Goff d’Arc`` must meet.
"""

import unicodedata

from jalon.kernel.letters import fold


def name_key(name: str) -> str:
    """The name's letters, without accents, case, spaces, hyphens or apostrophes.

    >>> name_key("Éloïse-Anne d’Œuvre") == name_key("ELOISE ANNE D'OEUVRE")
    True
    """
    return "".join(symbol for symbol in fold(name) if symbol.isalnum())


def tidy(text: str | None) -> str:
    """The text in NFC with its white space reduced; an absent text is empty."""
    return unicodedata.normalize("NFC", " ".join((text or "").split()))
