"""Cuts the certificate's fonts down to what names need, so that a page costs milliseconds and kilobytes.

    apt-get download fonts-noto-core fonts-nanum fonts-droid-fallback
    for package in fonts-*.deb; do dpkg-deb -x $package /tmp/fonts; done
    python -m tools.fonts /tmp/fonts

Writes ``functions/certificates/printing/fonts/``: committed, because a build must not need Debian. Licences stand beside them:
Noto and Nanum under the SIL Open Font License 1.1 (Nanum's name is reserved, so its cuts have another), Droid Sans Fallback under
Apache 2.0. Hinting goes; kerning and ligatures too, except where a script cannot be written without its shaping tables. Chinese
characters and Hangul are cut into blocks of 2 048, so that a name loads the few it needs. The same sources give the same bytes.
"""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "functions/certificates/printing/fonts"
#: Every font is dated so: a cut made today and one made tomorrow are the same file.
DATED = 3_400_000_000
BLOCK = 0x800

LATIN = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),  # Latin-1, Extended-A and -B
    range(0x250, 0x2B0),  # what the names of West Africa add: ɓ, ɗ, ɛ, ŋ’s kin
    range(0x2B0, 0x2C0),  # modifier letters: the apostrophes of Breton, Hawaiian and Maori names among them
    range(0x300, 0x370),  # combining marks, for what NFC leaves apart
    range(0x1E00, 0x1F00),  # Vietnamese and others
    range(0x2010, 0x2028),
    range(0x2C60, 0x2C80),
    range(0xFB00, 0xFB07),  # ligatures as some registers type them
    (0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2116, 0x2122, 0x2212, 0x2713),
)
SPACE = range(0x20, 0x21)
GREEK = (range(0x20, 0x41), range(0x370, 0x400), range(0x1F00, 0x2000))
CYRILLIC = (range(0x20, 0x41), range(0x400, 0x530), range(0x2DE0, 0x2E00))


@dataclass(frozen=True, slots=True)
class Cut:
    """One font to write: from which source, and which characters stay."""

    name: str
    source: str
    keep: tuple[Iterable[int], ...]
    shaped: bool = False
    renamed: bool = False


def _script(name: str, source: str, *keep: range) -> Cut:
    """A font whose script needs its shaping tables; the joiners belong to every such script."""
    return Cut(name, source, (SPACE, range(0x200C, 0x200E), (0x25CC,), *keep), shaped=True)


def _block(name: str, source: str, first: int, *, renamed: bool = False) -> Cut:
    """One block of a large script."""
    return Cut(f"{name}-{first:04x}", source, (SPACE, range(first, first + BLOCK)), renamed=renamed)


