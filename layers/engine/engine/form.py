"""Could this answer have been given to what was shown? Judged at the door, before the answer is graded (docs/domain.md §2).

Grading (:mod:`engine.grading`) compares with the solution and never sees what was shown; what was stored, it grades as it is.
"""

from engine.challenge import Field, Variant
from engine.errors import InvalidAnswerError
from engine.grading import Answer
from engine.solutions import SELECT
from engine.treatments import prepare

__all__ = ["require_offered"]


def require_offered(variant: Variant, answer: Answer) -> None:
    """Nothing for an answer that picks among what the variant offers; it may be wrong, and a field to pick from left blank.

    Raises :class:`~engine.errors.InvalidAnswerError` for a choice or an option that is not offered, and for no choice at all: whoever
    knows no answer passes. An answer of another shape than the question asks is left to :func:`~engine.grading.grade`.

    >>> from engine.challenge import Choice
    >>> require_offered(Variant("Which?", choices=(Choice("a", "one"), Choice("b", "two"))), Answer.parse({"choices": ["b"]}))
    """
    if answer.choices is not None and variant.choices:
        _require_choices(frozenset(choice.id for choice in variant.choices), answer.choices)
    if answer.text is not None and len(variant.fields) == 1:
        _require_option(variant.fields[0], answer.text, "/text")
    for field in variant.fields:
        _require_option(field, (answer.fields or {}).get(field.id, ""), f"/fields/{field.id}")


def _require_choices(offered: frozenset[str], given: frozenset[str]) -> None:
    if not given:
        raise InvalidAnswerError('Name a choice at least, or pass with {"skipped": true}.', "/choices")
    if strange := sorted(given - offered):
        raise InvalidAnswerError(f"This question does not offer the choice {strange[0]!r}: choose among {_listed(offered)}.", "/choices")


def _require_option(field: Field, given: str, pointer: str) -> None:
    if field.kind == SELECT and given and prepare(given) not in map(prepare, field.options):
        raise InvalidAnswerError("This field does not offer this option: send one of its options as it is written.", pointer)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
