"""Draws that are the same on every machine: each variant has its own source of chance, seeded by its name."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Repeatable draws. ``Draw("formules-3-a#2")`` gives the same values at every build."""

    def __init__(self, seed: str) -> None:
        digest = hashlib.sha256(seed.encode()).digest()
        self._random = random.Random(int.from_bytes(digest[:8], "big"))  # noqa: S311 - variety, not secrecy

    def between(self, low: int, high: int, step: int = 1) -> int:
        """A whole number from ``low`` to ``high``, both included, by ``step``."""
        return low + step * self._random.randrange((high - low) // step + 1)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self._random.randrange(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All the items in another order (Fisher–Yates, written out so that no Python version changes it)."""
        drawn = list(items)
        for last in range(len(drawn) - 1, 0, -1):
            other = self._random.randrange(last + 1)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """``count`` different items, in a drawn order."""
        if count > len(items):
            raise ValueError(f"{count} items wanted out of {len(items)}")
        return self.shuffled(items)[:count]
