"""Positioning, the classic algorithm: which question comes next (docs/domain.md §4)."""

from collections.abc import Sequence
from typing import Final

from engine.content import Release
from engine.knowledge import Knowledge
from engine.packing import Answered, Question

__all__ = ["CHECKPOINT_EVERY", "Question", "checkpoint_reached", "checkpoint_span", "next_question", "predicted_level"]

CHECKPOINT_EVERY: Final = 5


def next_question(
    release: Release,
    target: Sequence[int],
    knowledge_at_start: Knowledge,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
) -> Question | None:
    """The next question of an assessment, or ``None`` when there is nothing left to learn.

    ``target`` are the skills assessed; ``knowledge_at_start`` what was known when it started (after
    :meth:`Knowledge.for_improving` when it is an improvement); ``answers`` all those given so far, in order. A pure function:
    the same arguments give the same question, on any machine.
    """
    raise NotImplementedError


def predicted_level(release: Release, target: Sequence[int], knowledge: Knowledge) -> float:
    """The level, from 0.5 to 7.5 by halves, that fits the direct elements best (docs/domain.md §4)."""
    raise NotImplementedError


def checkpoint_reached(answered: int) -> bool:
    """Whether a checkpoint (*bilan intermédiaire*) is due after this many answers.

    >>> [n for n in range(12) if checkpoint_reached(n)]
    [5, 10]
    """
    return answered > 0 and answered % CHECKPOINT_EVERY == 0


def checkpoint_span(number: int) -> range:
    """The positions of the answers that checkpoint ``number`` (from 1) shows.

    >>> checkpoint_span(2)
    range(5, 10)
    """
    return range((number - 1) * CHECKPOINT_EVERY, number * CHECKPOINT_EVERY)
