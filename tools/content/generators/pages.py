"""PDF and PNG files of the challenges.

The PDF writer is our own and small: text in Helvetica over A4 pages, with document properties. It writes the same bytes
whatever is installed, and knows the whole of Windows-1252, so that ``œ``, ``’`` and ``€`` come out right.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

_LINES_A_PAGE = 46


def pdf_file(pages: Sequence[Sequence[str]], properties: Mapping[str, str] | None = None) -> bytes:
    """A PDF; each page is a list of lines, ``# `` starts a heading; ``properties``: Title, Author, Subject, Keywords, CreationDate."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    catalog, tree = add(b""), add(b"")
    regular = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    bold = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    kids = []
    for page in pages:
        stream = _page_stream(page)
        content = add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        fonts = b"/Font << /F1 %d 0 R /F2 %d 0 R >>" % (regular, bold)
        head = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] " % tree
        kids.append(add(head + b"/Resources << %s >> /Contents %d 0 R >>" % (fonts, content)))
    objects[catalog - 1] = b"<< /Type /Catalog /Pages %d 0 R /Lang (fr-FR) >>" % tree
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[tree - 1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    entries = b" ".join(b"/%s %s" % (key.encode(), _pdf_text(value)) for key, value in (properties or {}).items())
    info = add(b"<< %s >>" % entries)
    return _assembled(objects, catalog, info)


def _assembled(objects: list[bytes], catalog: int, info: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, catalog, info, start)
    return bytes(out)


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _pdf_text(text: str) -> bytes:
    if text.isascii():
        return b"(%s)" % _escaped(text)
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()


def _page_stream(lines: Sequence[str]) -> bytes:
    if len(lines) > _LINES_A_PAGE:
        raise ValueError(f"{len(lines)} lines do not fit on a page of {_LINES_A_PAGE}")
    out, height = [b"BT"], 790
    for line in lines:
        heading = line.startswith("# ")
        font, size = (b"F2", 16) if heading else (b"F1", 11)
        out.append(b"/%s %d Tf 1 0 0 1 60 %d Tm (%s) Tj" % (font, size, height, _escaped(line.removeprefix("# "))))
        height -= 24 if heading else 16
    return b"\n".join([*out, b"ET"])


class Picture:
    """A drawing of rectangles, lines and texts, saved as PNG. Colours are CSS-like strings; sizes are pixels."""

    def __init__(self, width: int, height: int, background: str = "white") -> None:
        from PIL import Image, ImageDraw, ImageFont

        self._image = Image.new("RGB", (width, height), background)
        self._pen = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default

    def box(self, x: int, y: int, width: int, height: int, fill: str | None = None, outline: str | None = "black") -> "Picture":
        """A rectangle."""
        self._pen.rectangle((x, y, x + width, y + height), fill=fill, outline=outline, width=2)
        return self

    def line(self, points: Sequence[tuple[int, int]], fill: str = "black", width: int = 2) -> "Picture":
        """A broken line."""
        self._pen.line([tuple(point) for point in points], fill=fill, width=width)
        return self

    def disc(self, x: int, y: int, radius: int, fill: str) -> "Picture":
        """A full circle around (x, y)."""
        self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
        return self

    def text(self, x: int, y: int, text: Any, size: int = 18, fill: str = "black", anchor: str = "la") -> "Picture":
        """A text; ``anchor`` as in Pillow (``la`` left top, ``mm`` middle)."""
        self._pen.text((x, y), str(text), fill=fill, font=self._font(size), anchor=anchor)
        return self

    def png(self) -> bytes:
        """The file."""
        buffer = io.BytesIO()
        self._image.save(buffer, format="PNG", optimize=False, compress_level=9)
        return buffer.getvalue()


def bar_chart(values: Mapping[str, float], title: str, *, floor: float = 0) -> bytes:
    """A bar chart; ``floor`` is where the vertical axis starts (a floor above 0 misleads, which a challenge may be about)."""
    width, height, left, base = 90 * len(values) + 120, 360, 70, 300
    top = max(values.values())
    picture = Picture(width, height).text(width // 2, 24, title, 18, anchor="mm")
    picture.line([(left, 50), (left, base), (width - 20, base)])
    for step in range(5):
        level = floor + (top - floor) * step / 4
        y = base - round(230 * step / 4)
        picture.line([(left - 5, y), (left, y)]).text(left - 10, y, f"{level:g}".replace(".", ","), 14, anchor="rm")
    for rank, (label, value) in enumerate(values.items()):
        tall = round(230 * (value - floor) / (top - floor))
        x = left + 30 + 90 * rank
        picture.box(x, base - tall, 55, tall, fill="#4a78b5").text(x + 27, base + 16, label, 14, anchor="mm")
        picture.text(x + 27, base - tall - 10, f"{value:g}".replace(".", ","), 14, anchor="mm")
    return picture.png()


def window(title: str, lines: Sequence[str], width: int = 560) -> bytes:
    """A picture of a plain program window holding lines of text; a line in ``[brackets]`` is a button."""
    height = 70 + 34 * len(lines)
    picture = Picture(width, height, "#f4f4f4").box(0, 0, width - 1, height - 1, outline="#555555")
    picture.box(0, 0, width - 1, 38, fill="#2f4f7f", outline="#2f4f7f").text(14, 20, title, 17, "white", "lm")
    for rank, line in enumerate(lines):
        y = 58 + 34 * rank
        if line.startswith("[") and line.endswith("]"):
            picture.box(20, y, 14 * len(line), 26, fill="#dddddd", outline="#777777").text(30, y + 14, line[1:-1], 16, anchor="lm")
        else:
            picture.text(20, y + 14, line, 16, anchor="lm")
    return picture.png()
