"""Keeping any question from being seen too often: prices, worked out when a release is built.

Without control a few very informative questions go to everybody. The method is that of shadow prices: the dual of the linear
programme that maximises information under a ceiling on each item's share of examinees (van der Linden, *Linear Models for
Optimal Test Design*, 2005, ch. 4 and 9, for the programme; here its multipliers are found by projected subgradient, Polyak,
1969, and folded into the lists of the bank). An item's worth at θ becomes its information less its price, which costs nothing
when a test is run. Prices depend on the bank, the population and the plan: work them out for each release.

:class:`Eligibility` is the fallback for a bank without prices: probabilities of eligibility kept up to date from counts (van
der Linden & Veldkamp, *Journal of Educational and Behavioral Statistics* 29, 2004).
"""

from __future__ import annotations

from math import cos, exp, log, pi, sqrt

from engine.chance import Chance
from engine.item_bank import Bank, cell_centre, cell_of
from engine.two_pl import Plan, TwoPl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Paths = list[tuple[list[int], list[int]]]

_CONTENDERS = 24  # items of a group that may become the best at some ability once the better ones cost something


def normal(chance: Chance) -> float:
    """A standard normal draw (Box & Muller, 1958)."""
    return sqrt(-2.0 * log(1.0 - chance.uniform())) * cos(2.0 * pi * chance.uniform())


def priced(
    bank: Bank,
    plan: Plan,
    ceiling: float,
    *,
    crowding: float = 0.1,
    examinees: int = 2_000,
    passes: int = 2,
    rounds: int = 120,
    seed: bytes = b"prices",
    progress: Callable[[str], None] = lambda _: None,
) -> Bank:
    """The same bank with prices that keep every item below ``ceiling`` (a share of the examinees, for θ ~ N(0, 1)).

    ``crowding`` is added to the price for each unit of exposure: it spreads the use of the items under the ceiling and so
    lowers the overlap between two tests. Each pass plays ``examinees`` tests, then adjusts the prices ``rounds`` times on the
    abilities those tests went through.
    """
    price = [0.0] * len(bank)
    current = bank
    for number in range(passes):
        progress(f"pass {number + 1} of {passes}: playing {examinees} tests")
        paths = _play(current, plan, examinees, Chance(seed, number))
        progress(f"pass {number + 1} of {passes}: adjusting prices")
        price = _adjust(bank, paths, price, ceiling, crowding, rounds)
        current = Bank(bank.a, bank.b, bank.group, bank.skill, price, width=bank.width)
    return current


def _play(bank: Bank, plan: Plan, examinees: int, chance: Chance) -> Paths:
    """For each simulated examinee: the groups visited and the cells of ability they were visited at."""
    engine = TwoPl(bank, plan)
    paths: Paths = []
    for _ in range(examinees):
        theta = normal(chance)
        state = engine.start(chance.bits().to_bytes(8, "big"))
        groups, cells = [], []
        while (item := engine.next(state)) is not None:
            groups.append(bank.group[item])
            cells.append(cell_of(engine.aimed_at(state)))
            engine.answer(state, item, chance.uniform() < 1.0 / (1.0 + exp(bank.a[item] * (bank.b[item] - theta))))
        paths.append((groups, cells))
    return paths


def _adjust(bank: Bank, paths: Paths, start: Sequence[float], ceiling: float, crowding: float, rounds: int) -> list[float]:
    """Projected subgradient on the multipliers of the ceiling, one group of content at a time."""
    price = list(start)
    for group, members in enumerate(bank.members):
        visits: dict[tuple[int, ...], int] = {}
        for groups, cells in paths:
            path = tuple(cell for visited, cell in zip(groups, cells, strict=True) if visited == group)
            visits[path] = visits.get(path, 0) + 1
        found = _Market(bank, members, visits, len(paths)).clear([price[item] for item in members], ceiling, crowding, rounds)
        for item, value in zip(members, found, strict=True):
            price[item] = value
    return price


