"""Grading: every type and treatment of docs/domain.md §2, and what no answer may break."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import treatments
from engine.errors import InvalidAnswerError
from engine.grading import MAX_TEXT, Answer, Grade, Result, Treatment, grade, judge
from engine.solutions import AnyOrderSolution, ChoiceSolution, FieldSolution, FieldsSolution, TextSolution, Treatments

NONE = Treatments(t1=False, t2=False, t3=False)


def text(answer: str, *accepted: str, on: str = "t1 t2 t3", kind: str = "text") -> Grade:
    return grade(TextSolution(FieldSolution(accepted, kind, Treatments.of(on.split()))), Answer(text=answer))


@pytest.mark.parametrize(
    ("answer", "accepted", "on", "treatment"),
    [
        ("Paris", "Paris", "", Treatment.EXACT),
        ("Paris", "paris", "", None),
        ("  pa RIS ", "Paris", "t1", Treatment.T1),
        ("Élève", "eleve", "t1", Treatment.T1),
        ("e\u0301le\u0300ve", "élève", "", Treatment.EXACT),  # NFD typed, NFC stored
        ("mot\u00a0clé", "mot clé", "", Treatment.EXACT),  # no-break space
        ("mot\u2009clé", "mot clé", "", None),  # a thin space is only removed by t1
        ("mot\u202f\u2009clé", "mot clé", "t1", Treatment.T1),
        ("İstanbul", "istanbul", "t1", Treatment.T1),
        ("l'ordinateur !", "lordinateur ", "t2", Treatment.T2),
        ("L'Ordinateur!", "l’ordinateur", "t1 t2", Treatment.T2),
        ("L'Ordinateur!", "l’ordinateur", "t1", None),
        ("élève", "eleve", "t2", None),  # t2 alone keeps accents
        ("mot  clé", "mot clé", "t2", None),  # and spaces
        ("chat 🐈", "chat ", "t2", Treatment.T2),
        ("🐈", "🐈", "t1 t2", Treatment.EXACT),
        ("🐕", "🐈", "t1 t2 t3", None),  # both are nothing under t2
        ("ordinatuer", "ordinateur", "t3", Treatment.T3),  # 2 slips of 10
        ("abcd", "abce", "t3", Treatment.T3),  # 1/4 exactly, inclusive
        ("abc", "abd", "t3", None),  # 1/3
        ("abcd", "abcde", "t3", Treatment.T3),  # the denominator is the answer's length: 1/4
        ("abc", "abcd", "t3", None),  # 1/3
        ("abcde", "abcd", "t3", Treatment.T3),  # 1/5
        ("Chaton", "chatons", "t3", None),  # 2/6: without t1 the case counts as a slip
        ("Chaton", "chatons", "t1 t3", Treatment.T3),  # 1/6
        ("C-h-a-t", "chaz", "t1 t2 t3", Treatment.T3),  # measured after t2
        ("１２", "12", "t1 t2 t3", None),  # full-width digits are other characters in a text
        ("क्षि", "क्षि", "", Treatment.EXACT),
        ("", "Paris", "t1 t2 t3", None),
        (" \u00a0\u2009\n", "Paris", "t1 t2 t3", None),
        ("?", "?", "t1 t2 t3", Treatment.EXACT),
        ("!", "?", "t1 t2 t3", None),
        ("\ud800", "\udfff", "t1 t2 t3", None),
        ("\ud800", "\ud800", "t1 t2 t3", Treatment.EXACT),
    ],
)
def test_a_text_matches_by_the_first_treatment_that_makes_it_equal(
    answer: str, accepted: str, on: str, treatment: Treatment | None
) -> None:
    result = text(answer, accepted, on=on)
    assert result.treatment == treatment
    assert result.result is (Result.KO if treatment is None else Result.OK)


SHAPED = "L'Été 2026"


@pytest.mark.parametrize("on", ["", "t1", "t2", "t3", "t1 t2", "t1 t3", "t2 t3", "t1 t2 t3"])
def test_each_treatment_switched_off_takes_its_own_tolerance_away(on: str) -> None:
    """Answers that need exactly one treatment, or two, under each of the eight settings a challenge may have."""
    needs = {SHAPED: "", " l'ete  2026 ": "t1", "«L'»Été! 2-02-6?": "t2", "L'Été 2027": "t3", " «l'»ete! 2-02-6? ": "t1 t2"}
    for answer, needed in needs.items():
        assert (text(answer, SHAPED, on=on).result is Result.OK) is (set(needed.split()) <= set(on.split())), answer


@pytest.mark.parametrize("on", ["", "t2"])
@pytest.mark.parametrize("answer", ["Paris ", " Paris", "Paris\u00a0"])
def test_where_t1_is_off_the_ends_are_not_trimmed(answer: str, on: str) -> None:
    """To trim is t1 (docs/domain.md §2); before all there is but NFC, and a no-break space that becomes a plain one."""
    assert text(answer, "Paris", on=on).result is Result.KO
    assert text(answer, "Paris", on="t1").treatment is Treatment.T1
    assert text("Paris\u00a0", "Paris ", on="").treatment is Treatment.EXACT


@pytest.mark.parametrize("kind", ["text", "select", "number"])
def test_what_is_done_before_all_is_done_whatever_the_field(kind: str) -> None:
    assert text("e\u0301\u00a01", "é 1", on="", kind=kind).treatment is Treatment.EXACT
    assert text("é 1", "e\u0301\u00a01", on="", kind=kind).treatment is Treatment.EXACT


@pytest.mark.parametrize("on", ["t1", "t2", "t3", "t1 t2 t3"])
@pytest.mark.parametrize("kind", ["number", "select"])
def test_no_treatment_is_for_a_number_or_a_select(kind: str, on: str) -> None:
    for answer in ("Dix-huit", "dix huit", "dix-huit.", "dix-huix"):
        assert text(answer, "dix-huit", on=on, kind=kind).result is Result.KO


def test_a_slip_is_measured_on_what_the_treatments_left_of_both() -> None:
    assert text("a-b-c-d", "abc!e", on="t1 t2 t3").treatment is Treatment.T3  # abcd and abce: 1/4
    assert text("a-b-c", "abd", on="t1 t2 t3").result is Result.KO  # abc and abd: 1/3, though 1 of the 5 characters typed
    assert text("🐈🐕abcd", "🐈🐈abcd", on="t3").treatment is Treatment.T3  # an emoji is one character


def test_of_several_accepted_answers_the_closest_explains_the_grade() -> None:
    result = text("favoris", "favori", "Favoris", "favoris", on="t1 t2 t3")
    assert (result.treatment, result.matches[0].accepted) == (Treatment.EXACT, "favoris")
    assert text("FAVORIS", "favori", "Favoris", "favoris").matches[0].accepted == "Favoris"  # of two as close, the first


@pytest.mark.parametrize(
    ("answer", "accepted", "treatment"),
    [
        ("12", "12", Treatment.EXACT),
        ("12,0", "12", Treatment.NUMBER),
        ("1 234.50", "1234,5", Treatment.NUMBER),
        ("1\u202f234", "1234", Treatment.NUMBER),
        ("+7", "7", Treatment.NUMBER),
        ("-0", "0", Treatment.NUMBER),
        ("−3", "-3", Treatment.NUMBER),
        ("１２", "12", Treatment.NUMBER),
        ("٣", "3", Treatment.NUMBER),
        (".5", "0,5", Treatment.NUMBER),
        ("5.", "5", Treatment.NUMBER),
        ("0012", "12", Treatment.NUMBER),
        ("124", "1234", None),  # never by distance
        ("12 %", "12", None),
        ("1,234,567", "1234567", None),
        (".5.", "5", None),
        ("..5", "0,5", None),
        ("1e3", "1000", None),
        ("²", "2", None),
        ("--3", "-3", None),
        ("-", "0", None),
        (",", "0", None),
        ("douze", "12", None),
        ("9" * 9_000, "9" * 8_999 + "8", None),  # exact at any length
        ("0." + "3" * 400, "0." + "3" * 401, None),
    ],
)
def test_a_number_compares_as_a_number_and_never_by_distance(answer: str, accepted: str, treatment: Treatment | None) -> None:
    assert text(answer, accepted, kind="number").treatment == treatment


def test_a_select_has_no_tolerance() -> None:
    assert text("Oui", "Oui", kind="select").result is Result.OK
    assert text("oui", "Oui", kind="select").result is Result.KO
    assert text("Ouii", "Oui", kind="select").result is Result.KO


@pytest.mark.parametrize(
    ("chosen", "result"),
    [({"a", "c"}, Result.OK), ({"a"}, Result.KO), ({"a", "b", "c"}, Result.KO), (set(), Result.KO), ({"z"}, Result.KO)],
)
def test_choices_are_compared_as_sets(chosen: set[str], result: Result) -> None:
    assert grade(ChoiceSolution(frozenset({"a", "c"})), Answer(choices=frozenset(chosen))).result is result


def test_independent_fields_must_all_match_and_the_grade_says_how_each_did() -> None:
    solution = FieldsSolution({"ville": FieldSolution(("Lyon",)), "n": FieldSolution(("69",), "number", NONE)})
    good = grade(solution, Answer(fields={"ville": "lyon", "n": "69,0"}))
    assert good.result is Result.OK
    assert {match.field: match.treatment for match in good.matches} == {"ville": Treatment.T1, "n": Treatment.NUMBER}
    assert good.treatment is Treatment.NUMBER
    assert grade(solution, Answer(fields={"ville": "Lyon", "n": "96"})) == Grade(Result.KO)
    assert grade(solution, Answer(fields={"ville": "Lyon"})).result is Result.KO


def any_order(groups: list[list[str]], given: list[str], on: str = "t1 t2") -> Result:
    fields = tuple(f"f{n}" for n in range(len(given)))
    solution = AnyOrderSolution(fields, tuple(FieldSolution(tuple(group), "text", Treatments.of(on.split())) for group in groups))
    return grade(solution, Answer(fields=dict(zip(fields, given, strict=True)))).result


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (["pomme", "poire"], Result.OK),
        (["Poire", "pomme"], Result.OK),
        (["pomme", "pomme"], Result.KO),
        (["pomme", "reinette"], Result.KO),  # two answers of one group
        (["pomme", ""], Result.KO),
        (["pomme", "kiwi"], Result.KO),
    ],
)
def test_any_order_fields_use_each_group_once(given: list[str], result: Result) -> None:
    assert any_order([["pomme", "reinette"], ["poire"]], given) is result


def test_any_order_never_depends_on_which_group_is_tried_first() -> None:
    """ "pomme" fits both groups: given first, it must leave the first group to the other answer."""
    assert any_order([["pomme", "reinette"], ["pomme"]], ["pomme", "reinette"]) is Result.OK
    assert any_order([["pomme"], ["pomme", "reinette"]], ["reinette", "pomme"]) is Result.OK


groups_of_letters = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True), min_size=1, max_size=4)


@given(groups_of_letters, st.data())
def test_any_order_is_right_when_some_way_of_giving_each_field_its_own_group_is(groups: list[list[str]], data: st.DataObject) -> None:
    """Against every way there is, groups overlapping as they may."""
    given_answers = data.draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=len(groups)))
    ways = permutations(groups, len(given_answers))
    some = any(all(answer in group for answer, group in zip(given_answers, way, strict=True)) for way in ways)
    assert any_order(groups, given_answers, on="") is (Result.OK if some else Result.KO)


def test_any_order_says_which_group_each_field_was_given() -> None:
    solution = AnyOrderSolution(("f", "g"), (FieldSolution(("pomme", "reinette")), FieldSolution(("pomme",))))
    found = grade(solution, Answer(fields={"f": "Pomme", "g": "reinettes"}))
    assert [(match.field, match.accepted, match.treatment) for match in found.matches] == [
        ("f", "pomme", Treatment.T1),
        ("g", "reinette", Treatment.T3),
    ]
    assert found.treatment is Treatment.T3


def test_any_order_takes_numbers_and_lists_too() -> None:
    numbers = AnyOrderSolution(("f", "g"), (FieldSolution(("10",), "number", NONE), FieldSolution(("2,5",), "number", NONE)))
    assert grade(numbers, Answer(fields={"f": "2.50", "g": "1 0"})).result is Result.OK
    assert grade(numbers, Answer(fields={"f": "2.50", "g": "2.5"})).result is Result.KO


def test_any_order_with_more_groups_than_fields_asks_for_some_of_them() -> None:
    groups = [["rouge"], ["vert"], ["bleu"]]
    assert any_order(groups, ["bleu", "rouge"]) is Result.OK
    assert any_order(groups, ["bleu", "bleu"]) is Result.KO


def test_passing_is_skipped_whatever_the_type() -> None:
    for solution in (ChoiceSolution(frozenset("a")), TextSolution(FieldSolution(("a",))), FieldsSolution({}), AnyOrderSolution((), ())):
        assert grade(solution, Answer.parse({"skipped": True})) == Grade(Result.SKIPPED)


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (ChoiceSolution(frozenset("a")), Answer(text="a")),
        (TextSolution(FieldSolution(("a",))), Answer(choices=frozenset("a"))),
        (FieldsSolution({"f": FieldSolution(("a",))}), Answer(text="a")),
        (FieldsSolution({"f": FieldSolution(("a",))}), Answer(fields={"g": "a"})),
        (AnyOrderSolution(("f",), (FieldSolution(("a",)),)), Answer(fields={"g": "a"})),
    ],
)
def test_an_answer_of_another_shape_is_the_clients_mistake(solution: Any, answer: Answer) -> None:
    with pytest.raises(InvalidAnswerError):
        grade(solution, answer)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": "a", "choices": []},
        {"text": 1},
        {"text": None},
        {"choices": "ab"},
        {"choices": [1]},
        {"fields": []},
        {"fields": {"a": 1}},
        {"fields": {1: "a"}},
        {"skipped": False},
        {"skipped": 1},
        {"unknown": "a"},
        {"text": "a" * (MAX_TEXT + 1)},
        {"fields": {"a": "a" * MAX_TEXT, "b": "b"}},
        {"choices": [str(n) for n in range(101)]},
    ],
)
def test_an_answer_of_no_known_form_is_refused(data: dict[Any, Any]) -> None:
    with pytest.raises(InvalidAnswerError):
        Answer.parse(data)


@pytest.mark.parametrize(
    "data", [{"text": "a" * 10_000}, {"fields": {"a": "a" * 5_000, "b": "b" * 5_000}}, {"choices": [str(n) for n in range(100)]}]
)
def test_the_largest_answer_is_taken(data: dict[str, Any]) -> None:
    assert not Answer.parse(data).skipped
    (form,) = data
    larger = {"text": "a" * 10_001, "fields": {"a": "a" * 5_000, "b": "b" * 5_001}, "choices": [str(n) for n in range(101)]}
    with pytest.raises(InvalidAnswerError, match="at most 100 parts and 10000 characters"):
        Answer.parse({form: larger[form]})


@pytest.mark.parametrize(
    "data", [{"choices": ["a", "b"]}, {"text": "é"}, {"fields": {"f1": "x"}}, {"skipped": True}, {"choices": []}, {"text": ""}]
)
def test_an_answer_goes_back_to_the_form_it_came_in(data: dict[str, Any]) -> None:
    assert Answer.parse(data).as_dict() == data


OK = Grade(Result.OK, Treatment.EXACT)


@pytest.mark.parametrize(
    ("given", "changes", "result"),
    [
        (OK, {}, Result.OK),
        (OK, {"elapsed_ms": 62_000}, Result.OK),  # the last moment of the grace
        (OK, {"elapsed_ms": 62_001}, Result.TIMEDOUT),
        (OK, {"elapsed_ms": 62_001, "timer_s": None}, Result.OK),
        (OK, {"focus_lost": True}, Result.FOCUSEDOUT),
        (OK, {"focus_lost": True, "focused": False}, Result.OK),
        (OK, {"focus_lost": True, "certification": False}, Result.OK),
        (OK, {"focus_lost": True, "elapsed_ms": 62_001}, Result.TIMEDOUT),
        (Grade(Result.KO), {"elapsed_ms": 10**9, "focus_lost": True}, Result.KO),
        (Grade(Result.SKIPPED), {"elapsed_ms": 10**9, "focus_lost": True}, Result.SKIPPED),
    ],
)
def test_time_and_focus_only_take_away_a_right_answer(given: Grade, changes: dict[str, Any], result: Result) -> None:
    facts = {"elapsed_ms": 1, "timer_s": 60, "grace_ms": 2_000, "focus_lost": False, "focused": True, "certification": True}
    assert judge(given, **(facts | changes)) is result


anything = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(("slips", "result"), [(250, Result.OK), (251, Result.KO)])
def test_a_quarter_of_the_answer_may_be_slips_and_not_one_more(slips: int, result: Result) -> None:
    assert text("x" * slips + "a" * (1_000 - slips), "a" * 1_000, on="t3").result is result


@given(st.dictionaries(st.sampled_from("fgh"), anything), st.booleans())
def test_no_field_makes_grading_raise(fields: dict[str, str], dependent: bool) -> None:
    accepted = (FieldSolution(("é🐈",)), FieldSolution(("3,5",), "number"), FieldSolution(("\ud800",), "select"))
    solution = AnyOrderSolution(("f", "g", "h"), accepted) if dependent else FieldsSolution(dict(zip("fgh", accepted, strict=True)))
    found = grade(solution, Answer(fields=fields))
    assert found.result in {Result.OK, Result.KO}
    assert (len(found.matches) == 3) is (found.result is Result.OK)


@given(anything, anything, st.sets(st.sampled_from(["t1", "t2", "t3"])), st.sampled_from(["text", "number", "select"]))
def test_no_text_makes_grading_raise(answer: str, accepted: str, on: set[str], kind: str) -> None:
    assert text(answer, accepted, on=" ".join(on), kind=kind).result in {Result.OK, Result.KO}


@given(anything.filter(lambda value: value.strip() != ""), st.sampled_from(["text", "number", "select"]))
def test_the_accepted_answer_itself_is_always_right(accepted: str, kind: str) -> None:
    assert text(accepted, accepted, kind=kind).treatment is Treatment.EXACT


@given(anything, anything, st.sampled_from(["t1", "t2", "t3"]))
def test_a_treatment_more_never_turns_right_into_wrong(answer: str, accepted: str, more: str) -> None:
    if more != "t3":  # t1 and t2 change what t3 measures, so only equality is kept
        assert text(answer, accepted, on="").result is Result.KO or text(answer, accepted, on=more).result is Result.OK
    else:
        assert text(answer, accepted, on="t1 t2").result is Result.KO or text(answer, accepted, on="t1 t2 t3").result is Result.OK


def plain_distance(left: str, right: str) -> int:
    """The textbook table (Wagner, Fischer, 1974)."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row = row, [i]
        for j, b in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


