"""Packed answers, questions and sets come back as they were."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import octets, packing
from engine.errors import CorruptRecordError
from engine.grading import Answer, Result
from engine.packing import Answered, Question

texts = st.text(st.characters(), max_size=20)
answers = st.one_of(
    st.none(),
    st.just(Answer()),
    st.builds(lambda choices: Answer(choices=frozenset(choices)), st.sets(texts, max_size=5)),
    st.builds(lambda text: Answer(text=text), texts),
    st.builds(lambda fields: Answer(fields=fields), st.dictionaries(texts, texts, max_size=5)),
)
answereds = st.builds(
    Answered,
    challenge_index=st.integers(0, 100_000),
    variant_index=st.integers(0, 300),
    result=st.sampled_from(Result),
    elapsed_ms=st.integers(0, 10**9),
    at=st.integers(0, 2**40),
    focus_lost=st.booleans(),
    answer=answers,
    digest=st.binary(max_size=40),
)


@given(st.lists(answereds, max_size=5))
def test_answers_round_trip(given_answers: list[Answered]) -> None:
    assert packing.unpack_answers(packing.pack_answers(given_answers)) == tuple(given_answers)


@given(st.lists(st.builds(Question, st.integers(0, 10_000), st.integers(0, 20)), max_size=50))
def test_questions_round_trip(questions: list[Question]) -> None:
    assert packing.unpack_questions(packing.pack_questions(questions)) == tuple(questions)


@given(st.sets(st.integers(0, 2_000)))
def test_sets_of_skills_round_trip(skills: set[int]) -> None:
    assert packing.unpack_skills(packing.pack_skills(skills)) == tuple(sorted(skills))


@given(st.binary(max_size=60))
def test_any_bytes_are_either_answers_or_refused(stored: bytes) -> None:
    with contextlib.suppress(CorruptRecordError):
        packing.unpack_answers(stored)


@given(answereds, st.data())
def test_a_cut_list_is_refused(answered: Answered, data: st.DataObject) -> None:
    packed = packing.pack_answers([answered])
    cut = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(CorruptRecordError):
        packing.unpack_answers(packed[:cut])


def test_the_stored_numbers_of_results_never_change() -> None:
    """Stored records hold the place of a result in this list."""
    assert [result.value for result in Result] == ["ok", "ko", "skipped", "timedout", "focusedout"]


def test_an_answer_without_its_text_takes_a_dozen_bytes() -> None:
    assert len(packing.pack_answer(Answered(2_900, 3, Result.OK, 45_000, 1_795_000_000))) <= 13


def test_seven_bits_take_one_byte() -> None:
    assert [octets.number(value).hex() for value in (0, 127, 128, 16_383, 16_384)] == ["00", "7f", "8001", "ff7f", "808001"]


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        packing.pack_answer(Answered(1, 0, Result.OK, -1, 0))
