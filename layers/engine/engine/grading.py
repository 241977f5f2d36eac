"""Is the answer right? Every challenge type and tolerance of docs/domain.md §2."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from engine.solutions import Solution

MAX_TEXT: Final = 10_000  # characters in one field; longer answers are refused before any work is done on them
MAX_PARTS: Final = 100  # choices or fields in one answer


class Result(StrEnum):
    """What an answer is worth. Only ``ok`` counts as right."""

    OK = "ok"
    KO = "ko"
    SKIPPED = "skipped"
    TIMEDOUT = "timedout"
    FOCUSEDOUT = "focusedout"


class Treatment(StrEnum):
    """What it took for an answer to match: the first of these, in this order, under which it does."""

    EXACT = "exact"
    T1 = "t1"
    T2 = "t2"
    T3 = "t3"
    NUMBER = "number"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the pupil sent: choices, or one text, or several fields; nothing at all when skipped."""

    choices: frozenset[str] | None = None
    text: str | None = None
    fields: Mapping[str, str] | None = None

    @property
    def skipped(self) -> bool:
        """Whether the pupil passed (*je passe*)."""
        return self.choices is None and self.text is None and self.fields is None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "Answer":
        """From the form clients send, with exactly one member.

        ``{"choices": ["b"]}``, ``{"text": "…"}``, ``{"fields": {"f1": "…"}}`` or ``{"skipped": true}``.
        Raises :class:`~engine.errors.InvalidAnswerError` when the form is another, or too large
        (10 000 characters a field, 100 choices or fields).
        """
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        """The form clients send; ``Answer.parse(answer.as_dict()) == answer``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """Why one field is right: the accepted answer it matched, and what it took. ``field`` is empty for a single field."""

    field: str
    accepted: str
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Grade:
    """``result`` is ok, ko or skipped; ``treatment`` the loosest any field needed (``None`` unless ok); ``matches`` explain it."""

    result: Result
    treatment: Treatment | None = None
    matches: tuple[FieldMatch, ...] = ()


def grade(solution: Solution, answer: Answer) -> Grade:
    """Compare an answer with the solution of the variant that was shown.

    Never raises on what a field contains. Raises :class:`~engine.errors.InvalidAnswerError` when the answer is of another
    shape than the challenge asks (a text for a QCU, a field that does not exist): that is the client's mistake, not the pupil's.
    """
    raise NotImplementedError


def judge(
    grade: Grade,
    *,
    elapsed_ms: int,
    timer_s: int | None,
    grace_ms: int,
    focus_lost: bool,
    focused: bool,
    certification: bool,
) -> Result:
    """The result that counts, once time and focus are taken into account (docs/domain.md §2).

    Only a right answer can be ``timedout`` (later than ``timer_s`` + ``grace_ms``) or ``focusedout`` (focus was lost on a
    focused challenge, in certification only); late wins over focus lost.
    """
    raise NotImplementedError
