"""A page with four plots, in SVG, with nothing to install: what a simulation did."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import ceil, floor, sqrt

_WIDTH, _HEIGHT, _MARGIN = 560, 260, 46
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#1b1b1f}"
    "figure{display:inline-block;margin:0 1rem 1.5rem 0}figcaption{font-weight:600}"
    "table{border-collapse:collapse;margin-bottom:1.5rem}td,th{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}"
    "text{font:12px system-ui,sans-serif;fill:#444}.axis{stroke:#888}.grid{stroke:#e6e6ea}.dot{fill:#1d4ed8;fill-opacity:.25}"
    ".line{fill:none;stroke:#b91c1c;stroke-width:2}.bar{fill:#1d4ed8}"
)

Point = tuple[float, float]


def write_report(figures: Mapping[str, object], tests: Sequence[tuple[float, float, float, int]], exposures: Sequence[float]) -> str:
    """The page; ``tests`` hold (ability, truth, estimate, length) of each pupil."""
    rows = "".join(f"<tr><th>{escape(str(name))}</th><td>{escape(_shown(value))}</td></tr>" for name, value in figures.items())
    gaps = [(theta, estimate - truth) for theta, truth, estimate, _ in tests]
    used = sorted((share for share in exposures if share > 0), reverse=True)
    lengths = [length for *_, length in tests]
    plots = (
        _figure("Error by ability, with its mean (bias)", _scatter(gaps, _means(gaps)), "ability", "estimate − truth"),
        _figure("Root mean square error by ability", _curve(_means(gaps, squares=True)), "ability", "error"),
        _figure("Exposure of the questions used", _curve(list(enumerate(used))), "questions, most shown first", "share of the tests"),
        _figure("Length of the tests", _histogram(lengths), "questions", "tests"),
    )
    title = escape(f"Simulation: {figures['scheme']}")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1><table>{rows}</table>{''.join(plots)}</body></html>\n"
    )


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _means(points: Sequence[Point], *, squares: bool = False) -> list[Point]:
    """The mean (or the root mean square) of y in bins of half a unit of x, where there are at least five points."""
    bins: dict[int, list[float]] = {}
    for x, y in points:
        bins.setdefault(round(x * 2), []).append(y)
    kept = [(place / 2, values) for place, values in sorted(bins.items()) if len(values) >= min(5, len(points))]
    if squares:
        return [(x, sqrt(sum(y * y for y in values) / len(values))) for x, values in kept]
    return [(x, sum(values) / len(values)) for x, values in kept]


class _Axes:
    """Where a value falls on the plot; both axes hold at least one unit of their step."""

    def __init__(self, points: Iterable[Point], *, from_zero: bool) -> None:
        found = list(points) or [(0.0, 0.0)]
        xs, ys = [x for x, _ in found], [y for _, y in found]
        self.left, self.right = _padded(min(xs), max(xs))
        low, high = _padded(min(ys), max(ys))
        self.low, self.high = (min(0.0, low) if from_zero else low), high

    def place(self, point: Point) -> Point:
        x = _MARGIN + (point[0] - self.left) / (self.right - self.left) * (_WIDTH - 2 * _MARGIN)
        y = _HEIGHT - _MARGIN - (point[1] - self.low) / (self.high - self.low) * (_HEIGHT - 2 * _MARGIN)
        return round(x, 1), round(y, 1)

    def drawn(self) -> str:
        parts = []
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            value = self.low + share * (self.high - self.low)
            _, y = self.place((self.left, value))
            parts.append(f'<line class="grid" x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{y}" y2="{y}"/>')
            parts.append(f'<text x="{_MARGIN - 6}" y="{y + 4}" text-anchor="end">{value:.3g}</text>')
            value = self.left + share * (self.right - self.left)
            x, _ = self.place((value, self.low))
            parts.append(f'<text x="{x}" y="{_HEIGHT - _MARGIN + 16}" text-anchor="middle">{value:.3g}</text>')
        return "".join(parts)


def _padded(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (floor(low - 1), ceil(high + 1))


def _figure(caption: str, drawing: str, x_label: str, y_label: str) -> str:
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<svg role="img" aria-label="{escape(caption)}" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}">{drawing}'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>'
        f'<text x="{_MARGIN}" y="{_MARGIN - 14}">{escape(y_label)}</text></svg></figure>'
    )


def _path(axes: _Axes, points: Sequence[Point]) -> str:
    placed = " ".join(f"{x},{y}" for x, y in map(axes.place, points))
    return f'<polyline class="line" points="{placed}"/>'


def _scatter(points: Sequence[Point], means: Sequence[Point]) -> str:
    axes = _Axes(points, from_zero=False)
    dots = "".join('<circle class="dot" cx="{}" cy="{}" r="2.5"/>'.format(*axes.place(point)) for point in points)
    return axes.drawn() + dots + _path(axes, means)


def _curve(points: Sequence[Point]) -> str:
    axes = _Axes(points, from_zero=True)
    return axes.drawn() + _path(axes, points)


def _histogram(values: Sequence[int]) -> str:
    counts: dict[int, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    axes = _Axes([(min(counts) - 1, 0), *counts.items(), (max(counts) + 1, 0)], from_zero=True)
    bars = []
    for value, count in sorted(counts.items()):
        (left, top), (right, bottom) = axes.place((value - 0.4, count)), axes.place((value + 0.4, 0))
        bars.append(f'<rect class="bar" x="{left}" y="{top}" width="{max(right - left, 1):.1f}" height="{bottom - top:.1f}"/>')
    return axes.drawn() + "".join(bars)
