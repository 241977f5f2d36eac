"""A test in few bytes: answers, questions and sets of skills, as they are stored (docs/architecture.md).

Numbers are written as unsigned LEB128 (seven bits a byte, the last byte below 128), so small ones take one byte. An
answer takes about a dozen bytes, and what was typed if it is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.grading import Answer, Result

__all__ = [
    "Answered",
    "Question",
    "pack_answer",
    "pack_answers",
    "pack_questions",
    "pack_skills",
    "unpack_answer",
    "unpack_answers",
    "unpack_questions",
    "unpack_skills",
]


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: a challenge of the release, and which of its variants."""

    challenge_index: int
    variant_index: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what came of it.

    ``elapsed_ms`` is the time the pupil took, in milliseconds; ``at`` is when the answer was accepted, in whole seconds
    since 1970-01-01 UTC; ``digest`` is whatever the keeper needs to recognise the same request (at most 64 bytes).
    """

    challenge_index: int
    variant_index: int
    result: Result
    elapsed_ms: int
    at: int
    focus_lost: bool = False
    answer: Answer | None = None
    digest: bytes = b""

    @property
    def question(self) -> Question:
        """The question that was answered."""
        return Question(self.challenge_index, self.variant_index)


def pack_answer(answered: Answered) -> bytes:
    """One answer as one record."""
    raise NotImplementedError


def unpack_answer(record: bytes) -> Answered:
    """The answer of one record; raises :class:`~engine.errors.CorruptRecordError`."""
    raise NotImplementedError


def pack_answers(answers: Iterable[Answered]) -> bytes:
    """Several answers as one string of bytes, each record preceded by its length."""
    raise NotImplementedError


def unpack_answers(packed: bytes) -> tuple[Answered, ...]:
    """The answers of :func:`pack_answers`; raises :class:`~engine.errors.CorruptRecordError`."""
    raise NotImplementedError


def pack_questions(questions: Iterable[Question]) -> bytes:
    """A list of questions, in order (the fixed list of a certification test)."""
    raise NotImplementedError


def unpack_questions(packed: bytes) -> tuple[Question, ...]:
    """The questions of :func:`pack_questions`; raises :class:`~engine.errors.CorruptRecordError`."""
    raise NotImplementedError


def pack_skills(skills: Iterable[int]) -> bytes:
    """A set of skill (or challenge) positions as a bitmap: bit *i* of the whole is position *i*."""
    raise NotImplementedError


def unpack_skills(packed: bytes) -> tuple[int, ...]:
    """The positions of :func:`pack_skills`, rising."""
    raise NotImplementedError
