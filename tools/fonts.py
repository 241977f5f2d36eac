"""Cuts the certificate's fonts down to what names need, so that a page costs milliseconds and kilobytes.

    apt-get download fonts-noto-core && dpkg-deb -x fonts-noto-core_*.deb /tmp/noto
    python -m tools.fonts /tmp/noto/usr/share/fonts/truetype/noto

Writes ``layers/jalon/jalon/certificates/printing/fonts/``: committed, because a build must not need Debian. The fonts are Noto,
under the SIL Open Font License 1.1 (kept beside them); they have no reserved name, so a cut font may keep its own.
Hinting, kerning and ligatures go; the same sources give the same bytes.
"""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "layers/jalon/jalon/certificates/printing/fonts"
#: Every font is dated so: a cut made today and one made tomorrow are the same file.
DATED = 3_400_000_000

LATIN = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),  # Latin-1, Extended-A and -B
    range(0x2B0, 0x2C0),  # modifier letters: the apostrophes of Breton, Hawaiian and Maori names among them
    range(0x300, 0x370),  # combining marks, for what NFC leaves apart
    range(0x1E00, 0x1F00),  # Vietnamese and others
    range(0x2010, 0x2028),
    (0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2116, 0x2122, 0x2212, 0x2713),
)
GREEK = (range(0x20, 0x41), range(0x370, 0x400), range(0x1F00, 0x2000))
CYRILLIC = (range(0x20, 0x41), range(0x400, 0x530), range(0x2DE0, 0x2E00))


@dataclass(frozen=True, slots=True)
class Cut:
    """One font to write: from which source, and which characters stay."""

    name: str
    source: str
    keep: tuple[Iterable[int], ...]


CUTS: tuple[Cut, ...] = (
    Cut("sans", "NotoSans-Regular.ttf", LATIN),
    Cut("sans-bold", "NotoSans-Bold.ttf", LATIN),
    Cut("display", "NotoSerifDisplay-Bold.ttf", LATIN),
    Cut("greek", "NotoSerif-Bold.ttf", GREEK),
    Cut("cyrillic", "NotoSerif-Bold.ttf", CYRILLIC),
)


def cut(sources: Path, wanted: Cut) -> Path:
    """Write one cut font and return where it is."""
    options = subset.Options(
        hinting=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        glyph_names=False,
        recalc_timestamp=False,
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "MATH", "meta", "STAT", "kern"]
    font = TTFont(sources / wanted.source, recalcTimestamp=False)
    font["head"].modified = font["head"].created = DATED
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for codes in wanted.keep for code in codes])
    subsetter.subset(font)
    target = FONTS / f"{wanted.name}.ttf"
    font.save(target)
    return target


def main() -> int:
    """Cut every font from the folder given."""
    parser = argparse.ArgumentParser(description="Cut the certificate's fonts.")
    parser.add_argument("sources", type=Path, help="the folder of Noto's .ttf files (Debian package fonts-noto-core)")
    sources = parser.parse_args().sources
    FONTS.mkdir(parents=True, exist_ok=True)
    for wanted in CUTS:
        target = cut(sources, wanted)
        print(f"{target.name}: {target.stat().st_size / 1024:.0f} KiB from {wanted.source}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
