"""PDF files and images (PNG, SVG) of the challenges.

The PDF writer is our own and small: text in Helvetica over A4 pages, with document properties. It writes the same bytes
whatever is installed, and knows the whole of Windows-1252, so that ``œ``, ``’`` and ``€`` come out right.
"""

import io
from collections.abc import Mapping, Sequence
from html import escape
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
    """A drawing of coloured shapes, saved as PNG. Colours are CSS-like texts; sizes are pixels.

    It writes no text: Pillow's own font lacks accents, and a system font would change the bytes from machine to machine.
    A drawing with words is an SVG, see :func:`bar_chart` and :func:`window`.
    """

    def __init__(self, width: int, height: int, background: str = "white") -> None:
        from PIL import Image, ImageDraw

        self._image = Image.new("RGB", (width, height), background)
        self._pen = ImageDraw.Draw(self._image)

    def box(self, x: int, y: int, width: int, height: int, fill: str | None = None, outline: str | None = "black") -> "Picture":
        """A rectangle."""
        self._pen.rectangle((x, y, x + width, y + height), fill=fill, outline=outline, width=2)
        return self

    def disc(self, x: int, y: int, radius: int, fill: str) -> "Picture":
        """A full circle around (x, y)."""
        self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
        return self

    def png(self) -> bytes:
        """The file."""
        buffer = io.BytesIO()
        self._image.save(buffer, format="PNG", optimize=False, compress_level=9)
        return buffer.getvalue()


def _svg(width: int, height: int, parts: Sequence[str]) -> bytes:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#ffffff"/>', *parts, "</svg>", ""]).encode()


def _svg_text(x: int, y: int, text: Any, size: int = 14, *, fill: str = "#111111", anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{escape(str(text))}</text>'


def _decimal(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def bar_chart(values: Mapping[str, float], title: str, *, floor: float = 0) -> bytes:
    """A bar chart (SVG); ``floor`` is where the vertical axis starts (above 0 it misleads, which a challenge may be about)."""
    width, height, left, base = 90 * len(values) + 120, 360, 70, 300
    top = max(values.values())
    parts = [_svg_text(width // 2, 28, title, 18)]
    parts.append(f'<path d="M{left} 50V{base}H{width - 20}" fill="none" stroke="#111111" stroke-width="2"/>')
    for step in range(5):
        y = base - round(230 * step / 4)
        parts.append(f'<path d="M{left - 5} {y}H{left}" stroke="#111111" stroke-width="2"/>')
        parts.append(_svg_text(left - 10, y + 5, _decimal(floor + (top - floor) * step / 4), anchor="end"))
    for rank, (label, value) in enumerate(values.items()):
        tall = round(230 * (value - floor) / (top - floor))
        x = left + 30 + 90 * rank
        parts.append(f'<rect x="{x}" y="{base - tall}" width="55" height="{tall}" fill="#4a78b5" stroke="#111111"/>')
        parts.append(_svg_text(x + 27, base + 22, label))
        parts.append(_svg_text(x + 27, base - tall - 6, _decimal(value)))
    return _svg(width, height, parts)


def window(title: str, lines: Sequence[str], width: int = 560) -> bytes:
    """A picture (SVG) of a plain program window holding lines of text; a line in ``[brackets]`` is a button."""
    height = 70 + 36 * len(lines)
    parts = [
        f'<rect x="1" y="1" width="{width - 2}" height="{height - 2}" fill="#f4f4f4" stroke="#555555"/>',
        f'<rect x="1" y="1" width="{width - 2}" height="38" fill="#2f4f7f"/>',
        _svg_text(14, 26, title, 17, fill="#ffffff", anchor="start"),
    ]
    for rank, line in enumerate(lines):
        y = 56 + 36 * rank
        if line.startswith("[") and line.endswith("]"):
            parts.append(f'<rect x="20" y="{y}" width="{11 * len(line) + 10}" height="28" rx="4" fill="#dddddd" stroke="#777777"/>')
            parts.append(_svg_text(30, y + 20, line[1:-1], 16, anchor="start"))
        else:
            parts.append(_svg_text(20, y + 20, line, 16, anchor="start"))
    return _svg(width, height, parts)
