"""What is only to be looked at: the frame, the rosette behind the score, a signature. Paths in millimetres, y downwards."""

from functools import cache
from math import cos, pi, sin

from functions.certificates.printing.canvas import Canvas, Colour

INK: Colour = (23, 32, 46)
SOFT: Colour = (86, 96, 114)
BLUE: Colour = (35, 63, 155)
GOLD: Colour = (168, 129, 58)
LINE: Colour = (205, 212, 224)
PALE: Colour = (243, 245, 250)


def rectangle(left: float, top: float, width: float, height: float) -> str:
    return f"{left:g} {top:g} {width:g} {height:g} re"


def frame(canvas: Canvas) -> None:
    """Two rules and four corners."""
    canvas.paint(rectangle(8, 8, 194, 281), "S", stroke=BLUE, width=0.9)
    canvas.paint(rectangle(10, 10, 190, 277), "S", stroke=GOLD, width=0.25)
    corners = " ".join(_corner(x, y, across, down) for x, across in ((10, 1), (200, -1)) for y, down in ((10, 1), (287, -1)))
    canvas.paint(corners, "S", stroke=GOLD, width=0.25)


def _corner(x: float, y: float, across: int, down: int) -> str:
    steps = []
    for reach in (3, 5, 7):
        bend = reach * 0.45
        steps.append(
            f"{x + across * reach:g} {y:g} m {x + across * reach:g} {y + down * bend:g} "
            f"{x + across * bend:g} {y + down * reach:g} {x:g} {y + down * reach:g} c"
        )
    return " ".join(steps)


_LOBES = 24


@cache
def _rosette(radius: float, lobes: int, depth: float) -> str:
    points = []
    for step in range(lobes * 8):
        angle = 2 * pi * step / (lobes * 8)
        distance = radius * (1 - depth + depth * cos(lobes * angle))
        points.append(f"{distance * cos(angle):.2f} {distance * sin(angle):.2f}")
    return f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h"


def rosette(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A guilloche: three curves out of step."""
    for step in range(3):
        turn = 2 * pi / 3 / _LOBES * step
        turned = f"{cos(turn):.5f} {sin(turn):.5f} {-sin(turn):.5f} {cos(turn):.5f} {x:g} {y:g} cm"
        canvas.paint(f"{turned} {_rosette(radius, _LOBES, 0.1)}", "S", stroke=GOLD, width=0.12)
    canvas.paint(f"1 0 0 1 {x:g} {y:g} cm {_circle(radius * 0.76)}", "B", fill=(255, 255, 255), stroke=BLUE, width=0.35)


def _circle(radius: float) -> str:
    bend = radius * 0.5523
    r, b = f"{radius:g}", f"{bend:.3f}"
    return f"{r} 0 m {r} {b} {b} {r} 0 {r} c -{b} {r} -{r} {b} -{r} 0 c -{r} -{b} -{b} -{r} 0 -{r} c {b} -{r} {r} -{b} {r} 0 c h"


def marks(canvas: Canvas, left: float, top: float, level: int, max_level: int) -> None:
    """Eight squares: filled to ``level``, outlined to what was open, a dot beyond."""
    side, pitch = 3.0, 3.9
    filled = " ".join(rectangle(left + step * pitch, top, side, side) for step in range(level))
    outlined = " ".join(rectangle(left + step * pitch + 0.1, top + 0.1, side - 0.2, side - 0.2) for step in range(level, max_level))
    closed = " ".join(rectangle(left + step * pitch + 1.2, top + 1.2, 0.6, 0.6) for step in range(max_level, 8))
    if filled:
        canvas.paint(filled, "f", fill=BLUE)
    if outlined:
        canvas.paint(outlined, "S", stroke=LINE, width=0.2)
    if closed:
        canvas.paint(closed, "f", fill=LINE)


#: A flourish that is nobody's: a loop, three waves and a stroke below.
_FLOURISH = (
    "0 8 m 2 -3 7 -4 6.5 2 c 6 8 1 12 3 6.5 c 5 1 9 -1 9.5 3 c 9.8 6 8.5 8 10 7.5 c 12 7 12.5 3 14 3.2 c 15.5 3.5 13.5 7.5 15.5 7.3 c "
    "17.5 7 17.5 3.2 19.5 3.2 c 21.5 3.3 19.5 7.4 21.8 7.2 c 25 7 27 1 33 2.2 c 1 11.5 m 12 9.2 24 9 35 10.4 c"
)


def signature(canvas: Canvas, left: float, top: float) -> None:
    """The mark of the certifying body's head."""
    canvas.paint(f"1 0 0 1 {left:g} {top:g} cm {_FLOURISH}", "S", stroke=(27, 42, 110), width=0.45)