@settings(max_examples=400)
@given(st.text("abcé", max_size=12), st.text("abcé", max_size=12), st.integers(0, 12))
def test_the_bounded_distance_is_the_textbook_one(left: str, right: str, allowed: int) -> None:
    true = plain_distance(left, right)
    measured = treatments.distance(left, right, allowed)
    assert measured == true if true <= allowed else measured > allowed


@contextmanager
def at_most_lines(allowed: int) -> Iterator[None]:
    """Counts the lines of the engine that run, however fast the machine is, and stops when they are too many."""
    left = allowed

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal left
        left -= event == "line"
        assert left >= 0, f"more than {allowed} lines ran: the last in {frame.f_code.co_qualname}"
        return count

    def begin(frame: FrameType, _event: str, _argument: object) -> Any:
        return count if frame.f_globals.get("__package__") == "engine" else None

    before = sys.gettrace()
    sys.settrace(begin)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ("ab" * 5_000, "ba" * 5_000),
        ("a" + "\u0301\u0316" * 4_999, "a"),
        ("\ufdfa" * 10_000, "\ufdfa" * 9_999),
        ("９" * 10_000, "1"),
        (" " * 10_000, "a"),
        ("a" * 10_000, "b" * 8_000),
    ],
    ids=["swapped", "marks", "a ligature", "full width", "spaces", "nothing alike"],
)
def test_ten_thousand_characters_take_bounded_work(answer: str, accepted: str) -> None:
    for kind in ("text", "number"):
        with at_most_lines(20 * (len(answer) + len(accepted))):
            text(answer, accepted, kind=kind)


def test_the_longest_text_is_graded_and_a_longer_one_is_wrong_without_being_looked_at() -> None:
    assert text("a" * MAX_TEXT, "a" * MAX_TEXT).treatment is Treatment.EXACT
    assert text("a" * (MAX_TEXT + 1), "a" * (MAX_TEXT + 1)).result is Result.KO
