"""Is the answer right? Every challenge type and tolerance of docs/domain.md §2."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from engine import treatments
from engine.errors import InvalidAnswerError
from engine.solutions import NUMBER, TEXT, AnyOrderSolution, ChoiceSolution, FieldSolution, FieldsSolution, Solution, TextSolution

MAX_TEXT: Final = 10_000  # characters in one answer; a longer one is refused before any work is done on it
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


_LOOSENESS: Final = tuple(Treatment)


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
        (10 000 characters in all, 100 choices or fields).

        >>> Answer.parse({"text": "Paris"})
        Answer(choices=None, text='Paris', fields=None)
        >>> Answer.parse({"skipped": True}).skipped
        True
        """
        if len(data) != 1:
            raise InvalidAnswerError("An answer has exactly one of: choices, text, fields, skipped.")
        ((form, value),) = data.items()
        if form == "choices" and isinstance(value, list | tuple):
            return cls(choices=frozenset(_strings(value, "/choices")))
        if form == "text" and isinstance(value, str):
            return cls(text=_strings([value], "/text")[0])
        if form == "fields" and isinstance(value, Mapping):
            _strings(list(value), "/fields")
            return cls(fields=dict(zip(value, _strings(list(value.values()), "/fields"), strict=True)))
        if form == "skipped" and value is True:
            return cls()
        raise InvalidAnswerError("An answer is {choices: [ids]}, {text: string}, {fields: {id: string}} or {skipped: true}.", f"/{form}")

    def as_dict(self) -> dict[str, Any]:
        """The form clients send; ``Answer.parse(answer.as_dict()) == answer``.

        >>> Answer(choices=frozenset("ba")).as_dict()
        {'choices': ['a', 'b']}
        """
        if self.choices is not None:
            return {"choices": sorted(self.choices)}
        if self.text is not None:
            return {"text": self.text}
        if self.fields is not None:
            return {"fields": dict(self.fields)}
        return {"skipped": True}


def _strings(values: Sequence[object], pointer: str) -> list[str]:
    strings = [value for value in values if isinstance(value, str)]
    if len(strings) != len(values):
        raise InvalidAnswerError("Only strings are expected here.", pointer)
    if len(strings) > MAX_PARTS or sum(map(len, strings)) > MAX_TEXT:
        raise InvalidAnswerError(f"An answer holds at most {MAX_PARTS} parts and {MAX_TEXT} characters.", pointer)
    return strings


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

    >>> from engine.solutions import FieldSolution, TextSolution
    >>> found = grade(TextSolution(FieldSolution(("Besançon", "Dole"))), Answer(text=" BESANCON "))
    >>> found.result.value, found.treatment.value, found.matches[0].accepted
    ('ok', 't1', 'Besançon')
    """
    if answer.skipped:
        return Grade(Result.SKIPPED)
    match solution:
        case ChoiceSolution():
            return _grade_choices(solution, answer)
        case TextSolution():
            return _right([_match("", solution.field, _text(answer))])
        case FieldsSolution():
            given = _fields(answer, solution.fields.keys())
            return _right([_match(name, field, given.get(name, "")) for name, field in solution.fields.items()])
        case AnyOrderSolution():
            return _right(_match_any_order(solution, _fields(answer, solution.fields)))


def _grade_choices(solution: ChoiceSolution, answer: Answer) -> Grade:
    if answer.choices is None:
        raise InvalidAnswerError("This question expects choices.", "/choices")
    return Grade(Result.OK, Treatment.CHOICES) if answer.choices == solution.choices else Grade(Result.KO)


def _text(answer: Answer) -> str:
    if answer.text is None:
        raise InvalidAnswerError("This question expects one text.", "/text")
    return answer.text


def _fields(answer: Answer, expected: Collection[str]) -> Mapping[str, str]:
    if answer.fields is None:
        raise InvalidAnswerError("This question expects fields.", "/fields")
    for name in answer.fields:
        if name not in expected:
            raise InvalidAnswerError(f"This question has no field {name!r}.", f"/fields/{name}")
    return answer.fields


def _right(matches: Sequence[FieldMatch | None]) -> Grade:
    found = tuple(match for match in matches if match is not None)
    if len(found) < len(matches):
        return Grade(Result.KO)
    return Grade(Result.OK, max((match.treatment for match in found), key=_LOOSENESS.index), found)


def _match(name: str, field: FieldSolution, given: str) -> FieldMatch | None:
    """The accepted answer that takes the least tolerance, if any. An answer left blank is never right."""
    best: tuple[int, str] | None = None
    if given.strip() and len(given) <= MAX_TEXT:
        forms = _forms(field, given)
        for accepted in field.accepted:
            treatment = _compare(field, forms, _forms(field, accepted))
            if treatment is not None and (best is None or _LOOSENESS.index(treatment) < best[0]):
                best = (_LOOSENESS.index(treatment), accepted)
    return None if best is None else FieldMatch(name, best[1], _LOOSENESS[best[0]])


def _forms(field: FieldSolution, text: str) -> list[tuple[Treatment, str]]:
    """The text under each treatment in turn, each applied on top of the one before; for a number, its canonical form."""
    prepared = treatments.prepare(text)
    forms = [(Treatment.EXACT, prepared)]
    if field.kind == NUMBER:
        forms.append((Treatment.NUMBER, treatments.number(prepared) or ""))
    elif field.kind == TEXT:
        if field.treatments.t1:
            forms.append((Treatment.T1, treatments.t1(prepared)))
        if field.treatments.t2:
            forms.append((Treatment.T2, treatments.t2(forms[-1][1])))
    return forms


def _compare(field: FieldSolution, given: list[tuple[Treatment, str]], accepted: list[tuple[Treatment, str]]) -> Treatment | None:
    """The first treatment under which both are the same; what a treatment leaves empty matches nothing."""
    for (treatment, left), (_, right) in zip(given, accepted, strict=True):
        if left and left == right:
            return treatment
    tolerant = field.kind == TEXT and field.treatments.t3
    return Treatment.T3 if tolerant and treatments.within_slip(given[-1][1], accepted[-1][1]) else None


def _match_any_order(solution: AnyOrderSolution, given: Mapping[str, str]) -> list[FieldMatch | None]:
    """Give each field a group of its own: a maximum matching by augmenting paths (Kuhn, 1955), so that order never matters."""
    possible = [
        {number: match for number, group in enumerate(solution.groups) if (match := _match(name, group, given.get(name, "")))}
        for name in solution.fields
    ]
    holder: dict[int, int] = {}

    def seat(field: int, tried: set[int]) -> bool:
        for group in possible[field]:
            if group not in tried:
                tried.add(group)
                if group not in holder or seat(holder[group], tried):
                    holder[group] = field
                    return True
        return False

    for field in range(len(possible)):
        seat(field, set())
    seated = {field: possible[field][group] for group, field in holder.items()}
    return [seated.get(field) for field in range(len(possible))]


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

    >>> right = Grade(Result.OK, Treatment.EXACT)
    >>> facts = {"timer_s": 60, "grace_ms": 2_000, "focus_lost": True, "focused": True, "certification": True}
    >>> judge(right, elapsed_ms=62_000, **facts).value, judge(right, elapsed_ms=62_001, **facts).value
    ('focusedout', 'timedout')
    """
    if grade.result is not Result.OK:
        return grade.result
    if timer_s is not None and elapsed_ms > timer_s * 1000 + grace_ms:
        return Result.TIMEDOUT
    if certification and focused and focus_lost:
        return Result.FOCUSEDOUT
    return Result.OK
