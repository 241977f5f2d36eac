"""An answer as a message over a noisy channel: what it can tell at most, and what it is expected to tell.

A pupil either knows a skill or does not; what is seen is a right answer or a wrong one. Someone who knows slips with
probability ``slip``, someone who does not guesses right with probability ``guess``: a binary asymmetric channel.
"""

from functools import lru_cache
from math import log2


@lru_cache(maxsize=1024)
def entropy(chance: float) -> float:
    """The entropy of a yes or no that is yes with this chance, in bits (Shannon, 1948, §6).

    >>> entropy(0.5), entropy(1.0), round(entropy(0.1), 3)
    (1.0, 0.0, 0.469)
    """
    if chance <= 0 or chance >= 1:
        return 0.0
    return -chance * log2(chance) - (1 - chance) * log2(1 - chance)


def gain(known: float, slip: float, guess: float) -> float:
    """The mutual information, in bits, between an answer and whether the skill is known (Lindley, 1956, eq. 7).

    ``known`` is the chance that the skill is known.

    >>> round(gain(0.5, 0.0, 0.0), 3), round(gain(0.5, 0.1, 0.25), 3), round(gain(1.0, 0.1, 0.25), 3)
    (1.0, 0.344, 0.0)
    """
    right = known * (1 - slip) + (1 - known) * guess
    return max(0.0, entropy(right) - known * entropy(slip) - (1 - known) * entropy(guess))


@lru_cache(maxsize=1024)
def capacity(slip: float, guess: float) -> float:
    """The most one answer can tell, in bits: the greatest :func:`gain` over every chance that the skill is known.

    No choice of questions, however clever, gains more than this per question, for feedback does not widen a channel without
    memory (Shannon, "The zero error capacity of a noisy channel", 1956, theorem 6). The closed form solves the two equations of
    Shannon, "A mathematical theory of communication", 1948, §16 (also Cover and Thomas, *Elements of Information Theory*, 2006, ch. 7):
    with h = entropy, g = guess, s = slip and d = 1 − g − s,

        C = (g·h(s) − (1 − s)·h(g)) / d + log₂(1 + 2^((h(g) − h(s)) / d))

    Raises :class:`ValueError` unless 0 ≤ slip, 0 ≤ guess and slip + guess < 1.

    >>> [round(capacity(0.1, guess), 2) for guess in (0.05, 0.15, 0.25)], capacity(0.0, 0.0)
    ([0.62, 0.46, 0.34], 1.0)
    """
    spread = 1 - guess - slip
    if slip < 0 or guess < 0 or spread <= 0:
        raise ValueError("slip and guess are chances whose sum is less than one")
    missed, found = entropy(slip), entropy(guess)
    return (guess * missed - (1 - slip) * found) / spread + log2(1 + 2 ** ((found - missed) / spread))
