"""Letters that Unicode leaves whole where lists and usernames write others, as French civil registers spell them out."""

import unicodedata

_SPELLED_OUT = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """Lower case without accents, ligatures spelled out.

    >>> fold("Cœur-Élodie Đorđević")
    'coeur-elodie dordevic'
    """
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold().translate(_SPELLED_OUT))
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
