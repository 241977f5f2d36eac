"""Text without what nobody sees: how a name is kept, signed and printed."""

import re
import unicodedata

#: What is never seen: control characters, soft hyphens, marks of direction, fillers, variation selectors, tags, half characters
#: (Unicode's Default_Ignorable_Code_Point and more).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\ud800-\udfff\U000e0000-\U000e0fff]"
)
#: The joiners shape Arabic and Indian scripts; anywhere else they are as unseen as the rest.
_STRAY_JOINER = re.compile("(?<![\u0600-\u18af])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u18af])")


def legible(text: str) -> str:
    """``text`` as it is kept, signed and printed: NFC, single spaces, and nothing in it that nobody sees.

    >>> legible("Zoe\u0301 \u200bA\u200dna  Exemple\u202e")
    'Zoé Ana Exemple'
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return " ".join(_STRAY_JOINER.sub("", seen).split())
