"""A bank of calibrated questions, with what to ask at each ability worked out beforehand.

For every cell of ability (from −4 to 4 by twentieths of the prior's standard deviation) and every group of content, the bank
holds the best questions in order, by expected information less the price of the question (:mod:`engine.exposure`). Choosing is
then a walk down a short list, whatever the size of the bank.

Where questions have a price, a discriminating one must not be spent on a pupil of whom little is known: a bank with ``stages``
holds one set of lists for each standard error of the estimate that it names, from the first question to the last. For the same
reason it says of each group how much is lost by leaving its question for later (``urgency``).

Inside a bank abilities are standardised: the prior is N(0, 1). The bank is read from one packed file with
``array.frombytes``, so that a cold start pays for no parsing; this module and :mod:`engine.two_pl` import nothing but
``array``, ``math`` and ``operator``.
"""

from __future__ import annotations

import sys
from array import array
from math import exp, sqrt
from operator import mul

from engine.errors import CorruptRecordError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

CELLS = 161  # abilities −4.00, −3.95 … 4.00
CELL_WIDTH = 0.05
LOWEST_CELL = -4.0
STAGES = (1.0, 0.8, 0.6, 0.45, 0.35, 0.28, 0.22)  # standard errors from the first question to the last ones
MAX_ITEMS = 65_535
_MAGIC = b"JALONBK3"
_LOGISTIC = 1.702  # the logistic curve is nearest to the normal ogive at this scale


def cell_of(theta: float) -> int:
    """The cell nearest to a standardised ability.

    >>> cell_of(-9), cell_of(0.04), cell_of(0.06), cell_of(4)
    (0, 81, 81, 160)
    """
    if theta <= LOWEST_CELL:
        return 0
    if theta >= -LOWEST_CELL:
        return CELLS - 1
    return int((theta - LOWEST_CELL) / CELL_WIDTH + 0.5)


def cell_centre(cell: int) -> float:
    """The ability in the middle of a cell.

    >>> cell_centre(0), cell_centre(80)
    (-4.0, 0.0)
    """
    return LOWEST_CELL + cell * CELL_WIDTH


