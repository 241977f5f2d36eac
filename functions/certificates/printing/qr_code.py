"""The QR code: the address in bytes, the token in alphanumeric mode, drawn as rectangles."""

from dataclasses import dataclass
from typing import Any

import segno
from segno import consts

from functions.certificates.printing.canvas import Canvas
from functions.certificates.printing.ornaments import INK, rectangle

#: segno tries all eight masks, which takes most of its time; a fixed one is read as well (measured, ``docs/certificates.md``).
_MASK = 2
#: The code of a usual name has 57 modules a side. Modules as large as its are read from a worn copy at 150 dots per inch (see the tests).
_SIDE_MM, _LARGEST_SIDE_MM = 38.0, 50.0
_MODULE_MM = _SIDE_MM / 57


@dataclass(frozen=True, slots=True)
class QrCode:
    """Its modules, row by row, and how wide it is printed."""

    matrix: tuple[bytes, ...]
    side_mm: float


def qr_code(address: str) -> QrCode:
    """The code of ``address`` (``…/v#TOKEN``), as large as its modules need; it corrects less (L for M) rather than outgrow its place."""
    page, token = address.split("#")
    segments: Any = [(f"{page}#", consts.MODE_BYTE), (token, consts.MODE_ALPHANUMERIC)]  # segno takes lists, its annotation does not
    for error in ("m", "l"):
        matrix = tuple(bytes(row) for row in segno.make_qr(segments, error=error, mask=_MASK, boost_error=False).matrix)
        side = max(_SIDE_MM, len(matrix) * _MODULE_MM)
        if side <= _LARGEST_SIDE_MM:
            break
    return QrCode(matrix, min(side, _LARGEST_SIDE_MM))


def draw(canvas: Canvas, code: QrCode, left: float, top: float) -> None:
    """Draw ``code``; leave four modules of white around it."""
    module = code.side_mm / len(code.matrix)
    canvas.paint(f"{module:.5f} 0 0 {module:.5f} {left:g} {top:g} cm {' '.join(_bars(code.matrix))}", "f", fill=INK)


def _bars(matrix: tuple[bytes, ...]) -> list[str]:
    """The dark modules, each row's neighbours as one bar."""
    bars = []
    for y, row in enumerate(matrix):
        x = 0
        while (start := row.find(1, x)) >= 0:
            end = row.find(0, start)
            x = end if end >= 0 else len(row)
            bars.append(rectangle(start, y, x - start, 1))
    return bars
