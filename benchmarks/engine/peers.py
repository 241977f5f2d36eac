"""Other engines behind the same interface, where they are installed (dependency group ``bench-engine``).

Each is used as its manual says: maximum information and its own estimator. "numpy grid" is no package but what a careful user
of NumPy writes. jsCAT is in :mod:`benchmarks.engine.peers_js`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from shutil import which
from subprocess import run
from typing import Any

from benchmarks.engine import peers_js
from benchmarks.engine.adapter import CalibratedBank

NOT_HERE = peers_js.NotHereError


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


class AdaptiveTesting:
    """adaptivetesting's ``maximum_information_criterion`` and ``BayesModal`` with an N(0, 1) prior."""

    def __init__(self, bank: CalibratedBank, mode: str) -> None:
        if mode != "fixed32":
            raise NotImplementedError("adaptivetesting does not balance content")
        models = import_module("adaptivetesting.models")
        estimators = import_module("adaptivetesting.math.estimators")
        self._select = import_module("adaptivetesting.math.item_selection").maximum_information_criterion
        self._estimator, self._prior = estimators.BayesModal, estimators.NormalPrior(0, 1)
        self._items = []
        for number, (a, b) in enumerate(zip(bank.a, bank.b, strict=True)):
            item = models.TestItem()
            item.id, item.a, item.b = number, a, b
            self._items.append(item)

    def seed(self, examinee: int, picks: bytes = b"") -> None:
        """Nothing is drawn here."""

    def start(self) -> dict[str, Any]:
        return {"left": list(self._items), "items": [], "answers": [], "theta": 0.0, "se": 1.0}

    def next(self, state: dict[str, Any]) -> int | None:
        if len(state["items"]) >= 32:
            return None
        return int(self._select(state["left"], state["theta"]).id)

    def answer(self, state: dict[str, Any], item: int, x: bool) -> None:
        state["items"].append(self._items[item])
        state["left"].remove(self._items[item])
        state["answers"].append(int(x))
        estimator = self._estimator(state["answers"], state["items"], self._prior)
        state["theta"] = float(estimator.get_estimation())
        state["se"] = float(estimator.get_standard_error(state["theta"]))

    def estimate(self, state: dict[str, Any]) -> tuple[float, float]:
        return state["theta"], state["se"]


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer that may be here: ``n`` is how many examinees its speed allows; ``prepare`` gives its version or raises."""

    name: str
    n: int
    prepare: Callable[[], str]
    engine: Callable[[CalibratedBank, str], Any]


def _packaged(package: str) -> Callable[[], str]:
    def prepare() -> str:
        try:
            return version(package)
        except PackageNotFoundError as error:
            raise NOT_HERE("not installed: make bench NAME=engine installs it") from error

    return prepare


PEERS = (
    Peer("catsim", 300, _packaged("catsim"), Catsim),
    Peer("adaptivetesting", 6, _packaged("adaptivetesting"), AdaptiveTesting),
    Peer("jsCAT", 30, peers_js.install, peers_js.JsCat),
    Peer("numpy grid", 500, _packaged("numpy"), NumpyGrid),
)


def r_packages() -> dict[str, str]:
    """Why catR and mirtCAT are not in the table: they are R packages, and no driver is kept that could not be run."""
    if which("Rscript") is None:
        return dict.fromkeys(("catR", "mirtCAT"), "not here: R is not installed")
    found = {}
    for name in ("catR", "mirtCAT"):
        command = ["Rscript", "-e", f"library({name})"]
        here = run(command, capture_output=True, check=False, timeout=60).returncode == 0  # noqa: S603 - fixed arguments
        found[name] = "here, but this benchmark has no driver for it" if here else "not here: not installable without CRAN"
    return found
