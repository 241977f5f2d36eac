"""Bias and coverage by ability, as an SVG a browser shows."""

from collections.abc import Sequence
from html import escape

from benchmarks.engine.measure import AtAbility

WIDTH, HEIGHT, LEFT, TOP = 640, 220, 60, 40
MEAN, WEIGHTED = "#1d4ed8", "#b45309"


def bias_and_coverage(title: str, points: Sequence[AtAbility]) -> str:
    """Two panels over θ: bias and coverage of the posterior mean (blue) and of the weighted likelihood (orange)."""
    thetas = [point.theta for point in points]
    panels = (
        _panel("biais", thetas, [p.bias for p in points], [p.weighted_bias for p in points], -0.15, 0.15, 0.0, 0),
        _panel("couverture de l'intervalle à 95 %", thetas, [p.coverage_95 for p in points], [p.weighted_coverage_95 for p in points],
               0.85, 1.0, 0.95, 1),
    )  # fmt: skip
    legend = (
        f'<text x="{LEFT}" y="18" font-weight="bold">{escape(title)}</text>'
        f'<text x="{LEFT + 330}" y="18" fill="{MEAN}">● moyenne a posteriori</text>'
        f'<text x="{LEFT + 500}" y="18" fill="{WEIGHTED}">● Warm</text>'
    )
    size = f'viewBox="0 0 {WIDTH + 2 * LEFT} {2 * (HEIGHT + TOP) + 60}" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{legend}{"".join(panels)}</svg>\n'


def _panel(
    name: str, thetas: Sequence[float], first: Sequence[float], second: Sequence[float], low: float, high: float, aim: float, row: int
) -> str:
    top = TOP + row * (HEIGHT + TOP)

    def x(theta: float) -> float:
        return LEFT + (theta - thetas[0]) / (thetas[-1] - thetas[0]) * WIDTH

    def y(value: float) -> float:
        return top + (high - min(max(value, low), high)) / (high - low) * HEIGHT

    def line(values: Sequence[float], colour: str) -> str:
        pairs = " ".join(f"{x(theta):.1f},{y(value):.1f}" for theta, value in zip(thetas, values, strict=True))
        return f'<polyline points="{pairs}" fill="none" stroke="{colour}" stroke-width="2"/>'

    marks = "".join(f'<text x="{x(theta):.0f}" y="{top + HEIGHT + 14}" text-anchor="middle">{theta:g}</text>' for theta in thetas)
    scale = "".join(f'<text x="{LEFT - 6}" y="{y(value) + 4:.0f}" text-anchor="end">{value:g}</text>' for value in (low, aim, high))
    return (
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>'
        f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y(aim):.1f}" y2="{y(aim):.1f}" stroke="#999" stroke-dasharray="4"/>'
        f'<text x="{LEFT + 6}" y="{top + 16}">{escape(name)}</text>{marks}{scale}{line(first, MEAN)}{line(second, WEIGHTED)}'
    )
