"""Estimate 2PL parameters from answers: ``python -m engine.calibrate answers.csv --out parameters.csv``.

Marginal maximum likelihood by the EM algorithm (Bock & Aitkin, *Psychometrika* 46, 1981): abilities are taken as N(0, 1) on a
grid and summed out, so that only the items' parameters are estimated; a weak prior on the logarithm of the discriminations,
N(0, 0.5²), keeps the rare item that everybody gets right from running away. Standard errors come from the cross-products of
the candidates' scores (Meilijson, *JRSS B* 51, 1989). The fit of an item is the RMSD between what was observed and the model
over the abilities (OECD, *PISA 2015 Technical Report*, ch. 9).

The answers file has a header and the columns ``candidate``, ``item`` and ``right`` (1 or 0); candidates need not share items.
It runs offline, in pure Python: about two microseconds an answer and turn.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log, sqrt
from operator import add, mul
from pathlib import Path
from typing import Final

GRID: Final = tuple(point / 4 for point in range(-18, 19))
_WEIGHTS: Final = tuple(exp(-point * point / 2) for point in GRID)
_PRIOR_DEVIATION: Final = 0.5
FEW_ANSWERS: Final = 200
LOW_DISCRIMINATION: Final = 0.4
FAR_DIFFICULTY: Final = 5.0
POOR_FIT: Final = 0.08

Answer = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One item's parameters with their standard errors; ``rmsd`` its misfit; ``flags`` what a person should look at."""

    item: str
    answers: int
    share_right: float
    discrimination: float
    discrimination_error: float
    difficulty: float
    difficulty_error: float
    rmsd: float
    flags: tuple[str, ...]


class _Item:
    """An item under way: P = 1 / (1 + e^−(aθ + c)), and what the E-step expects at each point of the grid."""

    __slots__ = ("a", "answers", "c", "log_right", "log_wrong", "right", "tried")

    def __init__(self, answers: int, rights: int) -> None:
        share = min(max(rights / answers, 0.02), 0.98)
        self.a, self.c, self.answers = 1.0, log(share / (1 - share)), answers
        self.refresh()

    def refresh(self) -> None:
        """The logarithms of the chances at the grid, and fresh counts."""
        self.log_right = [-_softplus(-(self.a * point + self.c)) for point in GRID]
        self.log_wrong = [-_softplus(self.a * point + self.c) for point in GRID]
        self.tried = [0.0] * len(GRID)
        self.right = [0.0] * len(GRID)

    def chances(self) -> list[float]:
        return [exp(value) for value in self.log_right]

    def maximise(self) -> float:
        """Newton's steps on the expected log-likelihood and the prior; returns how far the parameters moved."""
        start = self.a, self.c
        for _ in range(12):
            chances = [1 / (1 + exp(-_clamped(self.a * point + self.c))) for point in GRID]
            residuals = [right - tried * chance for right, tried, chance in zip(self.right, self.tried, chances, strict=True)]
            spreads = [tried * chance * (1 - chance) for tried, chance in zip(self.tried, chances, strict=True)]
            penalty = log(self.a) / (_PRIOR_DEVIATION**2 * self.a)
            slope_a, slope_c = fsum(map(mul, residuals, GRID)) - penalty, fsum(residuals)
            aa = fsum(spread * point * point for spread, point in zip(spreads, GRID, strict=True)) + 1 / (_PRIOR_DEVIATION * self.a) ** 2
            ac, cc = fsum(map(mul, spreads, GRID)), fsum(spreads) + 1e-9
            determinant = aa * cc - ac * ac
            step_a, step_c = (cc * slope_a - ac * slope_c) / determinant, (aa * slope_c - ac * slope_a) / determinant
            self.a = min(max(self.a + max(min(step_a, 0.5), -0.5), 0.05), 6.0)
            self.c = min(max(self.c + max(min(step_c, 1.0), -1.0), -12.0), 12.0)
            if abs(step_a) + abs(step_c) < 1e-6:
                break
        return abs(self.a - start[0]) + abs(self.c - start[1])


