"""Each form gives a question of its type, whose blind chance is computed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grading import Answer, Result, grade
from engine.solutions import parse_solution
from tools.content.chance import Draw
from tools.content.forms import FormError, make

ASK = {"instruction": "Répondez à cette question."}
FORMS: dict[str, dict[str, Any]] = {
    "QCU": {"choose_one": {"right": "juste", "wrong": ["a", "b", "c", "d"], "of": 5}},
    "QCM": {"choose_several": {"right": ["a", "b", "c", "d"], "wrong": ["e", "f", "g", "h"], "of": 6}},
    "QROC": {"order": {"steps": ["un", "deux", "trois", "quatre", "cinq"]}},
    "QROCM-ind": {"classify": {"categories": {"pair": ["2", "4", "6"], "impair": ["1", "3", "5"]}, "take": 5}},
    "QROCM-dep": {"unordered": {"groups": [["rouge"], ["vert"]], "wrong": "gris"}},
}


@pytest.mark.parametrize("type_", FORMS)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_the_grader_agrees_with_the_form(type_: str, seed: int) -> None:
    made, shown = make({**ASK, **FORMS[type_]}, Draw(str(seed)))
    assert made == type_
    solution = parse_solution(made, shown.solution)
    assert all(grade(solution, Answer.parse(answer)).result is Result.OK for answer in shown.right)
    assert all(grade(solution, Answer.parse(answer)).result is Result.KO for answer in shown.wrong)
    assert shown.wrong


@pytest.mark.parametrize(
    ("part", "chance"),
    [
        (FORMS["QCU"], 1 / 5),
        (FORMS["QCM"], 1 / 63),
        (FORMS["QROC"], 1 / 120),
        (FORMS["QROCM-ind"], 1 / 32),
        ({"match": {"pairs": {"un": "1", "deux": "2", "trois": "3"}, "take": 3}}, 1 / 27),
        ({"answer": "rouge", "options": ["rouge", "vert", "bleu", "gris"]}, 1 / 4),
        ({"answer": "rouge", "wrong": "vert"}, 0.01),
        ({"answer": "rouge", "wrong": "vert", "spotted": True}, 0.05),
    ],
)
def test_the_chance_of_a_blind_answer_is_computed(part: dict[str, Any], chance: float) -> None:
    assert make({**ASK, **part}, Draw("x"))[1].blind_chance == pytest.approx(chance)


def test_words_bear_a_slip_and_codes_do_not() -> None:
    assert make({**ASK, "answer": "sauvegarde", "wrong": "copie"}, Draw("x"))[1].solution["treatments"] == ["t1", "t2", "t3"]
    assert make({**ASK, "answer": "=B2*C2", "wrong": "=B2"}, Draw("x"))[1].solution["treatments"] == ["t1"]
    assert make({**ASK, "answer": 12.0, "wrong": 13}, Draw("x"))[1].solution == {"accepted": ["12"], "kind": "number", "treatments": []}


@pytest.mark.parametrize("part", [{}, {"answer": "a", "choose_one": {}}, {"answer": "a"}, {"answer": "x", "options": ["a", "b"]}])
def test_a_question_that_cannot_be_made_says_why(part: dict[str, Any]) -> None:
    with pytest.raises(FormError):
        make({**ASK, **part}, Draw("x"))
