"""A test under the 2PL model: a posterior on a fixed grid, and the most informative question that the plan allows.

Sources: the two-parameter logistic model (Birnbaum, in Lord & Novick, *Statistical Theories of Mental Test Scores*, 1968);
expected a posteriori estimation on a grid (Bock & Mislevy, *Applied Psychological Measurement* 6, 1982, eq. 4–6); weighted
likelihood (Warm, *Psychometrika* 54, 1989, eq. 14); maximum Fisher information (Lord, 1980).

Abilities are standardised: the prior is N(0, 1). The grid goes from −6 to 6 by sixteenths of 3; the trapezoid rule on it errs by
less than 1e-6 as long as the standard error is above 0.16. Sums are exactly rounded (``math.fsum``), so that a test rebuilt
from its answers, on any version of Python, continues exactly as it would have.
"""

from __future__ import annotations

from math import exp, fsum, sqrt
from operator import mul

from engine.chance import Chance
from engine.errors import CorruptRecordError
from engine.item_bank import Bank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GRID_STEP = 3 / 16
GRID = tuple(point * GRID_STEP for point in range(-32, 33))
_GOLDEN, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1
_SQUARES = tuple(point * point for point in GRID)
_HANDICAP = 0.5  # in information, for the last of the drawn order at a standard error of 1
PRIOR = tuple(exp(-point * point / 2) for point in GRID)


class Plan:
    """How long a test is and how content is balanced.

    Every group of content of the bank is visited once, then once more, and so on; a bank with a single group is not balanced.
    Of the groups whose turn it is, the one that loses most by waiting comes first (``Bank.urgency``), less a handicap by an order
    drawn from the seed, so that not everybody starts with the same one. The test stops after ``questions``, or from ``at_least`` on
    as soon as the standard error is down to ``target_error`` (in standardised units; 0 for never). ``spread`` aims each
    question a little off the estimate, by at most that share of the posterior's variance: everybody starts at the same ability,
    and prices alone cannot share a first question out between two items.
    """

    __slots__ = ("at_least", "questions", "spread", "target_error")

    def __init__(self, questions: int = 32, *, target_error: float = 0.0, at_least: int = 1, spread: float = 0.0) -> None:
        self.questions, self.target_error, self.at_least, self.spread = questions, target_error, at_least, spread


class State:
    """One examinee's test as it stands: answers so far, the (unnormalised) posterior, its mean and standard deviation."""

    __slots__ = ("_aim", "answers", "closed", "se", "seed", "skills", "theta", "turns", "visits", "weights")

    def __init__(self, seed: bytes, turns: list[list[int]], closed: frozenset[int]) -> None:
        self.seed = seed
        self._aim = -1
        self.turns = turns
        self.visits = [0] * len(turns[0])  # of each group so far
        self.closed = closed
        self.answers: list[tuple[int, bool]] = []
        self.skills: set[int] = set()
        self.weights: Sequence[float] = PRIOR
        self.theta = 0.0
        self.se = 1.0

    def aim(self, asked: int) -> float:
        """A number in [−1, 1) for each question: a Weyl sequence, evenly spread, from a start drawn from the seed.

        >>> state = State(b"seed", [[0]], frozenset())
        >>> -1 <= state.aim(0) < 1, state.aim(0) == state.aim(1)
        (True, False)
        """
        if self._aim < 0:
            self._aim = Chance(self.seed, "aim").bits()
        return ((self._aim + asked * _GOLDEN) & _MASK) * 2.0**-63 - 1.0


