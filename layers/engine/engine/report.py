"""A page of plots, in SVG, with nothing to install: what a simulation did."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import ceil, floor, sqrt

from engine.positioning_bars import Bar, Trial

_WIDTH, _HEIGHT, _MARGIN = 560, 260, 46
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#1b1b1f}"
    "figure{display:inline-block;margin:0 1rem 1.5rem 0}figcaption{font-weight:600}"
    "table{border-collapse:collapse;margin-bottom:1.5rem}td,th{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}"
    "text{font:12px system-ui,sans-serif;fill:#444}.axis{stroke:#888}.grid{stroke:#e6e6ea}.dot{fill:#1d4ed8;fill-opacity:.25}"
    ".line{fill:none;stroke:#b91c1c;stroke-width:2}.bar{fill:#1d4ed8}.bound{fill:none;stroke:#444;stroke-width:2;stroke-dasharray:6 4}"
    ".missed{color:#b91c1c;font-weight:600}"
)

Point = tuple[float, float]


def write_report(
    figures: Mapping[str, object],
    tests: Sequence[tuple[float, float, float, int]],
    exposures: Sequence[float],
    information: Sequence[tuple[int, float, float]] = (),
) -> str:
    """The page of one scheme; ``tests`` hold (ability, truth, estimate, length) of each pupil.

    ``information`` holds, for the first question, the second …, the bits it was expected to tell and the channel's capacity.

    >>> page = write_report({"scheme": "example"}, [(0.0, 10, 12, 5), (1.0, 20, 19, 7)], [0.5, 1.0])
    >>> page.count("<svg"), "Simulation: example" in page
    (4, True)
    """
    rows = "".join(f"<tr><th>{escape(str(name))}</th><td>{escape(_shown(value))}</td></tr>" for name, value in figures.items())
    gaps = [(theta, estimate - truth) for theta, truth, estimate, _ in tests]
    used = sorted((share for share in exposures if share > 0), reverse=True)
    lengths = [length for *_, length in tests]
    plots = [
        _figure("Error by ability, with its mean (bias)", _scatter(gaps, _means(gaps)), "ability", "estimate − truth"),
        _figure("Root mean square error by ability", _curve(_means(gaps, squares=True)), "ability", "error"),
        _figure("Exposure of the questions used", _curve(list(enumerate(used))), "questions, most shown first", "share of the tests"),
        _figure("Length of the tests", _histogram(lengths), "questions", "tests"),
    ]
    if information:
        told, most = [(number, bits) for number, bits, _ in information], [(number, bits) for number, _, bits in information]
        plots.append(_information("Information of each question, and the capacity of the channel (dashed)", told, most))
    return _page(f"Simulation: {figures['scheme']}", f"<table>{rows}</table>{''.join(plots)}")


def write_bars(pupils: int, trials: Mapping[str, Trial], bars: Sequence[Bar]) -> str:
    """The page of the bars: each with its figure, every trial, and what the answers told beside the channel's capacity.

    >>> trial = Trial(14.0, 0.8, 0.95, 0.25, 0.6, 0.6, 0.62, ((1, 0.5), (2, 0.6)), (13, 14, 15), 0.3)
    >>> page = write_bars(3, {"bayes 0.05": trial}, [Bar("levels exact", 0.79, 0.8)])
    >>> page.count("<svg"), "missed" in page, "96.8 %" in page
    (2, True, True)
    """
    demands = "".join(
        f"<tr><td>{escape(bar.name)}</td><td>{bar.measured:.3f}</td><td>{'≤' if bar.at_most else '≥'} {bar.limit:g}</td>"
        f"<td class='{'' if bar.holds else 'missed'}'>{'holds' if bar.holds else 'missed'}</td></tr>"
        for bar in bars
    )
    titles = ("trial", "questions", "exact", "within one", "error", "bits told", "bits expected", "capacity", "share")
    head = "".join(f"<th>{title}</th>" for title in titles)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(name, trial))}</tr>" for name, trial in trials.items())
    plots = "".join(
        _information(
            f"What the answers told, {name}, and the capacity of the channel (dashed)",
            trial.by_question,
            [(number, trial.capacity) for number, _ in trial.by_question],
        )
        + _figure(f"Length of the tests, {name}", _histogram(trial.lengths), "questions", "tests")
        for name, trial in trials.items()
        if name.startswith("bayes")
    )
    return _page(
        f"Bayesian positioning: the bars, {pupils} pupils a trial",
        f"<table>{demands}</table><table><tr>{head}</tr>{rows}</table>{plots}",
    )


def _cells(name: str, trial: Trial) -> list[str]:
    levels = [name, f"{trial.questions:.2f}", f"{100 * trial.exact:.1f} %", f"{100 * trial.within_one:.1f} %", f"{trial.error:.3f}"]
    expected, told, share = (trial.expected, trial.told, trial.share_of_capacity)
    known = [f"{bits:.3f}" if bits else "" for bits in (told, expected)]
    return [*levels, *known, f"{trial.capacity:.3f}", "" if share is None else f"{100 * share:.1f} %"]


def _information(caption: str, told: Sequence[Point], most: Sequence[Point]) -> str:
    axes = _Axes([*told, *most], from_zero=True)
    return _figure(caption, axes.drawn() + _path(axes, told) + _path(axes, most, "bound"), "question", "bits")


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
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


def _path(axes: _Axes, points: Sequence[Point], kind: str = "line") -> str:
    placed = " ".join(f"{x},{y}" for x, y in map(axes.place, points))
    return f'<polyline class="{kind}" points="{placed}"/>'


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