def _softplus(value: float) -> float:
    return value if value > 35 else log(1 + exp(value)) if value > -35 else exp(value)


def _clamped(value: float) -> float:
    return min(max(value, -35.0), 35.0)


def calibrate(
    answers: Iterable[Answer],
    *,
    mean: float = 0.0,
    deviation: float = 1.0,
    turns: int = 200,
    tolerance: float = 1e-3,
    progress: Callable[[int, float], None] = lambda *_: None,
) -> list[Calibrated]:
    """Estimate every item of the answers (candidate, item, right), in the order they first come.

    The population is N(``mean``, ``deviation``²) on the scale of the result. Stops when no parameter moves by more than
    ``tolerance`` in a turn, or after ``turns``. Raises :class:`ValueError` when there is no answer.

    >>> answers = [(f"candidate {n}", f"item {k}", n % 5 >= k) for n in range(50) for k in (1, 2, 3, 4)]
    >>> [(found.item, round(found.difficulty, 2)) for found in calibrate(answers)]
    [('item 1', -1.23), ('item 2', -0.35), ('item 3', 0.35), ('item 4', 1.23)]
    """
    people, items = _gathered(answers)
    if not items:
        raise ValueError("there is no answer to calibrate from")
    for turn in range(turns):
        for person in people:
            posterior = _posterior(person, items)
            for name, right in person:
                item = items[name]
                item.tried = list(map(add, item.tried, posterior))
                if right:
                    item.right = list(map(add, item.right, posterior))
        moved = max(item.maximise() for item in items.values())
        progress(turn + 1, moved)
        if moved < tolerance:
            break
        for item in items.values():
            item.refresh()
    return _reported(people, items, mean, deviation)


Person = list[tuple[str, bool]]


def _gathered(answers: Iterable[Answer]) -> tuple[list[Person], dict[str, _Item]]:
    by_person: dict[str, dict[str, bool]] = {}
    for candidate, item, right in answers:
        by_person.setdefault(candidate, {})[item] = right
    counts: dict[str, list[int]] = {}
    for given in by_person.values():
        for name, right in given.items():
            count = counts.setdefault(name, [0, 0])
            count[0] += 1
            count[1] += right
    return [list(given.items()) for given in by_person.values()], {name: _Item(*count) for name, count in counts.items()}


def _posterior(person: Person, items: Mapping[str, _Item]) -> list[float]:
    logs = [0.0] * len(GRID)
    for name, right in person:
        logs = list(map(add, logs, items[name].log_right if right else items[name].log_wrong))
    highest = max(logs)
    weights = [weight * exp(value - highest) for weight, value in zip(_WEIGHTS, logs, strict=True)]
    total = fsum(weights)
    return [weight / total for weight in weights]


def _reported(people: Sequence[Person], items: Mapping[str, _Item], mean: float, deviation: float) -> list[Calibrated]:
    """The last pass: with the parameters final, the counts for the fit and the scores for the standard errors."""
    for item in items.values():
        item.refresh()
    chances = {name: item.chances() for name, item in items.items()}
    cross = {name: [0.0, 0.0, 0.0] for name in items}
    for person in people:
        posterior = _posterior(person, items)
        for name, right in person:
            item = items[name]
            item.tried = list(map(add, item.tried, posterior))
            if right:
                item.right = list(map(add, item.right, posterior))
            residuals = [weight * (right - chance) for weight, chance in zip(posterior, chances[name], strict=True)]
            score_a, score_c = fsum(map(mul, residuals, GRID)), fsum(residuals)
            sums = cross[name]
            sums[0] += score_a * score_a
            sums[1] += score_a * score_c
            sums[2] += score_c * score_c
    return [_one(name, item, chances[name], cross[name], mean, deviation) for name, item in items.items()]


