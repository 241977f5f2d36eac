"""Positioning, classic: every rule of docs/domain.md §4, and what holds for any pupil."""

from math import exp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.content import Release
from engine.grading import Result
from engine.knowledge import Element, Knowledge, elements_of
from engine.packing import Answered, Question
from engine.positioning import checkpoint_reached, checkpoint_span, deliberate, next_question, predicted_level
from tests.engine.releases import release

SEED = b"0123456789abcdef"
NOTHING = Knowledge.of()


def everything(content: Release) -> range:
    return range(len(content.skills))


def chosen_skill(content: Release, question: Question | None) -> str | None:
    return None if question is None else content.challenge_skill(question.challenge_index).id


def knew(content: Release, **skills: bool) -> Knowledge:
    return Knowledge.of(Element(content.skill_index(skill), ok, True, 0) for skill, ok in skills.items())


def after(content: Release, *answers: tuple[int, Result], at_start: Knowledge = NOTHING) -> Any:
    given_answers = [Answered(index, 0, result, 1, n) for n, (index, result) in enumerate(answers)]
    return deliberate(content, everything(content), at_start, given_answers, "fr")


def skills(content: Release, indices: tuple[int, ...]) -> list[str]:
    return [content.skills[index].id for index in indices]


PLAIN = release({"1.1": {"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 4, 5, 6, 7]}}, per_skill=2)


@pytest.mark.parametrize(
    ("outcomes", "level"),
    [
        ({}, 3.5),
        ({"a1": True}, 4.0),
        ({"a5": True}, 6.0),
        ({"a1": False}, 0.5),
        ({"a5": False}, 2.5),
        ({"a5": True, "b7": True}, 7.0),
        ({"a1": False, "b1": False}, 0.5),
    ],
)
def test_the_predicted_level_balances_outcomes_and_chances(outcomes: dict[str, bool], level: float) -> None:
    """Checked against the definition written out below, in plain floats."""
    knowledge = knew(PLAIN, **outcomes)
    answers = [(PLAIN.skills[e.skill_index].level, e.validated) for e in knowledge] + [(0, 1), (7, 0)]
    grid = [half / 2 for half in range(1, 16)]
    by_definition = max(grid, key=lambda tried: -abs(sum(ok - 1 / (1 + exp(-(tried - d))) for d, ok in answers)))
    assert predicted_level(PLAIN, everything(PLAIN), knowledge) == by_definition == level


def test_no_level_is_predicted_above_seven_and_a_half_nor_below_a_half() -> None:
    """Were there a level 8, or 0, it would fit better."""
    content = release({"1.1": {name: [1, 7] for name in "abcde"}})
    assert predicted_level(content, everything(content), knew(content, **dict.fromkeys(("a7", "b7", "c7", "d7", "e7"), True))) == 7.5
    assert predicted_level(content, everything(content), knew(content, **dict.fromkeys(("a1", "b1", "c1", "d1", "e1"), False))) == 0.5


@given(st.dictionaries(st.integers(0, 11), st.booleans(), min_size=1), st.data())
def test_a_right_answer_never_lowers_the_predicted_level(outcomes: dict[int, bool], data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(sorted(outcomes)))
    right, wrong = (
        predicted_level(PLAIN, everything(PLAIN), Knowledge.of(Element(i, ok, True, 0) for i, ok in (outcomes | {changed: forced}).items()))
        for forced in (True, False)
    )
    assert right >= wrong


def test_only_direct_elements_of_the_target_predict() -> None:
    inferred = Knowledge.of([Element(index, True, False, 0) for index in range(5)])
    assert predicted_level(PLAIN, everything(PLAIN), inferred) == 3.5
    assert predicted_level(PLAIN, [0], knew(PLAIN, b7=True)) == 3.5


def test_the_first_question_is_untimed_and_of_level_two() -> None:
    content = release(
        {"1.1": {"a": [1, 2, 3, 4], "b": [1, 2, 3, 4], "c": [2, 4]}},
        challenges=[
            {"skill": "a1"},
            {"skill": "a2", "timer_s": 30},
            {"skill": "b1"},
            {"skill": "b2", "timer_s": 30},
            {"skill": "b2"},
            {"skill": "c2", "timer_s": 10},
        ],
    )
    for number in range(20):
        assert next_question(content, everything(content), NOTHING, [], bytes([number]), "fr") == Question(4, 0)


def test_without_level_two_the_first_question_is_of_the_lowest_level() -> None:
    content = release({"1.1": {"a": [3, 5, 6], "b": [4, 5]}})
    assert chosen_skill(content, next_question(content, everything(content), NOTHING, [], SEED, "fr")) == "a3"


def test_the_preference_for_untimed_is_dropped_when_it_would_leave_nothing() -> None:
    content = release({"1.1": {"a": [2]}}, challenges=[{"skill": "a2", "timer_s": 5}])
    assert next_question(content, everything(content), NOTHING, [], SEED, "fr") == Question(0, 0)


def test_easy_tubes_come_first() -> None:
    content = release({"1.1": {"hard": [1, 2, 3, 4], "easy": [1, 2, 3]}})
    considered = after(content, (0, Result.OK))
    assert considered.kept == ("easy tube",)
    assert skills(content, considered.candidates) == ["easy1", "easy2", "easy3"]
    done = after(content, (0, Result.OK), (4, Result.KO))
    assert done.kept == ()
    assert skills(content, done.candidates) == ["hard2", "hard3"]


def test_a_tube_is_easy_by_its_skills_in_the_target() -> None:
    content = release({"1.1": {"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}})
    target = [index for index in everything(content) if content.skills[index].id != "b4"]
    assert skills(content, deliberate(content, target, NOTHING, [Answered(0, 0, Result.OK, 1, 0)], "fr").candidates) == ["b1", "b2", "b3"]


def test_an_untimed_question_is_preferred_after_a_timed_one() -> None:
    content = release(
        {"1.1": {"a": [4], "b": [4], "c": [4]}},
        challenges=[{"skill": "a4", "timer_s": 30}, {"skill": "b4", "timer_s": 30}, {"skill": "c4"}, {"skill": "c4", "timer_s": 9}],
    )
    after_timed = [Answered(0, 0, Result.OK, 1, 0)]
    for number in range(20):
        assert next_question(content, everything(content), NOTHING, after_timed, bytes([number]), "fr") == Question(2, 0)
    after_untimed = [Answered(2, 0, Result.OK, 1, 0)]
    considered = deliberate(content, everything(content), NOTHING, after_untimed, "fr")
    assert skills(content, considered.candidates) == ["a4", "b4"]


def test_difficulty_never_exceeds_the_predicted_level_by_more_than_two_even_if_nothing_is_left() -> None:
    content = release({"1.1": {"a": [1], "b": [1], "c": [5, 6]}})
    considered = after(content, (0, Result.KO), (1, Result.KO))
    assert considered.predicted_level == 0.5
    assert considered.candidates == ()
    answers = [Answered(0, 0, Result.KO, 1, 0), Answered(1, 0, Result.KO, 1, 1)]
    assert next_question(content, everything(content), NOTHING, answers, SEED, "fr") is None
    exact = release({"1.1": {"a": [1], "b": [4, 6, 7]}})
    assert after(exact, (0, Result.OK)).predicted_level == 4.0
    assert skills(exact, after(exact, (0, Result.OK)).candidates) == ["b4", "b6"]


def test_the_reward_counts_what_either_answer_would_settle() -> None:
    content = release({"1.1": {"a": [4], "b": [1, 2, 3, 4, 5]}})
    considered = after(content, (0, Result.OK))
    level = considered.predicted_level
    chance = 1 / (1 + exp(-(level - 3)))
    rewards = {d: (1 / (1 + exp(-(level - d)))) * d + (1 - 1 / (1 + exp(-(level - d)))) * (6 - d) for d in range(1, 6)}
    assert max(rewards, key=rewards.__getitem__) == int(content.skills[considered.best[0]].level)
    assert considered.reward == pytest.approx(max(rewards.values()))
    assert rewards[3] == pytest.approx(3 * chance + 3 * (1 - chance))


def test_ties_are_broken_by_the_seed_and_every_tied_skill_can_come() -> None:
    content = release({"1.1": {name: [2, 3] for name in "abcd"}}, per_skill=3)
    first = {chosen_skill(content, next_question(content, everything(content), NOTHING, [], bytes([n]), "fr")) for n in range(60)}
    assert first == {"a2", "b2", "c2", "d2"}
    challenges = {next_question(content, [0, 1], NOTHING, [], bytes([n]), "fr") for n in range(60)}
    assert challenges == {Question(index, 0) for index in range(3)}


def test_a_tie_is_a_tie_though_the_machine_rounds_its_two_sides_differently() -> None:
    """P(6, 4) + 2 (1 − P(6, 4)) = 2 P(6, 8) + (1 − P(6, 8)), but not in floats."""
    content = release({"1.1": {"a": [1, 5, 8], "b": [4, 8], "c": [2]}}, max_level=8)
    considered = after(content, (5, Result.OK), (1, Result.OK))
    assert considered.predicted_level == 6.0
    below, above = 1 / (1 + exp(-2)), 1 / (1 + exp(2))
    assert below + 2 * (1 - below) != 2 * above + (1 - above)
    assert skills(content, considered.best) == ["b4", "b8"]


def test_a_validated_challenge_is_preferred_to_an_archived_one_and_a_proposed_one_is_never_asked() -> None:
    content = release(
        {"1.1": {"a": [2]}},
        challenges=[{"skill": "a2", "status": "archived"}, {"skill": "a2"}, {"skill": "a2", "status": "proposed"}],
    )
    assert {next_question(content, [0], NOTHING, [], bytes([n]), "fr") for n in range(20)} == {Question(1, 0)}
    archived = release({"1.1": {"a": [2]}}, challenges=[{"skill": "a2", "status": "archived"}])
    assert next_question(archived, [0], NOTHING, [], SEED, "fr") == Question(0, 0)


def test_challenges_of_another_locale_are_not_asked_and_the_fallback_is() -> None:
    content = release({"1.1": {"a": [2], "b": [2]}}, challenges=[{"skill": "a2", "locale": "en"}, {"skill": "b2", "locale": "fr"}])
    assert next_question(content, [0, 1], NOTHING, [], SEED, "fr-FR") == Question(1, 0)
    assert next_question(content, [0, 1], NOTHING, [], SEED, "en") == Question(0, 0)
    assert next_question(content, [0, 1], NOTHING, [], SEED, "nl") is None


def test_what_was_known_at_the_start_is_not_asked_again() -> None:
    content = release({"1.1": {"a": [1, 2, 3]}})
    known = Knowledge.of([Element(0, True, True, 0), Element(1, True, False, 0)])
    assert chosen_skill(content, next_question(content, range(3), known, [], SEED, "fr")) == "a3"


def test_a_checkpoint_comes_every_five_answers() -> None:
    assert [n for n in range(21) if checkpoint_reached(n)] == [5, 10, 15, 20]
    assert list(checkpoint_span(1)) == [0, 1, 2, 3, 4]
    assert list(checkpoint_span(3)) == [10, 11, 12, 13, 14]


def play(content: Release, results: list[Result], seed: bytes, locale: str = "fr") -> list[Answered]:
    """Answer until the test ends, going round ``results``."""
    answers: list[Answered] = []
    while (question := next_question(content, everything(content), NOTHING, answers, seed, locale)) is not None:
        result = results[len(answers) % len(results)]
        answers.append(Answered(question.challenge_index, question.variant_index, result, 1, len(answers)))
        assert len(answers) <= len(content.skills)
    return answers


chains = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.integers(1, 8), min_size=1, max_size=6, unique=True).map(sorted), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(chains, st.lists(st.sampled_from(Result), min_size=1, max_size=9), st.binary(min_size=1, max_size=16))
def test_a_test_ends_never_asks_twice_and_can_be_played_again(tubes: dict[str, list[int]], results: list[Result], seed: bytes) -> None:
    content = release({"1.1": tubes}, per_skill=2)
    answers = play(content, results, seed)
    asked = [content.challenges[answered.challenge_index].skill_index for answered in answers]
    assert len(set(asked)) == len(asked)
    assert play(content, results, seed) == answers
    known = {element.skill_index for element in elements_of(content, everything(content), NOTHING, answers)}
    unsettled = [content.skills[skill] for skill in everything(content) if skill not in known]
    # Easy tubes are preferred before the limit of difficulty is applied, so that it is they that must be too hard for the end to come.
    easy = [skill for skill in unsettled if max(tubes[skill.tube]) <= 3]
    predicted = predicted_level(content, everything(content), Knowledge.of(elements_of(content, everything(content), NOTHING, answers)))
    assert all(skill.level - predicted > 2 for skill in easy or unsettled)


def test_a_pupil_who_knows_everything_up_to_a_level_is_placed_exactly() -> None:
    content = release({"1.1": {name: range(1, 8) for name in "abc"}}, per_skill=1)
    for ability in range(8):
        answers: list[Answered] = []
        while (question := next_question(content, everything(content), NOTHING, answers, SEED, "fr")) is not None:
            ok = content.challenge_skill(question.challenge_index).level <= ability
            answers.append(Answered(question.challenge_index, 0, Result.OK if ok else Result.KO, 1, len(answers)))
        elements = Knowledge.of(elements_of(content, everything(content), NOTHING, answers))
        assert {content.skills[index].level for index in elements.validated()} == set(range(1, ability + 1))