class Bank:
    """Items known by their position: discrimination ``a``, difficulty ``b``, ``group`` of content, ``skill`` and ``price``.

    No two items of one skill are asked in one test. ``stages`` are standard errors of the estimate, falling, in standardised
    units; ``best`` holds, for each stage, cell and group, the positions of the ``width`` best items (65 535 where there are
    fewer), and ``urgency`` the worth (information less price) of the best of them, less what the best one is expected to be worth
    at the last stage. A single stage of 0 is plain maximum information at the estimate. ``twins`` gives, for an item that others
    of its group equal in ``a``, ``b`` and ``price``, all of them: content not calibrated yet is full of such items. ``table`` is
    the :meth:`table` of a bank of the same items and stages, which saves working it out.
    """

    __slots__ = ("_edges", "a", "b", "best", "group", "groups", "members", "price", "skill", "stages", "twins", "urgency", "width")

    def __init__(
        self,
        a: Sequence[float],
        b: Sequence[float],
        group: Sequence[int],
        skill: Sequence[int] | None = None,
        price: Sequence[float] | None = None,
        *,
        width: int = 12,
        stages: Sequence[float] = (0.0,),
        table: Sequence[Sequence[float]] | None = None,
    ) -> None:
        if not len(a) == len(b) == len(group) <= MAX_ITEMS:
            raise ValueError(f"a bank takes one a, b and group per item, for at most {MAX_ITEMS} items")
        self.a, self.b = array("d", a), array("d", b)
        self.group = array("H", group)
        self.skill = array("I", range(len(a)) if skill is None else skill)
        self.price = array("d", [0.0] * len(a) if price is None else price)
        self.width = width
        self.stages = array("d", stages)
        self._index()
        self._rank(self.table() if table is None else table)

    def __len__(self) -> int:
        return len(self.a)

    def _index(self) -> None:
        self.groups = max(self.group, default=-1) + 1
        self.members: list[list[int]] = [[] for _ in range(self.groups)]
        for item, group in enumerate(self.group):
            self.members[group].append(item)
        self.twins = self._twins()
        self._edges = [sqrt(wide * narrow) for wide, narrow in zip(self.stages, self.stages[1:], strict=False)]

    def _twins(self) -> dict[int, list[int]]:
        if len(set(self.a)) == len(self.a):  # by far the usual bank, once calibrated
            return {}
        alike: dict[tuple[int, float, float, float], list[int]] = {}
        for item, kind in enumerate(zip(self.group, self.a, self.b, self.price, strict=True)):
            alike.setdefault(kind, []).append(item)
        return {item: items for items in alike.values() if len(items) > 1 for item in items}

    def stage_of(self, se: float) -> int:
        """The stage nearest to a standard error, on a logarithmic scale.

        >>> bank = Bank([1.0], [0.0], [0], stages=(1.0, 0.25))
        >>> bank.stage_of(0.9), bank.stage_of(0.3)
        (0, 1)
        """
        for stage, edge in enumerate(self._edges):
            if se > edge:
                return stage
        return len(self._edges)

    def information(self, item: int, theta: float, spread: float = 0.0) -> float:
        """Fisher's information of an item, a²P(1 − P), expected over abilities N(``theta``, ``spread``²).

        The mean of a logistic curve over a normal is nearly a flatter logistic curve: E[P] ≈ 1 / (1 + e^{a'(b − θ)}) with
        a' = a / √(1 + (a·spread / 1.702)²) (MacKay, *Neural Computation* 4, 1992, with the constant that brings the logistic
        curve nearest to the normal ogive). Its slope is E[aP(1 − P)], so that the information expected is a·a'·P(1 − P).

        >>> bank = Bank([1.5], [0.0], [0])
        >>> round(bank.information(0, 0.0), 4), round(bank.information(0, 0.0, 1.0), 4)
        (0.5625, 0.422)
        """
        a = self.a[item]
        flat = a / sqrt(1.0 + (spread * a / _LOGISTIC) ** 2) if spread else a
        chance = 1.0 / (1.0 + exp(flat * (self.b[item] - theta)))
        return a * flat * chance * (1.0 - chance)

    def table(self) -> Sequence[Sequence[float]]:
        """The information of every item for each stage and cell, which a bank of the same items at other prices can be given.

        >>> table = Bank(a=[2.0], b=[0.0], group=[0]).table()
        >>> len(table), table[cell_of(0.0)][0]
        (161, 1.0)
        """
        size = len(self)
        return [
            array("d", [self.information(item, cell_centre(cell), spread) for item in range(size)])
            for spread in self.stages
            for cell in range(CELLS)
        ]

    def _rank(self, table: Iterable[Sequence[float]]) -> None:
        best, worths = array("H"), array("d")
        for row in table:
            worth = [information - price for information, price in zip(row, self.price, strict=True)]
            for members in self.members:
                ranked = sorted(members, key=worth.__getitem__, reverse=True)[: self.width]
                best.extend(ranked)
                best.extend([MAX_ITEMS] * (self.width - len(ranked)))
                worths.append(worth[ranked[0]] if ranked else 0.0)
        self.best, self.urgency = best, self._lost_by_waiting(worths)

    def _lost_by_waiting(self, worths: array[float]) -> array[float]:
        """``worths`` of the best items, less their mean at the last stage over N(θ, s² − s_last²), where the estimate may be by then."""
        groups, last = self.groups, self.stages[-1]
        final = worths[(len(self.stages) - 1) * CELLS * groups :]
        lost = array("d")
        for stage, spread in enumerate(self.stages):
            drift = sqrt(max(spread * spread - last * last, 1e-6))
            reach = int(3.0 * drift / CELL_WIDTH)
            kernel = [exp(-(((step * CELL_WIDTH) / drift) ** 2) / 2.0) for step in range(-reach, reach + 1)]
            total = sum(kernel)
            padded = [
                [*[column[0]] * reach, *column, *[column[-1]] * reach] for column in (final[group::groups] for group in range(groups))
            ]
            for cell in range(CELLS):
                here = (stage * CELLS + cell) * groups
                for group, column in enumerate(padded):
                    later = sum(map(mul, kernel, column[cell : cell + 2 * reach + 1])) / total
                    lost.append(worths[here + group] - later)
        return lost

    def urgency_at(self, theta: float, se: float) -> Sequence[float]:
        """How much is lost by leaving each group for later, at an ability and its standard error.

        >>> bank = Bank(a=[1.0, 2.0], b=[0.0, 0.0], group=[0, 1], stages=(1.0, 0.25))
        >>> [round(lost, 3) for lost in bank.urgency_at(0.0, 1.0)]  # the discriminating one is missed more
        [0.008, 0.04]
        """
        start = (self.stage_of(se) * CELLS + cell_of(theta)) * self.groups
        return self.urgency[start : start + self.groups]

    def list_at(self, cell: int, group: int, stage: int = 0) -> Sequence[int]:
        """The best items of a group at a cell, best first.

        >>> bank = Bank(a=[1.0, 2.0, 1.0], b=[0.0, 0.0, 3.0], group=[0, 0, 0], width=3)
        >>> list(bank.list_at(cell_of(0.0), 0)), list(bank.list_at(cell_of(4.0), 0))
        ([1, 0, 2], [2, 0, 1])
        """
        start = ((stage * CELLS + cell) * self.groups + group) * self.width
        return self.best[start : start + self.width]

    def best_open(
        self, theta: float, se: float, group: int, closed: Iterable[int] | frozenset[int] | set[int], skills: set[int]
    ) -> int | None:
        """The best item of a group outside ``closed`` and with no skill in ``skills``, or ``None``.

        Walks the prepared list; only when every item of it is closed is the whole group looked at.

        >>> bank = Bank(a=[1.0, 2.0, 1.0], b=[0.0, 0.0, 3.0], group=[0, 0, 0])
        >>> [bank.best_open(0.0, 1.0, 0, closed, set()) for closed in (set(), {1}, {0, 1, 2})]
        [1, 0, None]
        """
        skill, stage = self.skill, self.stage_of(se)
        for item in self.list_at(cell_of(theta), group, stage):
            if item == MAX_ITEMS:
                return None
            if item not in closed and skill[item] not in skills:
                return item
        return max(
            (item for item in self.members[group] if item not in closed and skill[item] not in skills),
            key=lambda item: self.information(item, theta, self.stages[stage]) - self.price[item],
            default=None,
        )

    def pack(self) -> bytes:
        """The whole bank as one file.

        >>> list(Bank.unpack(Bank([1.5], [0.0], [0]).pack()).a)
        [1.5]
        """
        header = array("I", [len(self), self.groups, self.width, len(self.stages)])
        parts: list[array[Any]] = [header, self.stages, self.a, self.b, self.price, self.skill, self.group, self.best, self.urgency]
        return _MAGIC + b"".join(_little(part).tobytes() for part in parts)

    @classmethod
    def unpack(cls, packed: bytes) -> Bank:
        """The bank of a file; raises :class:`~engine.errors.CorruptRecordError`.

        >>> Bank.unpack(b"something else")
        Traceback (most recent call last):
            ...
        engine.errors.CorruptRecordError: this is not an item bank
        """
        if packed[:8] != _MAGIC:
            raise CorruptRecordError("this is not an item bank")
        size, groups, width, stages = _take("I", packed, 8, 4)
        bank = cls.__new__(cls)
        bank.width = width
        place = 24
        for name, code, count in (
            ("stages", "d", stages),
            ("a", "d", size),
            ("b", "d", size),
            ("price", "d", size),
            ("skill", "I", size),
            ("group", "H", size),
            ("best", "H", stages * CELLS * groups * width),
            ("urgency", "d", stages * CELLS * groups),
        ):
            values = _take(code, packed, place, count)
            place += len(values) * values.itemsize
            setattr(bank, name, values)
        bank._index()
        if place != len(packed) or bank.groups != groups:
            raise CorruptRecordError("the item bank is damaged")
        return bank


def _take(code: str, packed: bytes, place: int, count: int) -> array[Any]:
    values: array[Any] = array(code)
    end = place + count * values.itemsize
    if end > len(packed):
        raise CorruptRecordError("the item bank was cut short")
    values.frombytes(packed[place:end])
    return _little(values)


def _little(values: array[Any]) -> array[Any]:
    """The same array in little-endian order, as files hold it (and back)."""
    if sys.byteorder == "big":  # pragma: no cover - no machine of ours is
        values = values[:]
        values.byteswap()
    return values
