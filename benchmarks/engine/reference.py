"""The reference work: a bank of 3 000 items, examinees, and their answers drawn beforehand, the same for every engine."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import exp
from random import Random

ITEMS, COMPETENCES, QUESTIONS = 3_000, 16, 32


@dataclass(frozen=True, slots=True)
class ReferenceBank:
    """2PL items: discriminations ``a`` ~ lognormal(0, 0.3), difficulties ``b`` ~ N(0, 1.2), and the competence of each."""

    a: array[float]
    b: array[float]
    content: array[int]


def reference_bank(items: int = ITEMS, seed: int = 1) -> ReferenceBank:
    """The bank; competences go round so that each has as many items."""
    chance = Random(seed)
    a = array("d", [chance.lognormvariate(0, 0.3) for _ in range(items)])
    b = array("d", [chance.gauss(0, 1.2) for _ in range(items)])
    return ReferenceBank(a, b, array("H", [item % COMPETENCES for item in range(items)]))


@dataclass(frozen=True, slots=True)
class Examinee:
    """``theta`` ~ N(0, 1), and one uniform per item: the answer is right when it is below the chance to be."""

    theta: float
    uniforms: array[float]
    picks: bytes

    def answers(self, bank: ReferenceBank, item: int) -> bool:
        """Whether this examinee is right on an item."""
        return self.uniforms[item] < 1 / (1 + exp(bank.a[item] * (bank.b[item] - self.theta)))


def examinees(number: int, items: int = ITEMS, seed: int = 2) -> list[Examinee]:
    """The first ``number`` examinees; the same whatever the number."""
    return [_examinee(seed * 1_000_003 + place, items) for place in range(number)]


def examinees_at(theta: float, number: int, items: int = ITEMS, seed: int = 5) -> list[Examinee]:
    """Examinees of one ability, to see bias and coverage there."""
    return [_examinee(seed * 1_000_003 + place, items, theta) for place in range(number)]


def _examinee(seed: int, items: int, theta: float | None = None) -> Examinee:
    chance = Random(seed)
    drawn = chance.gauss(0, 1)
    uniforms = array("d", [chance.random() for _ in range(items)])
    return Examinee(drawn if theta is None else theta, uniforms, chance.randbytes(8))
