"""A test in few bytes: answers, questions and sets of skills, as they are stored (docs/architecture.md).

An answer takes about a dozen bytes, and what was typed if it is kept. The form of the bytes is in :mod:`engine.octets`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from engine import octets
from engine.errors import CorruptRecordError
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


_RESULTS = tuple(Result)  # the order is part of the stored form: only add at the end
_NOT_KEPT, _SKIPPED, _CHOICES, _TEXT, _FIELDS = range(5)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: a challenge of the release, and which of its variants."""

    challenge_index: int
    variant_index: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what came of it.

    ``elapsed_ms`` is the time the pupil took, in milliseconds; ``at`` is when the answer was accepted, in whole seconds
    since 1970-01-01 UTC; ``answer`` is what was sent, where it is kept; ``digest`` whatever the keeper needs to recognise the same
    request.
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
    """One answer as one record.

    >>> record = pack_answer(Answered(120, 1, Result.OK, elapsed_ms=4200, at=1_795_000_000, answer=Answer(text="Paris")))
    >>> len(record), unpack_answer(record).answer
    (17, Answer(choices=None, text='Paris', fields=None))
    """
    form, body = _pack_form(answered.answer)
    flags = _RESULTS.index(answered.result) | answered.focus_lost << 3 | form << 4
    return b"".join(
        (
            octets.number(answered.challenge_index),
            octets.number(answered.variant_index),
            bytes((flags,)),
            octets.number(answered.elapsed_ms),
            octets.number(answered.at),
            octets.counted(answered.digest),
            body,
        )
    )


def unpack_answer(record: bytes) -> Answered:
    """The answer of one record; raises :class:`~engine.errors.CorruptRecordError`.

    >>> answered = Answered(7, 0, Result.KO, elapsed_ms=900, at=12)
    >>> unpack_answer(pack_answer(answered)) == answered
    True
    """
    reader = octets.Reader(record)
    challenge_index, variant_index, flags = reader.number(), reader.number(), reader.take(1)[0]
    elapsed_ms, at, digest = reader.number(), reader.number(), reader.counted()
    answer = _unpack_form(flags >> 4, reader)
    if flags & 7 >= len(_RESULTS) or not reader.ended:
        raise CorruptRecordError("the record does not hold an answer")
    return Answered(challenge_index, variant_index, _RESULTS[flags & 7], elapsed_ms, at, bool(flags & 8), answer, digest)


def pack_answers(answers: Iterable[Answered]) -> bytes:
    """Several answers as one string of bytes, each record preceded by its length.

    >>> len(pack_answers([Answered(7, 0, Result.KO, elapsed_ms=900, at=12)] * 3))
    24
    """
    return b"".join(octets.counted(pack_answer(answered)) for answered in answers)


def unpack_answers(packed: bytes) -> tuple[Answered, ...]:
    """The answers of :func:`pack_answers`; raises :class:`~engine.errors.CorruptRecordError`.

    >>> answers = (Answered(7, 0, Result.KO, elapsed_ms=900, at=12), Answered(9, 1, Result.OK, elapsed_ms=1, at=13))
    >>> unpack_answers(pack_answers(answers)) == answers
    True
    """
    reader = octets.Reader(packed)
    answers = []
    while not reader.ended:
        answers.append(unpack_answer(reader.counted()))
    return tuple(answers)


def pack_questions(questions: Iterable[Question]) -> bytes:
    """A list of questions, in order (the fixed list of a certification test).

    >>> pack_questions([Question(5, 0), Question(300, 1)]).hex()
    '0500ac0201'
    """
    return b"".join(octets.number(question.challenge_index) + octets.number(question.variant_index) for question in questions)


def unpack_questions(packed: bytes) -> tuple[Question, ...]:
    """The questions of :func:`pack_questions`; raises :class:`~engine.errors.CorruptRecordError`.

    >>> unpack_questions(bytes.fromhex("0500ac0201"))
    (Question(challenge_index=5, variant_index=0), Question(challenge_index=300, variant_index=1))
    """
    reader = octets.Reader(packed)
    questions = []
    while not reader.ended:
        questions.append(Question(reader.number(), reader.number()))
    return tuple(questions)


def pack_skills(skills: Iterable[int]) -> bytes:
    """A set of skill (or challenge) positions as a bitmap: bit *i* of the whole is position *i*.

    >>> unpack_skills(pack_skills([3, 1, 3, 20]))
    (1, 3, 20)
    """
    return octets.bitmap(skills)


def unpack_skills(packed: bytes) -> tuple[int, ...]:
    """The positions of :func:`pack_skills`, rising.

    >>> unpack_skills(bytes([0b1010]))
    (1, 3)
    """
    return octets.positions(packed)


def _pack_form(answer: Answer | None) -> tuple[int, bytes]:
    if answer is None:
        return _NOT_KEPT, b""
    if answer.choices is not None:
        return _CHOICES, b"".join(map(octets.text, sorted(answer.choices)))
    if answer.text is not None:
        return _TEXT, octets.text(answer.text)
    if answer.fields is not None:
        return _FIELDS, b"".join(octets.text(name) + octets.text(value) for name, value in answer.fields.items())
    return _SKIPPED, b""


def _unpack_form(form: int, reader: octets.Reader) -> Answer | None:
    if form == _NOT_KEPT:
        return None
    if form == _SKIPPED:
        return Answer()
    if form == _TEXT:
        return Answer(text=reader.text())
    texts = []
    while not reader.ended:
        texts.append(reader.text())
    if form == _CHOICES:
        return Answer(choices=frozenset(texts))
    if form == _FIELDS and len(texts) % 2 == 0:
        return Answer(fields=dict(zip(texts[::2], texts[1::2], strict=True)))
    raise CorruptRecordError("the record holds an answer of an unknown form")
