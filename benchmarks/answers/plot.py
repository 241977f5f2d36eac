"""A plot as an SVG file written by hand: the units each answer of a test takes, in both designs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 360, 56, 40, 20, 48
COLOURS = ("#1b6ca8", "#c0392b", "#7f8c8d")


def plot(path: Path, title: str, lines: Mapping[str, Sequence[float]]) -> None:
    """Draw each line over the numbers of the answers, from 1, on one scale from 0; at most three lines."""
    top = max(max(values) for values in lines.values()) + 1
    count = max(map(len, lines.values()))

    def x(number: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (number - 1) / max(1, count - 1)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    parts = [_text(LEFT, 22, title, size=15), _text(WIDTH - RIGHT, HEIGHT - 12, "answer", anchor="end")]
    for value in range(int(top) + 1):
        parts.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y(value) + 4, str(value), anchor="end"))
    parts += [_text(x(number), HEIGHT - BOTTOM + 18, str(number), anchor="middle") for number in (1, *range(6, count + 1, 6))]
    for rank, ((name, values), colour) in enumerate(zip(lines.items(), COLOURS, strict=False)):
        points = " ".join(f"{x(number):.1f},{y(value) - rank * 2:.1f}" for number, value in enumerate(values, 1))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(LEFT + 12, TOP + 16 + rank * 18, name, colour=colour))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>\n"]))


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{text}</text>'