class TwoPl:
    """Plays tests on one bank under one plan.

    >>> bank = Bank(a=[1.0, 1.2, 0.8], b=[0.0, 0.5, -0.5], group=[0, 0, 0])
    >>> engine = TwoPl(bank, Plan(3))
    >>> state = engine.start(b"seed")
    >>> while (item := engine.next(state)) is not None:
    ...     engine.answer(state, item, True)
    ...     print(item, round(state.theta, 3), round(state.se, 3))
    1 0.577 0.88
    0 0.829 0.821
    2 0.965 0.795
    """

    __slots__ = ("_rows", "bank", "plan")

    def __init__(self, bank: Bank, plan: Plan) -> None:
        self.bank, self.plan = bank, plan
        self._rows: dict[int, list[float]] = {}

    def start(self, seed: bytes, closed: Iterable[int] = ()) -> State:
        """A new test; ``closed`` are items this examinee may not get (seen before, or ineligible).

        >>> state = TwoPl(Bank([1.0, 1.2], [0.0, 0.5], [0, 0]), Plan(2)).start(b"seed", closed=[1])
        >>> state.theta, state.se, state.answers, state.closed
        (0.0, 1.0, [], frozenset({1}))
        """
        return State(seed, content_turns(seed, self.bank.groups, self.plan.questions), frozenset(closed))

    def next(self, state: State) -> int | None:
        """The item to ask now, or ``None`` when the test is over. Changes nothing.

        >>> engine = TwoPl(Bank([1.0, 1.2], [0.0, 0.0], [0, 0]), Plan(2))
        >>> engine.next(engine.start(b"seed")), engine.next(engine.resume(b"seed", [(1, True), (0, False)]))
        (1, None)
        """
        asked = len(state.answers)
        plan = self.plan
        if asked >= plan.questions or (asked >= plan.at_least and state.se <= plan.target_error):
            return None
        best_open, theta = self.bank.best_open, self.aimed_at(state)
        item = best_open(theta, state.se, self._group(state), state.closed, state.skills)
        if item is None:  # this group has nothing left: the others stand in for it, the least visited first
            for group in self._in_turn(state):
                item = best_open(theta, state.se, group, state.closed, state.skills)
                if item is not None:
                    break
        twins = self.bank.twins.get(item) if item is not None else None
        return item if twins is None else self._one_of(twins, state)

    def _group(self, state: State) -> int:
        """The group to visit now: of those whose turn it is, the most urgent, less its handicap."""
        visits = state.visits
        if len(visits) == 1:
            return 0
        lowest = min(visits)
        turns = state.turns[lowest % len(state.turns)]
        handicap = _HANDICAP * state.se * state.se / len(visits)
        urgency = self.bank.urgency_at(state.theta, state.se)
        found, most = 0, -1e9
        for group, urgent in enumerate(urgency):
            if visits[group] == lowest and (value := urgent - handicap * turns[group]) > most:
                found, most = group, value
        return found

    def _in_turn(self, state: State) -> list[int]:
        """All groups, the least visited first, in the drawn order."""
        visits, turns = state.visits, state.turns
        return sorted(range(len(visits)), key=lambda group: (visits[group], turns[visits[group] % len(turns)][group]))

    def _one_of(self, twins: Sequence[int], state: State) -> int:
        """One of items that are worth the same, each as likely: the first of them would otherwise go to everybody."""
        skill = self.bank.skill
        left = [item for item in twins if item not in state.closed and skill[item] not in state.skills]
        return left[int((state.aim(len(state.answers)) + 1.0) * 64.0 % 1.0 * len(left))]

    def aimed_at(self, state: State) -> float:
        """The ability the next question is chosen for: the estimate, or a little off it.

        >>> engine = TwoPl(Bank([1.0], [0.0], [0]), Plan(1, spread=0.1))
        >>> abs(engine.aimed_at(engine.start(b"seed"))) <= 0.1
        True
        """
        if not self.plan.spread:
            return state.theta
        return state.theta + self.plan.spread * state.se * state.se * state.aim(len(state.answers))

    def answer(self, state: State, item: int, right: bool) -> None:
        """Take an answer into account.

        >>> engine = TwoPl(Bank([1.0], [0.0], [0]), Plan(1))
        >>> state = engine.start(b"seed")
        >>> engine.answer(state, 0, False)
        >>> state.answers, state.theta < 0 < state.se < 1
        ([(0, False)], True)
        """
        state.answers.append((item, right))
        state.skills.add(self.bank.skill[item])
        state.visits[self.bank.group[item]] += 1
        state.weights = weights = list(map(mul, state.weights, self._row(item, right)))
        state.theta, state.se = moments(weights)

    def resume(self, seed: bytes, answers: Iterable[tuple[int, bool]], closed: Iterable[int] = ()) -> State:
        """The state after these answers; the same, to the last bit, as if it had been kept.

        >>> engine = TwoPl(Bank([1.0], [0.0], [0]), Plan(1))
        >>> state = engine.start(b"seed")
        >>> engine.answer(state, 0, True)
        >>> engine.resume(b"seed", [(0, True)]).theta == state.theta
        True
        """
        state = self.start(seed, closed)
        state.answers.extend(answers)
        if state.answers:
            weights: Sequence[float] = PRIOR
            for item, right in state.answers:
                weights = list(map(mul, weights, self._row(item, right)))
                state.skills.add(self.bank.skill[item])
                state.visits[self.bank.group[item]] += 1
            state.weights = weights
            state.theta, state.se = moments(weights)
        return state

    def _row(self, item: int, right: bool) -> list[float]:
        """The chance of this answer at each point of the grid, kept once worked out."""
        key = item * 2 + right
        row = self._rows.get(key)
        if row is None:
            slope = -self.bank.a[item] if right else self.bank.a[item]
            shift = -slope * self.bank.b[item]
            row = self._rows[key] = [1.0 / (1.0 + exp(slope * point + shift)) for point in GRID]
        return row