CUTS: tuple[Cut, ...] = (
    Cut("sans", "NotoSans-Regular.ttf", LATIN),
    Cut("sans-bold", "NotoSans-Bold.ttf", LATIN),
    Cut("display", "NotoSerifDisplay-Bold.ttf", LATIN),
    Cut("greek", "NotoSerif-Bold.ttf", GREEK),
    Cut("cyrillic", "NotoSerif-Bold.ttf", CYRILLIC),
    Cut("armenian", "NotoSerifArmenian-Bold.ttf", (SPACE, range(0x530, 0x590))),
    Cut("georgian", "NotoSerifGeorgian-Bold.ttf", (SPACE, range(0x10A0, 0x1100), range(0x1C90, 0x1CC0))),
    Cut("cherokee", "NotoSansCherokee-Bold.ttf", (SPACE, range(0x13A0, 0x1400), range(0xAB70, 0xABC0))),
    Cut("tifinagh", "NotoSansTifinagh-Regular.ttf", (SPACE, range(0x2D30, 0x2D80))),
    Cut("ethiopic", "NotoSerifEthiopic-Bold.ttf", (SPACE, range(0x1200, 0x13A0))),
    _script("arabic", "NotoNaskhArabic-Bold.ttf", range(0x600, 0x700), range(0x750, 0x780)),
    _script("syriac", "NotoSansSyriac-Regular.ttf", range(0x700, 0x750)),
    _script("thaana", "NotoSansThaana-Bold.ttf", range(0x780, 0x7C0)),
    _script("nko", "NotoSansNKo-Regular.ttf", range(0x7C0, 0x800)),
    _script("hebrew", "NotoSerifHebrew-Bold.ttf", range(0x590, 0x600)),
    _script("devanagari", "NotoSerifDevanagari-Bold.ttf", range(0x900, 0x980)),
    _script("bengali", "NotoSerifBengali-Bold.ttf", range(0x980, 0xA00)),
    _script("gurmukhi", "NotoSerifGurmukhi-Bold.ttf", range(0xA00, 0xA80)),
    _script("gujarati", "NotoSerifGujarati-Bold.ttf", range(0xA80, 0xB00)),
    _script("oriya", "NotoSansOriya-Bold.ttf", range(0xB00, 0xB80)),
    _script("tamil", "NotoSerifTamil-Bold.ttf", range(0xB80, 0xC00)),
    _script("telugu", "NotoSerifTelugu-Bold.ttf", range(0xC00, 0xC80)),
    _script("malayalam", "NotoSerifMalayalam-Bold.ttf", range(0xD00, 0xD80)),
    _script("sinhala", "NotoSerifSinhala-Bold.ttf", range(0xD80, 0xE00)),
    _script("thai", "NotoSerifThai-Bold.ttf", range(0xE00, 0xE80)),
    _script("lao", "NotoSerifLao-Bold.ttf", range(0xE80, 0xF00)),
    _script("tibetan", "NotoSerifTibetan-Bold.ttf", range(0xF00, 0x1000)),
    _script("myanmar", "NotoSerifMyanmar-Bold.ttf", range(0x1000, 0x10A0)),
    _script("khmer", "NotoSerifKhmer-Bold.ttf", range(0x1780, 0x1800)),
    Cut("kana", "DroidSansFallbackFull.ttf", (SPACE, range(0x3000, 0x3100), range(0xFF00, 0xFFA0))),
    *(_block("han", "DroidSansFallbackFull.ttf", first) for first in range(0x3000, 0xA000, BLOCK)),
    _block("han", "DroidSansFallbackFull.ttf", 0xF800),
    *(_block("hangul", "NanumMyeongjoBold.ttf", first, renamed=True) for first in range(0xA800, 0xD800, BLOCK)),
)
#: The tables that shape a script.
_SHAPING = ("GSUB", "GPOS", "GDEF")


def cut(sources: Path, wanted: Cut) -> Path:
    """Write one cut font and return where it is."""
    options = subset.Options(
        hinting=False,
        layout_features=["*"] if wanted.shaped else [],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        glyph_names=False,
        recalc_timestamp=False,
    )
    options.drop_tables += ["DSIG", "MATH", "meta", "STAT", "kern", "vhea", "vmtx", "VORG", *(() if wanted.shaped else _SHAPING)]
    font = TTFont(next(sources.rglob(wanted.source)), recalcTimestamp=False)
    font["head"].modified = font["head"].created = DATED
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for codes in wanted.keep for code in codes])
    subsetter.subset(font)
    if wanted.renamed:
        _rename(font, f"Jalon {wanted.name}")
    target = FONTS / f"{wanted.name}.ttf"
    font.save(target)
    return target


def _rename(font: TTFont, name: str) -> None:
    """Give a cut its own name where the licence reserves the original's."""
    texts = {1: name, 3: f"{name} 1.0", 4: name, 6: name.replace(" ", "")}
    for record in font["name"].names:
        if record.nameID in texts:
            font["name"].setName(texts[record.nameID], record.nameID, record.platformID, record.platEncID, record.langID)


def main() -> int:
    """Cut every font from the folder given."""
    parser = argparse.ArgumentParser(description="Cut the certificate's fonts.")
    parser.add_argument("sources", type=Path, help="a folder with the unpacked Debian packages")
    sources = parser.parse_args().sources
    FONTS.mkdir(parents=True, exist_ok=True)
    for wanted in CUTS:
        target = cut(sources, wanted)
        print(f"{target.name}: {target.stat().st_size / 1024:.0f} KiB from {wanted.source}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
