"""Keeping any question from being seen too often: prices, worked out when a release is built.

Without control a few very informative questions go to everybody. The method is that of shadow prices: the dual of the linear
programme that maximises information under a ceiling on each item's share of examinees (van der Linden, *Linear Models for
Optimal Test Design*, 2005, ch. 4 and 9, for the programme). Its multipliers are found by projected subgradient steps on
simulated tests (Polyak, *USSR Computational Mathematics and Mathematical Physics* 9, 1969) and averaged over the last of them
(Polyak & Juditsky, *SIAM Journal on Control and Optimization* 30, 1992). An item's worth is then the information expected of it
less its price, folded into the lists of the bank, which costs nothing when a test is run. Prices depend on the bank, the
population and the plan: work them out for each release.

:class:`Eligibility` is the fallback for a bank without prices: probabilities of eligibility kept up to date from counts (van
der Linden & Veldkamp, *Journal of Educational and Behavioral Statistics* 29, 2004).
"""

from __future__ import annotations

from array import array
from math import cos, exp, log, pi, sqrt

from engine.chance import Chance
from engine.errors import CorruptRecordError
from engine.item_bank import CELLS, STAGES, Bank, cell_centre, cell_of
from engine.two_pl import Plan, TwoPl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Path = tuple[int, ...]  # the places of ability at which an examinee came by a group of content, in order

CEILING, CROWDING = 0.198, 0.1
SPREAD = 0.3  # of the plan: without it the prices of two first questions can only hand all of a group to one or the other
_CONTENDERS = 40  # items of a group that may become the best at some place once the better ones cost something
_PARTS = 4  # a step looks at a fourth of the examinees, in turn
_FIRST_STEP, _DAMPING, _MEMORY = 1.0, 0.35, 0.03
_SETTLING_STEP = 0.12


def normal(chance: Chance) -> float:
    """A standard normal draw (Box & Muller, 1958).

    >>> chance = Chance(b"seed")
    >>> drawn = [normal(chance) for _ in range(1_000)]
    >>> abs(sum(drawn) / 1_000) < 0.1, 0.9 < sum(each * each for each in drawn) / 1_000 < 1.1
    (True, True)
    """
    return sqrt(-2.0 * log(1.0 - chance.uniform())) * cos(2.0 * pi * chance.uniform())


def priced(
    bank: Bank,
    plan: Plan,
    ceiling: float = CEILING,
    *,
    crowding: float = CROWDING,
    examinees: int = 8_000,
    passes: int = 3,
    rounds: int = 100,
    settling: int = 40,
    seed: bytes = b"prices",
    progress: Callable[[str], None] = lambda _: None,
) -> Bank:
    """The same bank in stages, with prices that keep every item near ``ceiling`` or below (a share of examinees, θ ~ N(0, 1)).

    ``crowding`` is added to the price for each unit of exposure: it spreads the use of the items under the ceiling and so
    lowers the overlap between two tests. Each pass plays tests under the prices of the one before, ``examinees`` in the last
    and half as many in each earlier one, then adjusts the prices ``rounds`` times on the abilities those tests went through. Paths
    change with prices, and items that are nearly alike change places all at once: ``settling`` more steps, smaller and smaller, are
    taken each on a quarter as many tests played at the very prices they correct.
    The count of n examinees strays by √(r(1 − r)/n) from a share r: for a maximum to hold in a small sample, aim lower.

    >>> bank = Bank(a=[2.0, 1.0, 1.0, 1.0], b=[0.0] * 4, group=[0] * 4)
    >>> dear = priced(bank, Plan(1), ceiling=0.5, examinees=400, rounds=20)
    >>> dear.price[0] > max(dear.price[1:])
    True
    """
    price = [0.0] * len(bank)
    current = Bank(bank.a, bank.b, bank.group, bank.skill, price, width=bank.width, stages=STAGES)
    table = current.table()
    markets = [_Market(current, members, ceiling, crowding) for members in bank.members]
    for number in range(passes):
        people = max(examinees >> (passes - 1 - number), _PARTS)
        progress(f"pass {number + 1} of {passes}: playing {people} tests")
        paths = [_path(current, test) for test in _play(current, plan, people, Chance(seed, number))]
        progress(f"pass {number + 1} of {passes}: adjusting prices")
        price = [0.0] * len(bank)
        for group, market in enumerate(markets):
            market.visited([path[group] for path in paths if group in path], people)
            market.adjust(rounds, _FIRST_STEP * _DAMPING**number)
            for item, value in market.prices():
                price[item] = value
        current = _repriced(current, price, table)
    for turn in range(settling):
        people = max(examinees >> 2, 1)
        progress(f"settling, round {turn + 1} of {settling}: playing {people} tests")
        tests = _play(current, plan, people, Chance(seed, "settling", turn))
        shares, _ = exposure(([item for item, _ in test] for test in tests), len(current))
        for market in markets:
            market.settle(shares, _SETTLING_STEP / (1.0 + turn / 4.0))
            for item, value in market.prices():
                price[item] = value
        current = _repriced(current, price, table)
    return current


