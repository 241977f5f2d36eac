"""The names that people give to what they make, a campaign or a target profile: how they are kept, and how long they may be."""

from jalon.kernel.errors import Violation
from jalon.kernel.legible import legible

TITLE_MAX_LENGTH = 100


def title_of(text: str) -> str:
    r"""The name as it is kept: :func:`~jalon.kernel.legible.legible`, since it stands on pupils' pages and in a school's tables.

    >>> title_of(" Profils   de\u202e rentrée\u200b ")
    'Profils de rentrée'
    """
    return legible(text)


def wrong_title(text: str, pointer: str = "/name") -> tuple[Violation, ...]:
    """What is wrong with a name: that nothing of it is seen, or that it is too long; empty where nothing is."""
    if 0 < len(title_of(text)) <= TITLE_MAX_LENGTH:
        return ()
    return (Violation(pointer, f"A name has 1 to {TITLE_MAX_LENGTH} characters that can be seen.", "name"),)
