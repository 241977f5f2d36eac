"""What can be picked is offered, and something is; what is typed, wrong or partly left blank is taken."""

import pytest

from engine.challenge import Choice, Field, Variant
from engine.errors import InvalidAnswerError
from engine.form import require_offered
from engine.grading import Answer

CHOICES = Variant("Lesquels ?", choices=tuple(Choice(name, name.upper()) for name in "abc"))
PLACE, TIME = Field("f1", "Où ?", "select", ("à Dole", "à\u00a0Besançon")), Field("f2", "Quand ?", "text")
ONE, TWO = Variant("Où ?", fields=(PLACE,)), Variant("Où et quand ?", fields=(PLACE, TIME))
WORD = Variant("Quand ?", fields=(TIME,))


@pytest.mark.parametrize(
    ("challenge_type", "variant", "given"),
    [
        ("QCU", CHOICES, {"choices": ["c"]}),
        ("QCU", CHOICES, {"choices": ["c", "c"]}),
        ("QCM", CHOICES, {"choices": ["c"]}),
        ("QCM", CHOICES, {"choices": ["c", "a", "b"]}),
        ("QCM", CHOICES, {"skipped": True}),
        ("QROC", ONE, {"text": "à Dole"}),
        ("QROC", ONE, {"text": "à Besançon"}),
        ("QROC", ONE, {"text": "a\u0300 Dole"}),
        ("QROC", WORD, {"text": "n'importe quoi"}),
        ("QROC", WORD, {"text": "."}),
        ("QROCM-ind", TWO, {"fields": {"f1": "à Dole", "f2": "jamais"}}),
        ("QROCM-ind", TWO, {"fields": {"f2": "hier"}}),
        ("QROCM-dep", TWO, {"fields": {"f1": "", "f2": "hier"}}),
        ("QROCM-ind", TWO, {"skipped": True}),
        ("QCU", CHOICES, {"text": ""}),
        ("QCU", CHOICES, {"fields": {}}),
        ("QROC", WORD, {"fields": {"f9": "of another question"}}),
        ("QROCM-ind", TWO, {"text": ""}),
        ("QROCM-ind", TWO, {"choices": []}),
    ],
)
def test_what_is_offered_is_taken_and_another_shape_left_to_grading(
    challenge_type: str, variant: Variant, given: dict[str, object]
) -> None:
    require_offered(challenge_type, variant, Answer.parse(given))


@pytest.mark.parametrize(
    ("challenge_type", "variant", "given", "pointer", "mend"),
    [
        ("QCM", CHOICES, {"choices": []}, "/choices", '{"skipped": true}'),
        ("QCU", CHOICES, {"choices": ["A"]}, "/choices", "a, b, c"),
        ("QCM", CHOICES, {"choices": ["a", "d"]}, "/choices", "'d'"),
        ("QCU", CHOICES, {"choices": ["a", "d"]}, "/choices", "'d'"),
        ("QCU", CHOICES, {"choices": ["a", "b"]}, "/choices", "one choice"),
        ("QROC", ONE, {"text": "à dole"}, "/text", "as it is written"),
        ("QROC", ONE, {"text": ""}, "/text", '{"skipped": true}'),
        ("QROC", WORD, {"text": ""}, "/text", '{"skipped": true}'),
        ("QROC", WORD, {"text": " \u00a0\t\n"}, "/text", '{"skipped": true}'),
        ("QROC", Variant("Quand ?"), {"text": ""}, "/text", '{"skipped": true}'),
        ("QROCM-ind", TWO, {"fields": {"f1": "à Lons", "f2": "hier"}}, "/fields/f1", "as it is written"),
        ("QROCM-ind", TWO, {"fields": {}}, "/fields", '{"skipped": true}'),
        ("QROCM-dep", TWO, {"fields": {"f1": ""}}, "/fields", '{"skipped": true}'),
        ("QROCM-dep", TWO, {"fields": {"f1": " ", "f2": "\u202f"}}, "/fields", '{"skipped": true}'),
    ],
)
def test_what_is_not_offered_or_says_nothing_is_refused_by_its_place(
    challenge_type: str, variant: Variant, given: dict[str, object], pointer: str, mend: str
) -> None:
    with pytest.raises(InvalidAnswerError) as refused:
        require_offered(challenge_type, variant, Answer.parse(given))
    assert refused.value.pointer == pointer
    assert mend in refused.value.detail
