"""Answers as they are kept: fields without their names, and what was picked from a list by its place there, since the release knows both.

A test of 48 questions with many such fields would otherwise outgrow 2 write units per answer (docs/architecture.md, *Budgets*).
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.challenge import Field, Variant
from engine.content import Release
from engine.grading import Answer
from engine.packing import Answered

#: The name under which an answer's fields are kept in one value, in the variant's order.
_TOGETHER = ""
#: Between the values kept together. An answer that holds one, or that does not fill exactly the variant's fields, is kept as given.
_BETWEEN = "\x1f"
#: Before a value that was really given under the name above.
_AS_GIVEN = "\x1e"


def abridged(variant: Variant, answer: Answer) -> Answer:
    """The answer in as few bytes as the variant allows; :func:`in_full` undoes it."""
    if answer.fields is None:
        return answer
    together = _together(variant, answer.fields)
    if together is not None:
        return replace(answer, fields={_TOGETHER: together})
    if _TOGETHER not in answer.fields:
        return answer
    return replace(answer, fields={**answer.fields, _TOGETHER: _AS_GIVEN + answer.fields[_TOGETHER]})


def in_full(variant: Variant, kept: Answer) -> Answer:
    """The answer as it was given."""
    if kept.fields is None or _TOGETHER not in kept.fields:
        return kept
    value = kept.fields[_TOGETHER]
    if value.startswith(_AS_GIVEN):
        return replace(kept, fields={**kept.fields, _TOGETHER: value.removeprefix(_AS_GIVEN)})
    values = value.split(_BETWEEN)
    return replace(kept, fields={field.id: _long(field, short) for field, short in zip(variant.fields, values, strict=True)})


def as_given(release: Release, answered: Answered) -> Answered:
    """A stored answer of a test that is pinned to ``release``, with what was sent as it was sent.

    Whoever shows it, exports it or grades it again (:mod:`engine.replay`) takes it through here.
    """
    if answered.answer is None:
        return answered
    variant = release.challenges[answered.challenge_index].variants[answered.variant_index]
    return replace(answered, answer=in_full(variant, answered.answer))


def _together(variant: Variant, given: Mapping[str, str]) -> str | None:
    """The values in the variant's order, or None when they cannot be kept together."""
    if not given or given.keys() != {field.id for field in variant.fields}:
        return None
    values = []
    for field in variant.fields:
        value = _short(field, given[field.id])
        if value is None or _BETWEEN in value:
            return None
        values.append(value)
    together = _BETWEEN.join(values)
    return None if together.startswith(_AS_GIVEN) else together


def _short(field: Field, value: str) -> str | None:
    if field.kind != "select":
        return value
    return str(field.options.index(value)) if value in field.options else None


def _long(field: Field, short: str) -> str:
    return field.options[int(short)] if field.kind == "select" else short
