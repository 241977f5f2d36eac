"""Could this answer have been given to what was shown? Judged at the door, before the answer is graded (docs/domain.md §2).

Grading (:mod:`engine.grading`) compares with the solution and never sees what was shown; what was stored, it grades as it is.
"""

from engine.challenge import Field, Variant
from engine.errors import InvalidAnswerError
from engine.grading import Answer
from engine.solutions import SELECT
from engine.treatments import prepare

__all__ = ["require_offered"]

_OTHERWISE = 'or pass with {"skipped": true}.'


def require_offered(challenge_type: str, variant: Variant, answer: Answer) -> None:
    """Nothing for an answer that picks among what the variant offers, or fills in a field at least; it may be wrong.

    Raises :class:`~engine.errors.InvalidAnswerError` for a choice or an option that is not offered, for several choices where one is asked
    (``QCU``), and for an answer with nothing in it (no choice, blanks alone): whoever knows no answer passes, and a button pressed
    twice fails no skill. An answer of another shape than the question asks is left to :func:`~engine.grading.grade`.

    >>> from engine.challenge import Choice
    >>> require_offered("QCU", Variant("Which?", choices=(Choice("a", "one"), Choice("b", "two"))), Answer.parse({"choices": ["b"]}))
    """
    if answer.choices is not None and variant.choices:
        _require_choices(challenge_type, frozenset(choice.id for choice in variant.choices), answer.choices)
    if answer.text is not None and not variant.choices and len(variant.fields) <= 1:
        _require_text(variant, answer.text)
    if answer.fields is not None and variant.fields:
        _require_fields(variant, answer)


def _require_choices(challenge_type: str, offered: frozenset[str], given: frozenset[str]) -> None:
    if not given:
        raise InvalidAnswerError(f"Name a choice at least, {_OTHERWISE}", "/choices")
    if strange := sorted(given - offered):
        raise InvalidAnswerError(f"This question does not offer the choice {strange[0]!r}: choose among {_listed(offered)}.", "/choices")
    if challenge_type == "QCU" and len(given) > 1:
        raise InvalidAnswerError("This question takes one choice: name it alone.", "/choices")


def _require_text(variant: Variant, given: str) -> None:
    if not given.strip():
        raise InvalidAnswerError(f"Write an answer, {_OTHERWISE}", "/text")
    for field in variant.fields:
        _require_option(field, given, "/text")


def _require_fields(variant: Variant, answer: Answer) -> None:
    given = answer.fields or {}
    if not any(text.strip() for text in given.values()):
        raise InvalidAnswerError(f"Fill in a field at least, {_OTHERWISE}", "/fields")
    for field in variant.fields:
        _require_option(field, given.get(field.id, ""), f"/fields/{field.id}")


def _require_option(field: Field, given: str, pointer: str) -> None:
    if field.kind == SELECT and given and prepare(given) not in map(prepare, field.options):
        raise InvalidAnswerError("This field does not offer this option: send one of its options as it is written.", pointer)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
