"""Other engines behind the same interface, where they are installed (dependency group ``bench-engine``).

catsim: maximum information, maximum likelihood by its numerical search. "numpy grid" is no package but what a careful user of
NumPy writes.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.engine.adapter import CalibratedBank


class Catsim:
    """catsim's ``MaxInfoSelector`` and ``NumericalSearchEstimator``, as its manual puts them together."""

    def __init__(self, bank: CalibratedBank, mode: str) -> None:
        if mode != "fixed32":
            raise NotImplementedError("catsim does not balance content")
        numpy = import_module("numpy")
        self._items = numpy.array([bank.a, bank.b, [0.0] * len(bank.a), [1.0] * len(bank.a)]).T
        self._selector = import_module("catsim.selection").MaxInfoSelector()
        self._estimator = import_module("catsim.estimation").NumericalSearchEstimator()
        self._bank = import_module("catsim.item_bank").ItemBank(self._items)

    def seed(self, examinee: int, picks: bytes = b"") -> None:
        """catsim draws nothing here."""

    def start(self) -> dict[str, Any]:
        return {"items": [], "answers": [], "theta": 0.0}

    def next(self, state: dict[str, Any]) -> int | None:
        if len(state["items"]) >= 32:
            return None
        chosen = self._selector.select(item_bank=self._bank, administered_items=state["items"], est_theta=state["theta"])
        return None if chosen is None else int(chosen)

    def answer(self, state: dict[str, Any], item: int, x: bool) -> None:
        state["items"].append(item)
        state["answers"].append(bool(x))
        state["theta"] = float(
            self._estimator.estimate(
                item_bank=self._bank,
                administered_items=state["items"],
                response_vector=state["answers"],
                est_theta=state["theta"],
            )
        )

    def estimate(self, state: dict[str, Any]) -> tuple[float, float]:
        see = import_module("catsim.irt").see
        return state["theta"], float(see(state["theta"], self._items[state["items"]]))


class NumpyGrid:
    """A posterior on 61 points, and the information of every item at each step, by arrays."""

    def __init__(self, bank: CalibratedBank, mode: str) -> None:
        if mode != "fixed32":
            raise NotImplementedError("this peer does not balance content")
        numpy = self._numpy = import_module("numpy")
        self._a, self._b = numpy.array(bank.a), numpy.array(bank.b)
        self._grid = numpy.linspace(-6, 6, 61)

    def seed(self, examinee: int, picks: bytes = b"") -> None:
        """Nothing is drawn here."""

    def start(self) -> dict[str, Any]:
        return {"asked": [], "weights": self._numpy.exp(-(self._grid**2) / 2), "theta": 0.0, "se": 1.0}

    def next(self, state: dict[str, Any]) -> int | None:
        if len(state["asked"]) >= 32:
            return None
        chance = 1 / (1 + self._numpy.exp(self._a * (self._b - state["theta"])))
        information = self._a**2 * chance * (1 - chance)
        information[state["asked"]] = -1
        return int(information.argmax())

    def answer(self, state: dict[str, Any], item: int, x: bool) -> None:
        state["asked"].append(item)
        chance = 1 / (1 + self._numpy.exp(self._a[item] * (self._b[item] - self._grid)))
        weights = state["weights"] = state["weights"] * (chance if x else 1 - chance)
        total = weights.sum()
        state["theta"] = float((weights * self._grid).sum() / total)
        state["se"] = float(((weights * self._grid**2).sum() / total - state["theta"] ** 2) ** 0.5)

    def estimate(self, state: dict[str, Any]) -> tuple[float, float]:
        return state["theta"], state["se"]


def installed() -> dict[str, Callable[[CalibratedBank, str], Any]]:
    """The peers that can be imported, by name and version."""
    found: dict[str, Callable[[CalibratedBank, str], Any]] = {}
    for name, package, peer in (("catsim", "catsim", Catsim), ("numpy grid", "numpy", NumpyGrid)):
        try:
            found[f"{name} {version(package)}"] = peer
        except PackageNotFoundError:
            continue
    return found