def _one(name: str, item: _Item, chances: Sequence[float], cross: Sequence[float], mean: float, deviation: float) -> Calibrated:
    aa, ac, cc = cross[0] + 1 / (_PRIOR_DEVIATION * item.a) ** 2, cross[1], cross[2] + 1e-9
    determinant = max(aa * cc - ac * ac, 1e-12)
    var_a, cov, var_c = cc / determinant, -ac / determinant, aa / determinant
    difficulty = -item.c / item.a
    var_d = (var_c + 2 * difficulty * cov + difficulty * difficulty * var_a) / (item.a * item.a)
    whole = fsum(item.tried)
    gaps = [
        tried * (right / tried - chance) ** 2
        for tried, right, chance in zip(item.tried, item.right, chances, strict=True)
        if tried > 1e-9 * whole
    ]
    rmsd = sqrt(fsum(gaps) / whole)
    flags = [
        flag
        for flag, raised in (
            ("few_answers", item.answers < FEW_ANSWERS),
            ("low_discrimination", item.a < LOW_DISCRIMINATION),
            ("far_difficulty", abs(difficulty) > FAR_DIFFICULTY),
            ("poor_fit", rmsd > POOR_FIT),
        )
        if raised
    ]
    return Calibrated(
        item=name,
        answers=item.answers,
        share_right=fsum(item.right) / whole,
        discrimination=item.a / deviation,
        discrimination_error=sqrt(var_a) / deviation,
        difficulty=mean + deviation * difficulty,
        difficulty_error=deviation * sqrt(max(var_d, 0.0)),
        rmsd=rmsd,
        flags=tuple(flags),
    )


def read_answers(path: Path) -> Iterable[Answer]:
    r"""The answers of a file; raises :class:`ValueError` naming the line that cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "answers.csv"
    ...     _ = file.write_text("candidate,item,right\na,recherche-1-a,1\n")
    ...     list(read_answers(file))
    [('a', 'recherche-1-a', True)]
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if not rows.fieldnames or not {"candidate", "item", "right"} <= set(rows.fieldnames):
            raise ValueError(f"{path}: a header with the columns candidate, item and right is expected")
        for row in rows:
            if row["right"] not in {"0", "1"}:
                raise ValueError(f"{path}, line {rows.line_num}: right is {row['right']!r}, 1 or 0 is expected")
            yield row["candidate"], row["item"], row["right"] == "1"


def write_parameters(path: Path, found: Iterable[Calibrated]) -> None:
    """One line an item, flags separated by blanks.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_parameters(Path(folder) / "parameters.csv", calibrate([("a", "recherche-1-a", True), ("b", "recherche-1-a", False)]))
    ...     (Path(folder) / "parameters.csv").read_text().splitlines()[0]
    'item,answers,share_right,discrimination,discrimination_error,difficulty,difficulty_error,rmsd,flags'
    """
    names = list(Calibrated.__dataclass_fields__)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(names)
        for one in found:
            values = [getattr(one, name) for name in names[:-1]]
            rows.writerow([*(f"{value:.5f}" if isinstance(value, float) else value for value in values), " ".join(one.flags)])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its last line is a summary as JSON.

    >>> main(["nowhere.csv"])
    2
    """
    parser = argparse.ArgumentParser(prog="python -m engine.calibrate", description="Estimate 2PL parameters from answers.")
    parser.add_argument("answers", type=Path, help="CSV with the columns candidate, item, right")
    parser.add_argument("--out", type=Path, default=Path("parameters.csv"))
    parser.add_argument("--mean", type=float, default=0.0, help="mean ability of these candidates on the scale wanted")
    parser.add_argument("--deviation", type=float, default=1.0, help="standard deviation of their abilities on that scale")
    parser.add_argument("--turns", type=int, default=200)
    options = parser.parse_args(arguments)
    taken = 0

    def progress(turn: int, moved: float) -> None:
        nonlocal taken
        taken = turn
        print(f"\rturn {turn}: largest move {moved:.4f}", end="", file=sys.stderr, flush=True)

    try:
        found = calibrate(
            read_answers(options.answers), mean=options.mean, deviation=options.deviation, turns=options.turns, progress=progress
        )
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(file=sys.stderr)
    write_parameters(options.out, found)
    flagged = sum(bool(one.flags) for one in found)
    print(json.dumps({"items": len(found), "answers": sum(one.answers for one in found), "turns": taken, "flagged": flagged}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
