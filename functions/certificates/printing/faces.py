"""Fonts, and which of them has a glyph for each character: nothing is ever printed blank (``docs/architecture.md`` §6)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from jalon.kernel.errors import ConflictError

FONTS = Path(__file__).parent / "fonts"
#: What the page itself is set in; all three cover the Latin script.
SANS, BOLD, DISPLAY = "sans", "sans-bold", "display"
#: Fonts for other scripts by the first and last character they are asked for; one is loaded only when a name needs it.
_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0700, 0x074F, "syriac"),
    (0x0750, 0x077F, "arabic"),
    (0x0780, 0x07BF, "thaana"),
    (0x07C0, 0x07FF, "nko"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0A00, 0x0A7F, "gurmukhi"),
    (0x0A80, 0x0AFF, "gujarati"),
    (0x0B00, 0x0B7F, "oriya"),
    (0x0B80, 0x0BFF, "tamil"),
    (0x0C00, 0x0C7F, "telugu"),
    (0x0D00, 0x0D7F, "malayalam"),
    (0x0D80, 0x0DFF, "sinhala"),
    (0x0E00, 0x0E7F, "thai"),
    (0x0E80, 0x0EFF, "lao"),
    (0x0F00, 0x0FFF, "tibetan"),
    (0x1000, 0x109F, "myanmar"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1200, 0x139F, "ethiopic"),
    (0x13A0, 0x13FF, "cherokee"),
    (0x1780, 0x17FF, "khmer"),
    (0x1C90, 0x1CBF, "georgian"),
    (0x1F00, 0x1FFF, "greek"),
    (0x2D30, 0x2D7F, "tifinagh"),
    (0x2DE0, 0x2DFF, "cyrillic"),
    (0x3000, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAB70, 0xABBF, "cherokee"),
    (0xAC00, 0xD7A3, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFF00, 0xFF9F, "kana"),
)
#: Scripts too large for one font, cut into blocks of this many characters (``tools/fonts.py``).
_BLOCK = 0x800
_IN_BLOCKS = frozenset({"han", "hangul"})
#: Scripts that cannot be written one glyph after another.
SHAPED = frozenset(
    (
        *("arabic", "syriac", "thaana", "nko", "hebrew"),
        *("devanagari", "bengali", "gurmukhi", "gujarati", "oriya", "tamil", "telugu", "malayalam", "sinhala"),
        *("thai", "lao", "tibetan", "myanmar", "khmer"),
    )
)
#: Written from right to left.
RIGHT_TO_LEFT = frozenset({"arabic", "syriac", "thaana", "nko", "hebrew"})
_JOINERS = "\u200c\u200d"


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
        if wanted != of:
            # A space between two directions goes with what follows: at the end of a piece from right to left it would stand on its left.
            ended = piece.rstrip(" ") if of in RIGHT_TO_LEFT else piece
            if ended:
                yield ended, of
            piece = piece[len(ended) :]
        piece, of = piece + character, wanted
    if piece:
        yield piece, of


def _face_for(character: str, face: str, current: str) -> str:
    """The font for one character; a space or a joiner stays with the piece it is in."""
    if character == " " or character in _JOINERS:
        return current
    code = ord(character)
    for candidate in (face, _script_face(code)):
        if candidate is not None and code in coverage(candidate):
            return candidate
    raise NameNotPrintableError(
        "A character of this certificate cannot be printed; the certifying body has been told.", character=f"U+{code:04X}"
    )


def _script_face(code: int) -> str | None:
    for first, last, name in _SCRIPTS:
        if first <= code <= last:
            return f"{name}-{code - code % _BLOCK:04x}" if name in _IN_BLOCKS else name
    return None
