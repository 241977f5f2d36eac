"""Fonts, and which of them has a glyph for each character: nothing is ever printed blank (``docs/architecture.md`` §6)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from jalon.kernel.errors import ConflictError

FONTS = Path(__file__).parent / "fonts"
#: What the page itself is set in; all three cover the Latin script.
SANS, BOLD, DISPLAY = "sans", "sans-bold", "display"
#: Fonts for other scripts, in the order they are asked; loaded only when a name needs one.
FALLBACKS: tuple[str, ...] = ("cyrillic", "greek")


class NameNotPrintableError(ConflictError):
    """A character has no glyph in any of our fonts: rather no page than one with a hole in a name."""

    code = "name_not_printable"


def file_of(face: str) -> Path:
    return FONTS / f"{face}.ttf"


@cache
def coverage(face: str) -> frozenset[int]:
    """The characters a font has glyphs for."""
    with TTFont(file_of(face), lazy=True) as font:
        return frozenset(font.getBestCmap())


def runs(text: str, face: str) -> Iterator[tuple[str, str]]:
    """``text`` cut into pieces, each with the font that prints it: ``face`` wherever it can.

    Raises :class:`NameNotPrintableError` for a character that no font has.
    """
    piece, of = "", face
    for character in text:
        wanted = _face_for(character, face, of)
        if wanted != of and piece:
            yield piece, of
            piece = ""
        piece, of = piece + character, wanted
    if piece:
        yield piece, of


def _face_for(character: str, face: str, current: str) -> str:
    """The font for one character; a space stays with the piece it is in."""
    for candidate in (current, face, *FALLBACKS) if character == " " else (face, *FALLBACKS):
        if ord(character) in coverage(candidate):
            return candidate
    raise NameNotPrintableError(
        "A character of this certificate cannot be printed; the certifying body has been told.", character=f"U+{ord(character):04X}"
    )
