"""Certification ``profile``: the draw, every row of the table, and every outcome (docs/domain.md §5a)."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.certification_profile import Circumstances, Decision, Ending, Mark, Reason, Status, decide, draw, score
from engine.content import Release
from engine.errors import NotCertifiableError, UnknownReferenceError
from engine.grading import Result
from engine.knowledge import Element, Knowledge
from engine.packing import Question
from engine.scoring import CompetenceScore
from tests.engine.releases import COMPETENCES, release, whole_framework

SEED = b"candidate"
KEPT, LOWERED, LOST = Decision.KEPT, Decision.LOWERED, Decision.UNCERTIFIED
OK, KO = Result.OK, Result.KO

# asked, right, neutralised, then R ≥ 80, 70–79, 50–69: docs/domain.md §5a, line by line
ROWS = [
    (3, 3, 0, KEPT, KEPT, KEPT),
    (3, 2, 1, KEPT, KEPT, KEPT),
    (3, 2, 0, KEPT, LOWERED, LOWERED),
    (3, 1, 1, KEPT, LOWERED, LOST),
    (3, 1, 2, KEPT, KEPT, LOWERED),
    (3, 1, 0, LOST, LOST, LOST),
    (3, 0, 0, LOST, LOST, LOST),
    (3, 0, 1, LOST, LOST, LOST),
    (3, 0, 2, LOST, LOST, LOST),
    (3, 0, 3, LOST, LOST, LOST),
    (2, 2, 0, KEPT, KEPT, KEPT),
    (2, 1, 0, KEPT, LOWERED, LOST),
    (2, 1, 1, KEPT, KEPT, LOWERED),
    (1, 1, 0, KEPT, KEPT, LOWERED),
    (2, 0, 0, LOST, LOST, LOST),
    (2, 0, 1, LOST, LOST, LOST),
    (2, 0, 2, LOST, LOST, LOST),
    (1, 0, 0, LOST, LOST, LOST),
    (1, 0, 1, LOST, LOST, LOST),
]


@pytest.mark.parametrize(("asked", "right", "neutralised", "sure", "fair", "low"), ROWS)
def test_every_row_of_the_table(asked: int, right: int, neutralised: int, sure: Decision, fair: Decision, low: Decision) -> None:
    for rate, expected in [(100, sure), (80, sure), (79, fair), (70, fair), (69, low), (50, low), (49, LOST), (0, LOST)]:
        assert decide(asked, right, neutralised, rate) is expected


def test_the_table_covers_every_count_there_can_be() -> None:
    every = {(a, r, n) for a in (1, 2, 3) for r in range(a + 1) for n in range(a + 1 - r)}
    assert {row[:3] for row in ROWS} == every


@given(st.sampled_from([row[:3] for row in ROWS]))
def test_a_higher_rate_never_certifies_less(row: tuple[int, int, int]) -> None:
    order = [LOST, LOWERED, KEPT]
    decisions = [order.index(decide(*row, rate)) for rate in range(101)]
    assert all(before <= later for before, later in pairwise(decisions))


# five competences with three questions each; the levels are those at the start
FIVE: Release = release({code: {f"{code}t": [1, 2, 3]} for code in COMPETENCES[:5]})
LEVELS = {code: CompetenceScore(24, 3) for code in COMPETENCES[:5]}


def marks(text: str) -> list[Mark]:
    """One letter a question: ``+`` right, ``-`` wrong, ``.`` never answered; blanks are for the eye."""
    results = {"+": OK, "-": KO, ".": None}
    return [Mark(index, results[letter]) for index, letter in enumerate(text.replace(" ", ""))]


def outcome(text: str, neutralised: tuple[int, ...] = (), **circumstances: Any) -> Any:
    return score(FIVE, LEVELS, marks(text), neutralised, Circumstances(**circumstances))


def decisions(result: Any) -> str:
    return "".join({KEPT: "k", LOWERED: "l", LOST: "x"}[competence.decision] for competence in result.competences.values())


def test_all_right_certifies_the_profile_as_it_was() -> None:
    result = outcome("+++ +++ +++ +++ +++")
    assert (result.status, result.reason, result.rate, result.pix, result.trusted) == (Status.VALIDATED, None, 100, 120, True)
    assert all((c.level, c.pix) == (3, 24) for c in result.competences.values())


@pytest.mark.parametrize(
    ("text", "rate", "made", "pix"),
    [
        ("++- +++ +++ +++ +++", 93, "kkkkk", 120),
        ("++- ++- ++- +++ +++", 80, "kkkkk", 120),
        ("++- ++- ++- ++- +++", 73, "llllk", 16 * 4 + 24),
        ("+-- +++ +++ +++ ---", 67, "xkkkx", 72),
        ("+-- +-- +-- +-- +++", 47, "xxxxx", 0),
        ("++- ++- ++- +-- +--", 53, "lllxx", 48),
    ],
)
def test_levels_are_kept_lowered_or_lost_by_rate_and_count(text: str, rate: int, made: str, pix: int) -> None:
    result = outcome(text)
    assert (result.rate, decisions(result), result.pix) == (rate, made, pix)
    if result.status is Status.VALIDATED:
        certified = {"k": (3, 24), "l": (2, 16), "x": (0, 0)}
        assert [(c.level, c.pix) for c in result.competences.values()] == [certified[letter] for letter in made]


def test_a_level_that_is_lowered_stays_above_nothing() -> None:
    lowered = score(FIVE, LEVELS | {"1.1": CompetenceScore(9, 1), "1.2": CompetenceScore(7, 0)}, marks("++- ++- ++- ++- +++"))
    assert [(c.level, c.pix) for c in lowered.competences.values()] == [(0, 1), (0, 0), (2, 16), (2, 16), (3, 24)]


@pytest.mark.parametrize(("right", "counted", "rate"), [(1, 2, 50), (99, 200, 50), (49, 99, 49), (2, 3, 67), (1, 8, 13), (159, 200, 80)])
def test_the_rate_is_rounded_halves_up(right: int, counted: int, rate: int) -> None:
    content = release({"1.1": {f"t{n}": [1] for n in range(counted)}})
    results = [Mark(n, OK if n < right else KO) for n in range(counted)]
    assert score(content, {"1.1": CompetenceScore(8, 1)}, results).rate == rate


def test_a_rate_below_fifty_is_rejected_and_certifies_nothing() -> None:
    result = outcome("+-- +-- +-- ++- ++-")
    assert (result.status, result.reason, result.rate, result.pix) == (Status.REJECTED, Reason.LOW_RATE, 47, 0)
    assert all((c.level, c.pix, c.decision) == (0, 0, LOST) for c in result.competences.values())


def test_a_rate_of_fifty_is_enough() -> None:
    result = outcome("+++ +++ +-- --- ---", (14,))
    assert (result.status, result.rate, decisions(result), result.pix) == (Status.VALIDATED, 50, "kkxxx", 48)


def test_neutralised_questions_leave_both_sides_of_the_rate() -> None:
    result = outcome("-+- +++ +++ +++ +++", (0, 2))
    assert (result.rate, decisions(result)) == (100, "kkkkk")
    first = result.competences["1.1"]
    assert (first.asked, first.right, first.neutralised) == (3, 1, 2)


def test_a_right_answer_that_is_neutralised_no_longer_counts() -> None:
    assert outcome("+++ +++ +++ +++ +++", (0, 1, 2)).competences["1.1"].decision is LOST


@pytest.mark.parametrize(("neutralised", "trusted"), [(5, True), (6, False), (15, False), (0, True)])
def test_a_result_is_trusted_while_two_thirds_of_the_questions_count(neutralised: int, trusted: bool) -> None:
    result = outcome("+" * 15, tuple(range(neutralised)))
    assert result.trusted is trusted
    assert (result.status is Status.CANCELLED) is (not trusted)
    assert (result.reason is Reason.NOT_TRUSTED) is (not trusted)


def test_a_test_without_a_question_is_not_trusted() -> None:
    assert score(FIVE, LEVELS, []).reason is Reason.NOT_TRUSTED


@pytest.mark.parametrize(
    ("text", "circumstances", "status", "reason"),
    [
        ("+" * 15, {"cancelled": True, "fraud": True}, Status.CANCELLED, Reason.CANCELLED_BY_JURY),
        ("-" * 15, {"fraud": True}, Status.REJECTED, Reason.FRAUD),
        ("-" * 15, {"cancelled": True}, Status.CANCELLED, Reason.CANCELLED_BY_JURY),
        ("+" * 9 + "." * 6, {"ending": Ending.TECHNICAL, "cancelled": True}, Status.CANCELLED, Reason.CANCELLED_BY_JURY),
        ("+" * 9 + "." * 6, {"ending": Ending.TECHNICAL, "fraud": True}, Status.CANCELLED, Reason.NOT_TRUSTED),
        ("+" * 15, {"fraud": True}, Status.REJECTED, Reason.FRAUD),
        ("-" * 15, {}, Status.REJECTED, Reason.LOW_RATE),
        ("+" * 9 + "." * 6, {"ending": Ending.TECHNICAL}, Status.CANCELLED, Reason.NOT_TRUSTED),
        ("+" * 10 + "." * 5, {"ending": Ending.TECHNICAL}, Status.VALIDATED, None),
        ("+" * 6 + "." * 9, {"ending": Ending.GAVE_UP}, Status.REJECTED, Reason.LOW_RATE),
        ("+" * 9 + "." * 6, {"ending": Ending.GAVE_UP}, Status.VALIDATED, None),
    ],
)
def test_the_outcomes_come_in_order(text: str, circumstances: dict[str, Any], status: Status, reason: Reason | None) -> None:
    result = outcome(text, **circumstances)
    assert (result.status, result.reason) == (status, reason)
    assert (result.pix > 0) is (status is Status.VALIDATED)


def test_zero_pix_is_rejected() -> None:
    """Right often enough, but in each competence too rarely; or on a level that leaves nothing once lowered."""
    content = release({"1.1": {"t": [1, 2, 3]}})
    result = score(content, {"1.1": CompetenceScore(8, 1)}, [Mark(0, OK), Mark(1, OK), Mark(2, KO)])
    assert (result.rate, result.status, result.reason) == (67, Status.REJECTED, Reason.ZERO_PIX)
    assert result.competences["1.1"].decision is LOWERED


def test_what_the_candidate_missed_counts_as_wrong_when_they_gave_up_and_not_when_the_machine_did() -> None:
    assert outcome("+++ +++ +++ +++ ...", ending=Ending.GAVE_UP).rate == 80
    technical = outcome("+++ +++ +++ +++ ...", ending=Ending.TECHNICAL)
    assert (technical.rate, technical.pix) == (100, 96)


@pytest.mark.parametrize(
    ("types", "text", "counts"),
    [
        (["QROCM-dep", "QCU"], "+-", (3, 2, 0)),
        (["QROCM-dep", "QCU"], "-+", (3, 1, 0)),
        (["QROCM-dep", "QROCM-dep"], "++", (3, 3, 0)),
        (["QROCM-dep", "QROCM-dep"], "+-", (3, 2, 0)),
        (["QROCM-dep"], "+", (2, 2, 0)),
        (["QROCM-ind"], "+", (1, 1, 0)),
        (["QROCM-dep", "QCU", "QCU"], "+--", (3, 1, 0)),
    ],
)
def test_a_right_any_order_challenge_counts_double_where_fewer_than_three_were_asked(
    types: list[str], text: str, counts: tuple[int, int, int]
) -> None:
    content = release({"1.1": {"t": range(1, len(types) + 1)}}, challenges=[{"skill": f"t{n}", "type": t} for n, t in enumerate(types, 1)])
    competence = score(content, {"1.1": CompetenceScore(24, 3)}, marks(text)).competences["1.1"]
    assert (competence.asked, competence.right, competence.neutralised) == counts


def test_a_neutralised_any_order_challenge_weighs_double_too() -> None:
    content = release({"1.1": {"t": [1, 2]}}, challenges=[{"skill": "t1", "type": "QROCM-dep"}, {"skill": "t2"}])
    competence = score(content, {"1.1": CompetenceScore(24, 3)}, marks("-+"), (0,)).competences["1.1"]
    assert (competence.asked, competence.right, competence.neutralised) == (3, 1, 2)
    both = release({"1.1": {"t": [1, 2]}}, challenges=[{"skill": "t1", "type": "QROCM-dep"}, {"skill": "t2", "type": "QROCM-dep"}])
    competence = score(both, {"1.1": CompetenceScore(24, 3)}, marks("+-"), (1,)).competences["1.1"]
    assert (competence.asked, competence.right, competence.neutralised) == (3, 2, 1)  # four, counted as three


def test_the_certified_score_never_exceeds_895() -> None:
    content = release({code: {f"{code}t": [1, 2, 3]} for code in COMPETENCES})
    levels = {code: CompetenceScore(56, 7) for code in COMPETENCES}
    assert score(content, levels, [Mark(n, OK) for n in range(48)]).pix == 895


def test_a_question_outside_the_drawn_competences_is_refused() -> None:
    with pytest.raises(UnknownReferenceError, match=r"1\.1"):
        score(FIVE, {"1.2": CompetenceScore(8, 1)}, marks("+"))


@given(st.lists(st.sampled_from([OK, KO, Result.SKIPPED, Result.TIMEDOUT, None]), min_size=15, max_size=15), st.sets(st.integers(0, 14)))
def test_one_more_right_answer_never_certifies_less(results: list[Result | None], neutralised: set[int]) -> None:
    given_marks = [Mark(n, result) for n, result in enumerate(results)]
    before = score(FIVE, LEVELS, given_marks, neutralised)
    assert 0 <= before.pix <= 120
    for position, mark in enumerate(given_marks):
        if mark.result is not OK:
            better = [*given_marks[:position], Mark(position, OK), *given_marks[position + 1 :]]
            assert score(FIVE, LEVELS, better, neutralised).pix >= before.pix


# The draw


def all_known(content: Release, *but: int) -> Knowledge:
    return Knowledge.of(Element(index, True, False, 0) for index in range(len(content.skills)) if index not in but)


def drawn_skills(content: Release, questions: tuple[Question, ...], code: str) -> list[str]:
    skills = [content.challenge_skill(question.challenge_index) for question in questions]
    return [skill.id for skill in skills if skill.competence == code]


def test_three_questions_per_certifiable_competence_and_at_most_forty_eight() -> None:
    content = whole_framework()
    questions = draw(content, all_known(content), (), SEED, "fr")
    assert len(questions) == 48
    assert len({question.challenge_index for question in questions}) == 48
    assert all(len(drawn_skills(content, questions, code)) == 3 for code in COMPETENCES)


def test_a_test_never_has_more_than_forty_eight_questions() -> None:
    content = release({f"{domain}.{number}": {f"t{domain}{number}": [1, 2, 3, 4]} for domain in range(1, 7) for number in range(1, 4)})
    questions = draw(content, all_known(content), (), SEED, "fr")
    assert len(questions) == 48  # eighteen competences would give 54
    assert len({content.challenge_skill(question.challenge_index).competence for question in questions}) == 16


def test_only_competences_at_level_one_are_tested() -> None:
    content = whole_framework()
    knowledge = all_known(content).within([index for code in COMPETENCES[:6] for index in content.competence_skills(code)])
    questions = draw(content, knowledge, (), SEED, "fr")
    assert {content.challenge_skill(q.challenge_index).competence for q in questions} == set(COMPETENCES[:6])


def test_an_uncertifiable_profile_is_refused() -> None:
    content = whole_framework()
    knowledge = all_known(content).within([index for code in COMPETENCES[:4] for index in content.competence_skills(code)])
    with pytest.raises(NotCertifiableError, match="4 competences"):
        draw(content, knowledge, (), SEED, "fr")


def first_competence(chains: dict[str, list[int]], **options: Any) -> Release:
    rest: dict[str, dict[str, Any]] = {code: {f"{code}a": [1], f"{code}b": [1]} for code in COMPETENCES[1:6]}
    return release({"1.1": chains} | rest, **options)


def test_the_hardest_skill_of_each_new_tube_comes_first_then_the_hardest_left() -> None:
    content = first_competence({"a": [1, 2, 6, 7], "b": [1, 5], "c": [1]})
    assert drawn_skills(content, draw(content, all_known(content), (), SEED, "fr"), "1.1") == ["a7", "b5", "c1"]
    two_tubes = first_competence({"a": [1, 2, 6, 7], "b": [1, 5]})
    assert drawn_skills(two_tubes, draw(two_tubes, all_known(two_tubes), (), SEED, "fr"), "1.1") == ["a7", "b5", "a6"]


def test_only_validated_skills_are_asked() -> None:
    content = first_competence({"a": [1, 2, 3], "b": [1, 2]})
    knowledge = all_known(content, 2)
    assert drawn_skills(content, draw(content, knowledge, (), SEED, "fr"), "1.1") == ["a2", "b2", "a1"]


def test_challenges_never_succeeded_at_are_preferred() -> None:
    content = first_competence({"a": [3], "b": [3], "c": [3], "d": [3]}, per_skill=2)
    succeeded = [0, 1, 2]  # both challenges of a, one of b
    for number in range(30):
        questions = draw(content, all_known(content), succeeded, bytes([number]), "fr")
        assert sorted(drawn_skills(content, questions, "1.1")) == ["b3", "c3", "d3"]
        assert not {question.challenge_index for question in questions} & {0, 1, 2}


def test_a_challenge_already_succeeded_at_is_asked_when_there_is_no_other() -> None:
    content = first_competence({"a": [3], "b": [3]})
    assert len(drawn_skills(content, draw(content, all_known(content), range(len(content.challenges)), SEED, "fr"), "1.1")) == 2


def test_skills_without_a_challenge_in_the_locale_are_left_out() -> None:
    codes = COMPETENCES[:5]
    listed = [{"skill": f"{code}{t}{n}", "locale": "fr"} for code in codes for t in "ab" for n in (1, 2)]
    listed[0]["locale"] = "en"
    content = release({code: {f"{code}a": [1, 2], f"{code}b": [1, 2]} for code in codes}, challenges=listed)
    assert sorted(drawn_skills(content, draw(content, all_known(content), (), SEED, "fr-FR"), "1.1")) == ["1.1a2", "1.1b1", "1.1b2"]


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=16), st.sets(st.integers(0, 671)))
def test_a_draw_can_be_made_again_and_differs_between_candidates(seed: bytes, succeeded: set[int]) -> None:
    content = whole_framework()
    knowledge = all_known(content)
    questions = draw(content, knowledge, succeeded, seed, "fr")
    assert questions == draw(content, knowledge, set(succeeded), seed, "fr")
    assert questions != draw(content, knowledge, succeeded, seed + b"x", "fr")
