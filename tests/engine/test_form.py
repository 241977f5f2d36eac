"""What can be picked is offered; what is typed, wrong or left blank is taken."""

import pytest

from engine.challenge import Choice, Field, Variant
from engine.errors import InvalidAnswerError
from engine.form import require_offered
from engine.grading import Answer

CHOICES = Variant("Lesquels ?", choices=tuple(Choice(name, name.upper()) for name in "abc"))
PLACE, TIME = Field("f1", "Où ?", "select", ("à Dole", "à\u00a0Besançon")), Field("f2", "Quand ?", "text")
ONE, TWO = Variant("Où ?", fields=(PLACE,)), Variant("Où et quand ?", fields=(PLACE, TIME))


@pytest.mark.parametrize(
    ("variant", "given"),
    [
        (CHOICES, {"choices": ["c"]}),
        (CHOICES, {"choices": ["c", "a", "b"]}),
        (CHOICES, {"skipped": True}),
        (ONE, {"text": "à Dole"}),
        (ONE, {"text": "à Besançon"}),
        (ONE, {"text": "a\u0300 Dole"}),
        (ONE, {"text": ""}),
        (TWO, {"fields": {"f1": "à Dole", "f2": "jamais"}}),
        (TWO, {"fields": {"f2": "hier"}}),
        (TWO, {"fields": {"f1": ""}}),
        (Variant("Quand ?", fields=(TIME,)), {"text": "n'importe quoi"}),
        (CHOICES, {"text": "another shape, which grading refuses"}),
        (TWO, {"choices": []}),
    ],
)
def test_what_is_offered_is_taken(variant: Variant, given: dict[str, object]) -> None:
    require_offered(variant, Answer.parse(given))


@pytest.mark.parametrize(
    ("variant", "given", "pointer", "mend"),
    [
        (CHOICES, {"choices": []}, "/choices", '{"skipped": true}'),
        (CHOICES, {"choices": ["A"]}, "/choices", "a, b, c"),
        (CHOICES, {"choices": ["a", "d"]}, "/choices", "'d'"),
        (ONE, {"text": "à dole"}, "/text", "as it is written"),
        (TWO, {"fields": {"f1": "à Lons", "f2": "hier"}}, "/fields/f1", "as it is written"),
    ],
)
def test_what_is_not_offered_is_refused_by_its_place(variant: Variant, given: dict[str, object], pointer: str, mend: str) -> None:
    with pytest.raises(InvalidAnswerError) as refused:
        require_offered(variant, Answer.parse(given))
    assert refused.value.pointer == pointer
    assert mend in refused.value.detail
