"""Whatever a pupil's client sends, the answers function refuses it with a problem, writes nothing of it and never fails."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cloud import Cloud
from tests.functions.answers_client import Pupil, code, right_to
from tests.functions.answers_cloud import certification, first_ticket, stored
from tests.functions.unreadable_bodies import STRANGE


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"purpose": "competence"}, "/competence"),
        ({"purpose": "competence", "competence": "1.1", "discovery_test": "x"}, "/discovery_test"),
        ({"purpose": "discovery", "competence": "1.1"}, "/discovery_test"),
        ({"purpose": "certification", "competence": "1.1"}, "/purpose"),
        ({"purpose": "competence", "competence": "1.1", "user_id": "usr_2"}, "/user_id"),
        ({"purpose": "competence", "competence": "eleven"}, "/competence"),
    ],
)
def test_a_start_that_says_too_little_or_too_much_names_the_field(pupil: Pupil, body: dict[str, object], pointer: str) -> None:
    refused = pupil.start(**body)
    assert refused.status == 422
    assert pointer in [error["pointer"] for error in refused.body["errors"]]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"answer": {"text": "x" * 1_001}}, 422),
        ({"answer": {"choices": ["a"], "text": "x"}}, 422),
        ({"answer": {}}, 422),
        ({"answer": {"skipped": False}}, 422),
        ({"ticket": "x" * 401}, 422),
        ({"ticket": ""}, 422),
        ({"idempotency_key": ""}, 422),
        ({"elapsed_ms": 3}, 422),
    ],
)
def test_an_answer_of_a_wrong_form_is_refused_before_anything_is_written(
    pupil: Pupil, answers: Cloud, change: dict[str, object], status: int
) -> None:
    started = pupil.start().body
    question = started["question"]
    body = {"ticket": question["ticket"], "idempotency_key": "k", "answer": right_to(question)} | change
    refused = pupil.send("give_answer", f"/v1/assessments/{started['id']}/answers", body)
    assert (refused.status, refused.headers["content-type"]) == (status, "application/problem+json")
    assert stored(answers, started["id"])["answers"] == {"L": []}


def test_an_answer_that_fills_more_than_a_record_is_too_large(pupil: Pupil) -> None:
    state = certification(pupil)
    question = first_ticket(state)
    kind = question["type"]
    answer = {"text": "é" * 900} if kind == "QROC" else {"fields": {"f1": "é" * 900, "f2": "é"}}
    assert kind != "QCU"
    refused = pupil.answer(state.assessment_id, question, answer)
    assert (*code(refused), refused.body["limit_bytes"]) == (413, "answer_too_large", 1_000)
    assert [error["pointer"] for error in refused.body["errors"]] == ["/answer"]


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "null"])
def test_a_body_that_is_not_an_object_is_refused(pupil: Pupil, body: str) -> None:
    refused = pupil.send("start_assessment", body=body)
    assert 400 <= refused.status < 500


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: repr(value)[:30])
def test_a_strange_value_of_any_field_never_breaks_the_server(pupil: Pupil, value: object) -> None:
    started = pupil.start().body
    answer = {"ticket": started["question"]["ticket"], "idempotency_key": "k", "answer": {"text": "x"}, "focus_lost": False}
    for field in answer:
        sent = answer | {field: value}
        assert pupil.send("give_answer", f"/v1/assessments/{started['id']}/answers", sent).status < 500
    for field in ("choices", "text", "fields", "skipped"):
        sent = answer | {"answer": {field: value}}
        assert pupil.send("give_answer", f"/v1/assessments/{started['id']}/answers", sent).status < 500
    for field in ("purpose", "competence", "discovery_test", "improve", "locale"):
        sent = {"purpose": "competence", "competence": "1.1"} | {field: value}
        assert pupil.send("start_assessment", body=sent).status < 500


#: The run's own settings, and that the examples of a test share its tables.
ONE_CLOUD_FOR_ALL = [*settings.default.suppress_health_check, HealthCheck.function_scoped_fixture]
texts = st.text(st.characters(codec=None), max_size=20)  # lone surrogates and control characters too


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def some_of(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(names) | texts, values, max_size=5)


@settings(max_examples=60, suppress_health_check=ONE_CLOUD_FOR_ALL)
@given(some_of(("purpose", "competence", "discovery_test", "improve", "locale")))
def test_whatever_is_sent_to_start_a_test_is_refused_with_a_problem(pupil: Pupil, body: dict[str, object]) -> None:
    refused = pupil.send("start_assessment", body=body)
    assert refused.status in {400, 422}  # 400: NaN and Infinity are no JSON
    assert refused.headers["content-type"] == "application/problem+json"


@settings(max_examples=120, suppress_health_check=ONE_CLOUD_FOR_ALL)
@given(some_of(("choices", "text", "fields", "skipped")) | values, texts, values)
def test_whatever_is_sent_as_an_answer_never_breaks_the_server(pupil: Pupil, answer: object, key: str, focus_lost: object) -> None:
    started = pupil.start().body
    body = {"ticket": started["question"]["ticket"], "idempotency_key": key, "answer": answer, "focus_lost": focus_lost}
    for change in ({}, {"focus_lost": False}, {"focus_lost": False, "idempotency_key": "k"}):
        assert pupil.send("give_answer", f"/v1/assessments/{started['id']}/answers", body | change).status < 500


@pytest.mark.parametrize("text", ["\ud800", "\x00", "é\u0301" * 9, "\u202e", "😀" * 100, "\ufffe"])
def test_any_character_may_be_typed(pupil: Pupil, text: str) -> None:
    state = certification(pupil)
    question = first_ticket(state)
    answer = {"text": text} if question["type"] == "QROC" else {"fields": {"f1": text, "f2": text}}
    given_once = pupil.answer(state.assessment_id, question, answer, key="k")
    assert given_once.status == (422 if text == "\ud800" else 200)
    assert pupil.answer(state.assessment_id, question, answer, key="k").status == given_once.status
