"""ISO 19005-3 §6.2.11 and ISO 14289-1 §7.21: embedded, of right widths, and every glyph a character."""

import io
import re
from collections.abc import Iterator
from functools import cache

import pikepdf
from fontTools.ttLib import TTFont

from tests.certificates.conformance.document import File

_NOT_CHARACTERS = {0x0000, 0xFEFF, 0xFFFE}
_TOLERANCE = 1.0  # thousandths of an em (§6.2.11.5)


def check(file: File) -> Iterator[str]:
    fonts = {str(name): font for name, font in file.page.Resources.Font.items()}
    programs: dict[str, TTFont] = {}
    for name, font in fonts.items():
        breaches = list(_font(font))
        yield from (f"{name} {breach}" for breach in breaches)
        if not breaches:
            programs[name] = TTFont(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()))
    for shown in file.shown:
        if shown.font in programs:
            yield from _glyphs(fonts[shown.font], programs[shown.font], shown)


def _font(font: pikepdf.Dictionary) -> Iterator[str]:
    if (str(font.Subtype), str(font.get("/Encoding"))) != ("/Type0", "/Identity-H"):
        yield "6.2.11.3: not a composite font with Identity-H"
        return
    # With Identity-H any character collection will do (§6.2.11.3.1).
    (descendant,) = font.DescendantFonts
    mapping = descendant.get("/CIDToGIDMap")
    if str(descendant.Subtype) != "/CIDFontType2" or not (isinstance(mapping, pikepdf.Stream) or str(mapping) == "/Identity"):
        yield "6.2.11.3.2: not a TrueType CID font with its CIDToGIDMap"
    descriptor = descendant.FontDescriptor
    if "/FontFile2" not in descriptor:
        yield "6.2.11.4.1: not embedded"
    elif int(descriptor.FontFile2.stream_dict.get("/Length1", -1)) != len(descriptor.FontFile2.read_bytes()):
        yield "6.2.11.4: Length1 is not the program's length"
    names = {str(font.BaseFont), str(descendant.BaseFont), str(descriptor.FontName)}
    if len(names) != 1 or not re.match("/[A-Z]{6}[+]", names.pop()):
        yield "the font's names differ, or do not say that it is a subset"
    if "/ToUnicode" not in font:
        yield "6.2.11.7.2: no ToUnicode"
    if "/CIDSet" in descriptor:
        yield "6.2.11.4.2: a CIDSet, which nobody keeps complete"


def _glyphs(font: pikepdf.Dictionary, program: TTFont, shown: object) -> Iterator[str]:
    widths, unicodes, glyphs = _widths(font), _to_unicode(font), font.DescendantFonts[0].CIDToGIDMap
    glyph_of = glyphs.read_bytes() if isinstance(glyphs, pikepdf.Stream) else None
    replaced = any("/ActualText" in properties for _, properties in shown.marks)
    em, order = program["head"].unitsPerEm, program.getGlyphOrder()
    for at in range(0, len(shown.text), 2):
        cid = int.from_bytes(shown.text[at : at + 2], "big")
        glyph = cid if glyph_of is None else int.from_bytes(glyph_of[2 * cid : 2 * cid + 2], "big")
        if not 0 < glyph < len(order):
            yield "6.2.11.8: .notdef, or a glyph the font has not"
            continue
        real = program["hmtx"][order[glyph]][0] * 1000 / em
        if abs(widths.get(cid, float(font.DescendantFonts[0].get("/DW", 1000))) - real) > _TOLERANCE:
            yield f"6.2.11.5: the width of glyph {cid} is not the font's"
        text = unicodes.get(cid, "")
        if not text or {ord(character) for character in text} & _NOT_CHARACTERS:
            yield f"6.2.11.7.2 / Matterhorn 10-001, 31-027: glyph {cid} stands for no character"
        if any(0xE000 <= ord(character) <= 0xF8FF or ord(character) >= 0xF0000 for character in text) and not replaced:
            yield f"6.2.11.7.3: glyph {cid} stands for a private character, and no replacement text says which"


def _widths(font: pikepdf.Dictionary) -> dict[int, float]:
    found, items = {}, list(font.DescendantFonts[0].get("/W", []))
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, pikepdf.Array):
            found |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            width = float(items.pop(0))
            found |= dict.fromkeys(range(first, int(second) + 1), width)
    return found


def _to_unicode(font: pikepdf.Dictionary) -> dict[int, str]:
    return _parsed(font.ToUnicode.read_bytes())


@cache
def _parsed(cmap: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "surrogatepass")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int(text, 16)
            found |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found
