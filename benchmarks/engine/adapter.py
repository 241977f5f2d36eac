"""Our engine behind the benchmark's neutral interface, which the peers implement too.

``Engine(bank, mode)``; ``.seed(examinee, picks)``; ``.start() → state``; ``.next(state) → item``; ``.answer(state, item, x)``;
``.estimate(state) → (theta, se)``; ``.export(state) → bytes``; ``.resume(bytes) → state``.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from engine.exposure import CEILING, SPREAD, priced
from engine.item_bank import Bank
from engine.two_pl import Plan, State, TwoPl, pack_items, unpack_items

MODES = ("fixed32", "content16x2")
SHORT_CEILING = 0.18  # fewer questions are shared out, in larger lumps: aim lower for the same maximum


class CalibratedBank(Protocol):
    """What the benchmark hands over."""

    @property
    def a(self) -> Sequence[float]: ...
    @property
    def b(self) -> Sequence[float]: ...
    @property
    def content(self) -> Sequence[int]: ...


class Engine:
    """``fixed32``: the 32 most informative questions, no cap. ``content16x2``: each competence once, then twice, exposure priced.

    The prices are worked out here for the plan, as they are when a release is built; ``progress`` hears how far that is.
    """

    def __init__(
        self, bank: CalibratedBank, mode: str, *, target_error: float = 0.0, progress: Callable[[str], None] = lambda _: None
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"unknown mode {mode!r}: use one of {MODES}")
        plan = Plan(32, target_error=target_error, spread=0.0 if mode == "fixed32" else SPREAD)
        if mode == "fixed32":
            items = Bank(bank.a, bank.b, [0] * len(bank.a), width=48)
        else:
            ceiling = SHORT_CEILING if target_error else CEILING
            items = priced(Bank(bank.a, bank.b, bank.content), plan, ceiling, progress=progress)
        self.bank = items
        self._engine = TwoPl(items, plan)
        self._seed = b""

    def seed(self, examinee: int, picks: bytes = b"") -> None:
        """Name the examinee whose test comes next; ``picks`` are random bytes drawn beforehand, if the caller has some."""
        self._seed = picks or examinee.to_bytes(8, "big")

    def start(self) -> State:
        return self._engine.start(self._seed)

    def next(self, state: State) -> int | None:
        return self._engine.next(state)

    def answer(self, state: State, item: int, x: bool) -> None:
        self._engine.answer(state, item, x)

    def estimate(self, state: State) -> tuple[float, float]:
        return state.theta, state.se

    def export(self, state: State) -> bytes:
        """One byte for the length of the seed, the seed, then two bytes an answer."""
        return bytes((len(state.seed),)) + state.seed + pack_items(state.answers)

    def resume(self, exported: bytes) -> State:
        end = 1 + exported[0]
        return self._engine.resume(exported[1:end], unpack_items(exported[end:]))