def content_turns(seed: bytes, groups: int, questions: int) -> list[list[int]]:
    """For each round of visits, the place of every group in an order of its own drawn from the seed.

    >>> [sorted(places) for places in content_turns(b"seed", groups=4, questions=8)], content_turns(b"seed", groups=1, questions=8)
    ([[0, 1, 2, 3], [0, 1, 2, 3]], [[0]])
    """
    if groups <= 1:
        return [[0]]
    chance = Chance(seed, "content")
    return [chance.shuffled(range(groups)) for _ in range(0, questions, groups)]


def moments(weights: Sequence[float]) -> tuple[float, float]:
    """The mean and the standard deviation of weights on :data:`GRID`.

    >>> mean, deviation = moments(PRIOR)
    >>> abs(mean) < 1e-9, abs(deviation - 1) < 1e-6
    (True, True)
    """
    total = fsum(weights)
    mean = fsum(map(mul, weights, GRID)) / total
    return mean, sqrt(fsum(map(mul, weights, _SQUARES)) / total - mean * mean)


def weighted_likelihood(bank: Bank, answers: Sequence[tuple[int, bool]], lowest: float = -6.0, highest: float = 6.0) -> tuple[float, float]:
    """Warm's estimate and its standard error, which no prior pulls towards the middle (Warm, 1989, eq. 14).

    The root, by bisection, of Σ a(x − P) + J / 2I with I = Σ a²PQ and J = Σ a³PQ(Q − P); kept within ``lowest`` … ``highest``.

    >>> bank = Bank(a=[1.0] * 4, b=[-1.0, 0.0, 0.0, 1.0], group=[0] * 4)
    >>> theta, se = weighted_likelihood(bank, [(0, True), (1, True), (2, False), (3, False)])
    >>> round(theta, 6), round(se, 2)
    (-0.0, 1.06)
    """
    low, high = lowest, highest
    for _ in range(60):
        middle = (low + high) / 2
        slope, information, skewness = _score_function(bank, answers, middle)
        if slope + skewness / (2 * information) > 0:
            low = middle
        else:
            high = middle
    theta = (low + high) / 2
    return theta, 1 / sqrt(_score_function(bank, answers, theta)[1])


def _score_function(bank: Bank, answers: Sequence[tuple[int, bool]], theta: float) -> tuple[float, float, float]:
    slope = information = skewness = 0.0
    for item, right in answers:
        a = bank.a[item]
        chance = 1.0 / (1.0 + exp(a * (bank.b[item] - theta)))
        spread = a * a * chance * (1.0 - chance)
        slope += a * (right - chance)
        information += spread
        skewness += a * spread * (1.0 - 2.0 * chance)
    return slope, max(information, 1e-12), skewness


def pack_items(answers: Iterable[tuple[int, bool]]) -> bytes:
    """Two bytes an answer: the item's position in fifteen bits, and whether it was right. For banks of at most 32 768 items.

    >>> unpack_items(pack_items([(3, True), (2900, False)]))
    [(3, True), (2900, False)]
    """
    return b"".join((item << 1 | right).to_bytes(2, "little") for item, right in answers)


def unpack_items(packed: bytes) -> list[tuple[int, bool]]:
    """The answers of :func:`pack_items`; raises :class:`~engine.errors.CorruptRecordError`.

    >>> unpack_items(b"odd")
    Traceback (most recent call last):
        ...
    engine.errors.CorruptRecordError: an answer takes two bytes
    """
    if len(packed) % 2:
        raise CorruptRecordError("an answer takes two bytes")
    return [(low >> 1 | high << 7, bool(low & 1)) for low, high in zip(packed[::2], packed[1::2], strict=True)]
