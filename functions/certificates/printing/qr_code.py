"""The QR code: the address in bytes, the token in alphanumeric mode, drawn as rectangles."""

from typing import Any

import segno
from segno import consts

from functions.certificates.printing.canvas import Canvas
from functions.certificates.printing.ornaments import INK, rectangle

#: segno tries all eight masks, which takes most of its time; a fixed one is read as well (measured, ``docs/certificates.md``).
_MASK = 2


def qr_code(canvas: Canvas, address: str, left: float, top: float, side: float) -> None:
    """Draw ``address`` (``…/v#TOKEN``) in a square of ``side`` millimetres; leave four modules of white around it."""
    page, token = address.split("#")
    segments: Any = [(f"{page}#", consts.MODE_BYTE), (token, consts.MODE_ALPHANUMERIC)]  # segno takes lists, its annotation does not
    code = segno.make_qr(segments, error="m", mask=_MASK, boost_error=False)
    matrix = [bytes(row) for row in code.matrix]
    module = side / len(matrix)
    canvas.paint(f"{module:.5f} 0 0 {module:.5f} {left:g} {top:g} cm {' '.join(_bars(matrix))}", "f", fill=INK)


def _bars(matrix: list[bytes]) -> list[str]:
    """The dark modules, each row's neighbours as one bar."""
    bars = []
    for y, row in enumerate(matrix):
        x = 0
        while (start := row.find(1, x)) >= 0:
            end = row.find(0, start)
            x = end if end >= 0 else len(row)
            bars.append(rectangle(start, y, x - start, 1))
    return bars
