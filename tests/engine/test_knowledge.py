"""Knowledge elements: inference, latest counts, improving, reset, delays, packing (docs/domain.md §3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CorruptRecordError
from engine.grading import Result
from engine.knowledge import Element, Knowledge, days_to_improve, days_to_reset, days_to_retry, elements_of, infer
from engine.packing import Answered
from tests.engine.releases import release

DAY = 86_400
TWO_TUBES = release({"1.1": {"a": [1, 2, 3, 4], "b": [2, 3]}}, per_skill=2)
ALL = frozenset(range(6))


def inferred(skill: int, *, ok: bool, target: frozenset[int] = ALL, known: frozenset[int] = frozenset()) -> dict[int, tuple[bool, bool]]:
    return {e.skill_index: (e.validated, e.direct) for e in infer(TWO_TUBES, target, known, skill, ok, 9)}


def test_a_right_answer_validates_the_easier_skills_of_its_tube() -> None:
    assert inferred(2, ok=True) == {0: (True, False), 1: (True, False), 2: (True, True)}


def test_a_wrong_answer_invalidates_the_harder_skills_of_its_tube() -> None:
    assert inferred(1, ok=False) == {1: (False, True), 2: (False, False), 3: (False, False)}


def test_inference_stays_in_the_target() -> None:
    assert inferred(3, ok=True, target=frozenset({1, 3})) == {1: (True, False), 3: (True, True)}


def test_a_skill_already_assessed_in_this_assessment_gets_nothing_new() -> None:
    assert inferred(2, ok=True, known=frozenset({0})) == {1: (True, False), 2: (True, True)}
    assert inferred(2, ok=False, known=frozenset({2, 3})) == {}


def test_skills_of_the_same_level_are_not_inferred_from_each_other() -> None:
    twins = release({"1.1": {"a": [1, 2, 2]}})
    assert {e.skill_index for e in infer(twins, ALL, (), 1, True, 0)} == {0, 1}
    assert {e.skill_index for e in infer(twins, ALL, (), 1, False, 0)} == {1}


@given(st.sampled_from(range(6)), st.booleans(), st.sets(st.integers(0, 5)))
def test_inference_is_idempotent(skill: int, ok: bool, target: set[int]) -> None:
    once = infer(TWO_TUBES, target, (), skill, ok, 5)
    assert infer(TWO_TUBES, target, {e.skill_index for e in once}, skill, ok, 5) == ()


@given(st.booleans(), st.booleans(), st.integers(0, 3), st.integers(4, 5))
def test_answers_in_different_tubes_may_come_in_any_order(first_ok: bool, second_ok: bool, first: int, second: int) -> None:
    answers = [Answered(2 * s, 0, Result.OK if ok else Result.KO, 1, 9) for s, ok in ((first, first_ok), (second, second_ok))]
    forward = elements_of(TWO_TUBES, ALL, Knowledge.of(), answers)
    assert set(forward) == set(elements_of(TWO_TUBES, ALL, Knowledge.of(), answers[::-1]))


@pytest.mark.parametrize("result", [Result.KO, Result.SKIPPED, Result.TIMEDOUT, Result.FOCUSEDOUT])
def test_only_ok_validates(result: Result) -> None:
    answers = [Answered(0, 0, result, 1, 7)]
    assert not any(element.validated for element in elements_of(TWO_TUBES, ALL, Knowledge.of(), answers))


def test_an_assessment_is_played_again_from_its_answers() -> None:
    answers = [Answered(4, 0, Result.OK, 1, 10), Answered(6, 0, Result.KO, 1, 20), Answered(8, 0, Result.KO, 1, 30)]
    elements = elements_of(TWO_TUBES, range(6), Knowledge.of(), answers)
    assert Knowledge.of(elements).validated() == {0, 1, 2}
    assert [(e.skill_index, e.at) for e in elements] == [(0, 10), (1, 10), (2, 10), (3, 20), (4, 30), (5, 30)]
    at_start = Knowledge.of([Element(3, True, True, 1)])
    assert 3 not in {e.skill_index for e in elements_of(TWO_TUBES, ALL, at_start, answers)}


elements = st.builds(Element, st.integers(0, 60), st.booleans(), st.booleans(), st.integers(0, 2**33))


@given(st.lists(elements, unique_by=lambda e: (e.skill_index, e.at)), st.randoms(use_true_random=False))
def test_the_latest_element_counts_whatever_the_order(given_elements: list[Element], chance: object) -> None:
    shuffled = list(given_elements)
    chance.shuffle(shuffled)
    assert dict(Knowledge.of(shuffled).elements) == dict(Knowledge.of(given_elements).elements)
    for element in given_elements:
        assert Knowledge.of(given_elements).elements[element.skill_index].at >= element.at


def test_of_two_elements_of_the_same_second_the_one_given_last_counts() -> None:
    assert Knowledge.of([Element(1, True, True, 5), Element(1, False, True, 5)]).validated() == frozenset()


def test_improving_keeps_the_validated_and_the_invalidated_strictly_younger_than_four_days() -> None:
    now = 100 * DAY
    knowledge = Knowledge.of(
        [
            Element(0, True, True, 0),
            Element(1, False, True, now - 4 * DAY),
            Element(2, False, False, now - 4 * DAY + 1),
            Element(3, False, True, now - 5 * DAY),
        ]
    )
    assert {e.skill_index for e in knowledge.for_improving(now)} == {0, 2}


def test_a_reset_removes_and_a_target_limits() -> None:
    knowledge = Knowledge.of(Element(n, True, True, n) for n in range(5))
    assert [e.skill_index for e in knowledge.without({1, 3})] == [0, 2, 4]
    assert [e.skill_index for e in knowledge.within({1, 3})] == [1, 3]
    assert 3 in knowledge
    assert len(knowledge) == 5


def test_knowledge_moves_to_another_release_by_skill_identifier() -> None:
    new = release({"1.2": {"z": [1]}, "1.1": {"b": [2, 3], "a": [2, 3, 4]}})
    moved = Knowledge.of([Element(0, True, True, 1), Element(1, True, False, 2), Element(4, False, True, 3)]).moved(TWO_TUBES, new)
    assert {(new.skills[e.skill_index].id, e.validated, e.direct, e.at) for e in moved} == {("a2", True, False, 2), ("b2", False, True, 3)}


@pytest.mark.parametrize(
    ("elapsed_s", "improve", "reset"),
    [(0, 4, 7), (1, 4, 7), (DAY, 3, 6), (4 * DAY - 1, 1, 4), (4 * DAY, 0, 3), (7 * DAY - 1, 0, 1), (7 * DAY, 0, 0), (99 * DAY, 0, 0)],
)
def test_remaining_days_are_rounded_up_and_never_negative(elapsed_s: int, improve: int, reset: int) -> None:
    start = 1_795_000_000
    assert days_to_improve(start, start + elapsed_s) == improve
    assert days_to_retry(start, start + elapsed_s) == improve
    assert days_to_reset(start, start + elapsed_s) == reset


@given(st.lists(elements))
def test_knowledge_round_trips(given_elements: list[Element]) -> None:
    knowledge = Knowledge.of(given_elements)
    assert dict(Knowledge.unpack(knowledge.pack()).elements) == dict(knowledge.elements)


@given(st.binary(max_size=40))
def test_any_bytes_are_knowledge_or_refused(octets: bytes) -> None:
    try:
        assert len(Knowledge.unpack(octets)) >= 0
    except CorruptRecordError:
        return


@given(st.lists(elements, min_size=1), st.data())
def test_cut_knowledge_is_refused(given_elements: list[Element], data: st.DataObject) -> None:
    packed = Knowledge.of(given_elements).pack()
    with pytest.raises(CorruptRecordError):
        Knowledge.unpack(packed[: data.draw(st.integers(0, len(packed) - 1))])
    with pytest.raises(CorruptRecordError):
        Knowledge.unpack(packed + b"\0")


def test_nine_hundred_skills_take_less_than_two_kilobytes() -> None:
    knowledge = Knowledge.of(Element(n, n % 3 > 0, n % 2 == 0, 1_795_000_000 + (n // 3) * 47) for n in range(900))
    assert len(knowledge.pack()) <= 1_850
    assert len(Knowledge.of().pack()) <= 2