def _repriced(bank: Bank, price: Sequence[float], table: Sequence[Sequence[float]]) -> Bank:
    return Bank(bank.a, bank.b, bank.group, bank.skill, price, width=bank.width, stages=bank.stages, table=table)


def _play(bank: Bank, plan: Plan, examinees: int, chance: Chance) -> Iterator[list[tuple[int, int]]]:
    """The test of each simulated examinee: its items, each with the stage and cell of ability at which it was chosen."""
    engine = TwoPl(bank, plan)
    for _ in range(examinees):
        theta = normal(chance)
        state = engine.start(chance.bits().to_bytes(8, "big"))
        test = []
        while (item := engine.next(state)) is not None:
            test.append((item, bank.stage_of(state.se) * CELLS + cell_of(engine.aimed_at(state))))
            engine.answer(state, item, chance.uniform() < 1.0 / (1.0 + exp(bank.a[item] * (bank.b[item] - theta))))
        yield test


def _path(bank: Bank, test: Iterable[tuple[int, int]]) -> dict[int, Path]:
    """The places at which a test came by each group."""
    path: dict[int, Path] = {}
    for item, place in test:
        group = bank.group[item]
        path[group] = (*path.get(group, ()), place)
    return path


class _Market:
    """One group of content: who comes by at which places, what its items are worth there, and their prices so far.

    Items that are alike share what they go to, and have one price between them: its ``toll``, the multiplier of the ceiling,
    and ``crowding`` times the ``usual`` share of each.
    """

    def __init__(self, bank: Bank, members: list[int], ceiling: float, crowding: float) -> None:
        self.bank, self.ceiling, self.crowding = bank, ceiling, crowding
        alike: dict[tuple[float, float], list[int]] = {}
        for item in members:
            alike.setdefault((bank.a[item], bank.b[item]), []).append(item)
        self.kinds = list(alike.values())
        self.askable = [len({bank.skill[item] for item in items}) for items in self.kinds]  # in one test
        self.toll = [0.0] * len(self.kinds)
        self.usual = [0.0] * len(self.kinds)
        self.steps = 0
        self.worth: dict[int, list[tuple[float, int]]] = {}
        self.parts: list[dict[Path, int]] = []
        self.share = 0.0

    def visited(self, paths: Sequence[Path], examinees: int) -> None:
        """Take the visits of a pass: how many examinees took each path, in :data:`_PARTS` samples."""
        self.parts = [{} for _ in range(_PARTS)]
        for number, path in enumerate(paths):
            part = self.parts[number % _PARTS]
            part[path] = part.get(path, 0) + 1
        self.share = _PARTS / examinees
        depth = max(map(len, paths), default=0)
        for place in {place for path in paths for place in path}.difference(self.worth):
            self.worth[place] = self._contenders(place, _CONTENDERS + depth)

    def _contenders(self, place: int, count: int) -> list[tuple[float, int]]:
        stage, cell = divmod(place, CELLS)
        theta, spread = cell_centre(cell), self.bank.stages[stage]
        worth = [(self.bank.information(items[0], theta, spread), kind) for kind, items in enumerate(self.kinds)]
        return sorted(worth, reverse=True)[:count]

    def adjust(self, rounds: int, first_step: float) -> None:
        """Steps of falling size on one sample after another; the tolls kept are the mean of the second half."""
        mean = [0.0] * len(self.kinds)
        for turn in range(rounds):
            used = self._shares(self.parts[turn % _PARTS])
            step = first_step / (1.0 + turn / 8.0)
            self.steps += 1
            memory = max(_MEMORY, 1.0 / self.steps)
            self.toll = [max(0.0, toll + step * (share - self.ceiling)) for toll, share in zip(self.toll, used, strict=True)]
            self.usual = [usual + memory * (share - usual) for usual, share in zip(self.usual, used, strict=True)]
            weight = 1.0 / max(1, turn - rounds // 2 + 1)
            mean = [value + weight * (toll - value) for value, toll in zip(mean, self.toll, strict=True)]
        self.toll = mean

    def settle(self, shares: Sequence[float], step: float) -> None:
        """One more step, on the share of each item in tests played at these very prices."""
        for kind, items in enumerate(self.kinds):
            share = sum(shares[item] for item in items) / len(items)
            self.toll[kind] = max(0.0, self.toll[kind] + step * (share - self.ceiling))

    def prices(self) -> Iterable[tuple[int, float]]:
        """The items and their prices."""
        return ((item, price) for items, price in zip(self.kinds, self._price(), strict=True) for item in items)

    def _price(self) -> list[float]:
        return [toll + self.crowding * usual for toll, usual in zip(self.toll, self.usual, strict=True)]

    def _shares(self, visits: dict[Path, int]) -> list[float]:
        """The share of examinees who would get each item at these prices, nobody getting one twice."""
        price = self._price()
        depth = max(map(len, visits), default=0)
        ranked = {}
        for place in {place for path in visits for place in path}:
            net = [(worth - price[kind], kind) for worth, kind in self.worth[place]]
            ranked[place] = [kind for _, kind in sorted(net, reverse=True)[:depth]]
        wanted = [0] * len(self.kinds)
        for path, count in visits.items():
            taken: list[int] = []
            for place in path:
                for kind in ranked[place]:
                    if kind not in taken or taken.count(kind) < self.askable[kind]:
                        taken.append(kind)
                        wanted[kind] += count
                        break
        return [count * self.share / len(items) for count, items in zip(wanted, self.kinds, strict=True)]


class Eligibility:
    """Counts of who could get each item and who did, and the chance of eligibility that follows.

    After each test, ``record`` it; before one, ``ineligible`` draws the items this examinee may not get, to be kept with the
    test. P(eligible) = min(1, ceiling × could / did): an item given more often than ``ceiling`` is withheld more often. This is
    the updating rule of van der Linden & Veldkamp (*JEBS* 29, 2004), with one probability an item for all abilities.

    >>> counts = Eligibility(2, ceiling=0.25)
    >>> for _ in range(100):
    ...     counts.record([0], frozenset())
    >>> drawn = [counts.ineligible(bytes([number])) for number in range(100)]
    >>> 60 < sum(0 in items for items in drawn) < 90, any(1 in items for items in drawn)
    (True, False)
    """

    __slots__ = ("ceiling", "could", "did")

    def __init__(self, size: int, ceiling: float) -> None:
        self.ceiling = ceiling
        self.could = array("I", [0]) * size
        self.did = array("I", [0]) * size

    def ineligible(self, seed: bytes) -> frozenset[int]:
        """The items withheld from the test that has this seed.

        >>> counts = Eligibility(2, ceiling=0.25)
        >>> counts.ineligible(b"seed")
        frozenset()
        """
        chance = Chance(seed, "eligibility")
        return frozenset(
            item
            for item, (could, did) in enumerate(zip(self.could, self.did, strict=True))
            if did > self.ceiling * could and chance.uniform() > self.ceiling * could / did
        )

    def record(self, asked: Iterable[int], withheld: frozenset[int]) -> None:
        """Count one finished test.

        >>> counts = Eligibility(2, ceiling=0.25)
        >>> counts.record([0], withheld=frozenset({1}))
        >>> list(counts.could), list(counts.did)
        ([1, 0], [1, 0])
        """
        for item in range(len(self.could)):
            self.could[item] += item not in withheld
        for item in asked:
            self.did[item] += 1

    def pack(self) -> bytes:
        """The counts, four little-endian bytes each: those of who could, then those of who did.

        >>> len(Eligibility(2, ceiling=0.25).pack())
        16
        """
        return b"".join(count.to_bytes(4, "little") for count in (*self.could, *self.did))

    @classmethod
    def unpack(cls, packed: bytes, size: int, ceiling: float) -> Eligibility:
        """The counts of :meth:`pack` for a bank of ``size`` items; raises :class:`~engine.errors.CorruptRecordError`.

        >>> counts = Eligibility(2, ceiling=0.25)
        >>> counts.record([0], frozenset())
        >>> list(Eligibility.unpack(counts.pack(), 2, 0.25).did)
        [1, 0]
        """
        if len(packed) != 8 * size:
            raise CorruptRecordError(f"counts for {size} items take {8 * size} bytes, these are {len(packed)}")
        found = cls(size, ceiling)
        counts = [int.from_bytes(packed[place : place + 4], "little") for place in range(0, len(packed), 4)]
        found.could, found.did = array("I", counts[:size]), array("I", counts[size:])
        return found


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
