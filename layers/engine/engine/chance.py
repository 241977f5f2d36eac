"""Chance that can be played again: a small generator seeded from bytes.

A test keeps its own random seed; every choice the engine makes "at random" comes from that seed and from what the
choice is for, so that it can be made again years later, on any version of Python. The standard library's ``random``
promises that only for some methods, and costs more to import than the engine.

The bytes are folded into 64 bits with FNV-1a (Fowler, Noll, Vo, 1991), then SplitMix64 (Steele, Lea, Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014, the ``mix64variant13`` constants) gives the sequence. Whole
numbers are drawn by rejection, so no outcome is favoured. It is not for secrets.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing and collections.abc are not worth their cold start here
    from collections.abc import Sequence
    from typing import TypeVar

    T = TypeVar("T")

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3


class Chance:
    """A sequence of random draws fixed by ``seed`` and by ``purpose`` (what the draw is for, and which one).

    >>> Chance(b"seed", "question", 3).below(100) == Chance(b"seed", "question", 3).below(100)
    True
    >>> [Chance(b"seed", "question", n).below(100) for n in range(5)]
    [3, 52, 82, 35, 4]
    """

    __slots__ = ("_state",)

    def __init__(self, seed: bytes, *purpose: str | int) -> None:
        state = _FNV_OFFSET
        for byte in seed + "".join(f"/{part}" for part in purpose).encode():
            state = ((state ^ byte) * _FNV_PRIME) & _MASK
        self._state = state

    def bits(self) -> int:
        """The next 64 random bits.

        >>> Chance(b"seed").bits() == Chance(b"seed").bits() < 2**64
        True
        """
        self._state = state = (self._state + _GOLDEN) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        return state ^ (state >> 31)

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` − 1, each as likely; raises :class:`ValueError` when ``bound`` < 1.

        >>> chance = Chance(b"seed")
        >>> all(chance.below(3) in (0, 1, 2) for _ in range(20))
        True
        """
        if bound < 1:
            raise ValueError("nothing to draw from")
        limit = (1 << 64) - (1 << 64) % bound
        while (drawn := self.bits()) >= limit:
            pass
        return drawn % bound

    def uniform(self) -> float:
        """A number in [0, 1) with 53 random bits.

        >>> 0 <= Chance(b"seed").uniform() < 1
        True
        """
        return (self.bits() >> 11) * 2.0**-53

    def choose(self, options: Sequence[T]) -> T:
        """One of ``options``, each as likely.

        >>> Chance(b"seed", 1).choose("abc") in "abc"
        True
        """
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """``options`` in a random order (Fisher–Yates).

        >>> sorted(Chance(b"seed").shuffled([1, 2, 3]))
        [1, 2, 3]
        """
        result = list(options)
        for last in range(len(result) - 1, 0, -1):
            other = self.below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result