class _Market:
    """One group of content: who comes by at which abilities, and what its items are worth there."""

    def __init__(self, bank: Bank, members: list[int], visits: dict[tuple[int, ...], int], examinees: int) -> None:
        self.visits, self.examinees = visits, examinees
        self.depth = max(map(len, visits), default=0)
        cells = sorted({cell for path in visits for cell in path})
        worth = {cell: [bank.information(item, cell_centre(cell)) for item in members] for cell in cells}
        contenders = {place for row in worth.values() for place in _top(row, range(len(row)), _CONTENDERS + self.depth)}
        self.places = sorted(contenders)
        self.size = len(members)
        self.worth = {cell: [row[place] for place in self.places] for cell, row in worth.items()}

    def clear(self, start: list[float], ceiling: float, crowding: float, rounds: int) -> list[float]:
        """Prices under which no item is wanted by more than ``ceiling``; the best of the rounds is kept."""
        size = len(self.places)
        toll = [max(0.0, start[place] - crowding * ceiling) for place in self.places]
        usual = [0.0] * size
        price = list(toll)
        best, least = price, 2.0
        for turn in range(rounds):
            share = self._shares(price)
            crowd = max(share, default=0.0)
            if turn and crowd <= least:
                best, least = price, crowd
            step, memory = 1.5 / (1.0 + turn / 6.0), max(0.05, 1.0 / (turn + 1.0))
            toll = [max(0.0, value + step * (used - ceiling)) for value, used in zip(toll, share, strict=True)]
            usual = [value + memory * (used - value) for value, used in zip(usual, share, strict=True)]
            price = [value + crowding * used for value, used in zip(toll, usual, strict=True)]
        result = [0.0] * self.size
        for place, value in zip(self.places, best, strict=True):
            result[place] = value
        return result

    def _shares(self, price: list[float]) -> list[float]:
        everyone = range(len(self.places))
        lists = {}
        for cell, row in self.worth.items():
            lists[cell] = _top([value - cost for value, cost in zip(row, price, strict=True)], everyone, self.depth)
        wanted = [0] * len(self.places)
        for path, count in self.visits.items():
            taken: list[int] = []
            for cell in path:
                item = next((place for place in lists[cell] if place not in taken), None)
                if item is not None:
                    taken.append(item)
                    wanted[item] += count
        return [count / self.examinees for count in wanted]


def _top(worth: list[float], places: Iterable[int], count: int) -> list[int]:
    if count == 1:
        return [max(places, key=worth.__getitem__)]
    return sorted(places, key=worth.__getitem__, reverse=True)[:count]


class Eligibility:
    """Counts of who could get each item and who did, and the chance of eligibility that follows.

    After each test, ``record`` it; before one, ``ineligible`` draws the items this examinee may not get, to be kept with the
    test. P(eligible) = min(1, ceiling × could / did): an item given more often than ``ceiling`` is withheld more often.
    """

    __slots__ = ("ceiling", "could", "did")

    def __init__(self, size: int, ceiling: float) -> None:
        self.ceiling = ceiling
        self.could = [0] * size
        self.did = [0] * size

    def ineligible(self, seed: bytes) -> frozenset[int]:
        """The items withheld from the test that has this seed."""
        chance = Chance(seed, "eligibility")
        return frozenset(
            item
            for item, (could, did) in enumerate(zip(self.could, self.did, strict=True))
            if did > self.ceiling * could and chance.uniform() > self.ceiling * could / did
        )

    def record(self, asked: Iterable[int], withheld: frozenset[int]) -> None:
        """Count one finished test."""
        for item in range(len(self.could)):
            self.could[item] += item not in withheld
        for item in asked:
            self.did[item] += 1


def exposure(tests: Iterable[Sequence[int]], size: int) -> tuple[list[float], float]:
    """Each item's share of the tests, and the overlap: the mean share of questions two tests have in common.

    The overlap of two tests drawn at random is Σ r² / length (Chen, Ankenmann & Spray, *JEM* 40, 2003, eq. 5, for many tests).

    >>> exposure([[0, 1], [0, 2]], 3)
    ([1.0, 0.5, 0.5], 0.75)
    """
    counts, number, questions = [0] * size, 0, 0
    for test in tests:
        number += 1
        questions += len(test)
        for item in test:
            counts[item] += 1
    shares = [count / number for count in counts]
    return shares, sum(share * share for share in shares) * number / questions
