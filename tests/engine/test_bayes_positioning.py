"""Positioning, Bayesian: the joint model against brute force, its rules, and its bars on simulated pupils."""

from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import erf, exp, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import positioning
from engine.bayes_positioning import BAYES, HALF_DEVIATIONS, BayesScheme, elements_of, gain, guess_of, levels_of, next_question
from engine.chance import Chance
from engine.content import Release
from engine.exposure import normal
from engine.grading import Result
from engine.knowledge import Element, Knowledge
from engine.knowledge import elements_of as classic_elements
from engine.packing import Answered
from tests.engine.releases import release

OK, KO, NOTHING = Result.OK, Result.KO, Knowledge.of()
NAMES = "abcde"


def ladder_content(guess: float | None, levels: range = range(1, 9), names: str = NAMES, copies: int = 3) -> Release:
    listed = [{"skill": f"{n}{level}", "guess": guess} for n in names for level in levels for _ in range(copies)]
    return release({"1.1": dict.fromkeys(names, levels)}, challenges=listed, max_level=8)


def test_the_posterior_is_that_of_the_one_factor_model() -> None:
    """Two tubes of three levels: every pair of levels weighed on a fine grid of the common ability."""
    content = ladder_content(0.2, range(2, 8, 3), "ab")
    answers = [Answered(0, 0, OK, 1, 0), Answered(3, 0, KO, 1, 1), Answered(9, 0, OK, 1, 2)]
    ladder, weights = (0, 2, 5), dict.fromkeys(product((0, 2, 5), repeat=2), 0.0)
    for step in range(-400, 401):
        common = step / 100
        above = [
            1.0,
            *((1 - erf((HALF_DEVIATIONS[level - 1] - sqrt(0.7) * common) / sqrt(0.3) / sqrt(2))) / 2 for level in ladder[1:]),
            0.0,
        ]
        prior = dict(zip(ladder, [here - beyond for here, beyond in pairwise(above)], strict=True))
        for pair in weights:
            weight = exp(-common * common / 2) * prior[pair[0]] * prior[pair[1]]
            for answered in answers:
                skill = content.challenge_skill(answered.challenge_index)
                knows = pair["ab".index(skill.tube)] >= skill.level
                right = 0.9 if knows else 0.2
                weight *= right if answered.result is OK else 1 - right
            weights[pair] += weight
    found = levels_of(content, range(4), NOTHING, answers)
    whole = sum(weights.values())
    for place, tube in enumerate("ab"):
        assert found[tube].levels == ladder
        for level, probability in zip(ladder, found[tube].probability, strict=True):
            assert probability == pytest.approx(sum(w for pair, w in weights.items() if pair[place] == level) / whole, abs=2e-3)


def test_correlated_tubes_inform_each_other_and_independent_ones_do_not() -> None:
    content = ladder_content(0.05)
    answers = [Answered(content.challenge_index("ch21"), 0, OK, 1, 0)]  # a8
    joint = levels_of(content, range(40), NOTHING, answers)
    apart = levels_of(content, range(40), NOTHING, answers, scheme=BayesScheme(correlation=0.0))
    before = levels_of(content, range(40), NOTHING, [])
    assert joint["b"].known(5) > before["b"].known(5) + 0.1
    assert apart["b"].known(5) == pytest.approx(
        levels_of(content, range(40), NOTHING, [], scheme=BayesScheme(correlation=0.0))["b"].known(5)
    )


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(0, 0.5))
def test_an_answer_tells_between_nothing_and_one_bit(known: float, slip: float, guess: float) -> None:
    assert 0 <= gain(known, slip, guess) <= 1 + 1e-12


def test_the_chance_to_guess_is_the_challenges_own_or_its_types() -> None:
    content = release({"1.1": {"a": [1, 2, 3]}}, challenges=[{"skill": "a1", "guess": 0.3}, {"skill": "a2", "guess": None, "type": "QCU"}])
    assert guess_of(content.challenges[0]) == 0.3
    assert guess_of(content.challenges[1]) == 0.25
    certain = release({"1.1": {"a": [1]}}, challenges=[{"skill": "a1", "guess": 1.0}])
    assert guess_of(certain.challenges[0]) <= 0.85


def play(content: Release, answer: Any, seed: bytes, scheme: BayesScheme = BAYES, limit: int = 99) -> list[Answered]:
    answers: list[Answered] = []
    target = range(len(content.skills))
    while len(answers) < limit and (q := next_question(content, target, NOTHING, answers, seed, "fr", scheme=scheme)) is not None:
        answers.append(Answered(q.challenge_index, q.variant_index, OK if answer(q, len(answers)) else KO, 1, len(answers)))
    return answers


@settings(max_examples=15, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=7), st.binary(min_size=1, max_size=8))
def test_a_test_ends_asks_a_skill_three_times_at_most_and_can_be_played_again(outcomes: list[bool], seed: bytes) -> None:
    content = ladder_content(0.25, copies=4)
    answers = play(content, lambda _, n: outcomes[n % len(outcomes)], seed)
    assert len(answers) <= BAYES.budget * 5
    challenges = [answered.challenge_index for answered in answers]
    assert len(set(challenges)) == len(challenges)
    skills = [content.challenges[index].skill_index for index in challenges]
    assert max(skills.count(skill) for skill in skills) <= 3
    assert play(content, lambda _, n: outcomes[n % len(outcomes)], seed) == answers


def test_an_untimed_question_is_preferred_after_a_timed_one() -> None:
    listed = [{"skill": f"a{level}", "timer_s": timer} for level in range(1, 9) for timer in (30, None)]
    content = release({"1.1": {"a": range(1, 9)}}, challenges=listed, max_level=8)
    answers = [Answered(8, 0, OK, 1, 0)]
    for number in range(10):
        question = next_question(content, range(8), NOTHING, answers, b"%d" % number, "fr")
        assert question is not None
        assert content.challenges[question.challenge_index].timer_s is None


def test_nothing_to_ask_ends_the_test() -> None:
    assert next_question(ladder_content(0.05), [], NOTHING, [], b"s", "fr") is None
    assert next_question(ladder_content(0.05), range(40), NOTHING, [], b"s", "nl") is None


def test_what_was_known_at_the_start_is_evidence() -> None:
    content = ladder_content(0.05)
    known = Knowledge.of([Element(content.skill_index("a6"), True, True, 0), Element(content.skill_index("a7"), False, False, 0)])
    assert levels_of(content, range(40), known, [])["a"].level >= 6


def test_elements_follow_the_levels_and_say_which_skills_were_asked() -> None:
    content = ladder_content(0.05)
    answers = play(content, lambda q, _: content.challenge_skill(q.challenge_index).level <= 4, b"s")
    tubes = levels_of(content, range(40), NOTHING, answers)
    elements = elements_of(content, range(40), NOTHING, answers)
    asked = {content.challenges[answered.challenge_index].skill_index for answered in answers}
    assert {e.skill_index for e in elements if e.direct} == asked
    assert all(e.validated == (content.skills[e.skill_index].level <= tubes[content.skills[e.skill_index].tube].level) for e in elements)
    assert {tube.level for tube in tubes.values()} == {4}
    assert elements_of(content, range(40), NOTHING, []) == ()


# The bars, on simulated pupils: 5 tubes × 8 levels, abilities N(0, 1) cut every half deviation, slip 0.1


@dataclass
class Outcome:
    questions: float
    exact: float
    within_one: float
    error: float


def simulate(rule: str, guess: float, *, correlation: float = 0.7, scheme: BayesScheme = BAYES, assumed: float | None = None) -> Outcome:
    """``rule`` is classic, bayes, or same (bayes for as many questions as the classic rule took)."""
    pupils = 400
    content = ladder_content(guess if assumed is None else assumed)
    chance, total = Chance(b"pupils"), Outcome(0, 0, 0, 0)
    for number in range(pupils):
        common = normal(chance)
        abilities = [sqrt(correlation) * common + sqrt(1 - correlation) * normal(chance) for _ in NAMES]
        truth = {tube: sum(ability > step for step in HALF_DEVIATIONS) for tube, ability in zip(NAMES, abilities, strict=True)}
        noise = [chance.uniform() for _ in range(60)]

        def right(question: Any, count: int, truth: dict[str, int] = truth, noise: list[float] = noise) -> bool:
            skill = content.challenge_skill(question.challenge_index)
            return noise[count] < (0.9 if truth[skill.tube] >= skill.level else guess)

        seed = b"%d" % number
        if rule == "bayes":
            answers = play(content, right, seed, scheme)
        else:
            answers = []
            while (question := positioning.next_question(content, range(40), NOTHING, answers, seed, "fr")) is not None:
                result = OK if right(question, len(answers)) else KO
                answers.append(Answered(question.challenge_index, 0, result, 1, len(answers)))
            if rule == "same":
                answers = play(content, right, seed, replace(scheme, sure=2.0, budget=99), limit=len(answers))
        if rule == "classic":
            validated = Knowledge.of(classic_elements(content, range(40), NOTHING, answers)).validated()
            found = {tube: max((content.skills[i].level for i in validated if content.skills[i].tube == tube), default=0) for tube in NAMES}
        else:
            found = {tube: level.level for tube, level in levels_of(content, range(40), NOTHING, answers, scheme=scheme).items()}
        gaps = [abs(found[tube] - truth[tube]) for tube in NAMES]
        total.questions += len(answers)
        total.exact += sum(gap == 0 for gap in gaps)
        total.within_one += sum(gap <= 1 for gap in gaps)
        total.error += sum(gaps)
    return Outcome(total.questions / pupils, total.exact / pupils / 5, total.within_one / pupils / 5, total.error / pupils / 5)


@pytest.mark.parametrize(("guess", "questions"), [(0.05, 14), (0.15, 20)])
def test_levels_are_found_within_the_budget(guess: float, questions: int) -> None:
    found = simulate("bayes", guess)
    assert found.questions <= questions
    assert found.exact >= 0.80
    assert found.within_one >= 0.95


@pytest.mark.parametrize("guess", [0.05, 0.15, 0.25])
def test_with_as_many_questions_the_error_is_a_fifth_smaller_than_the_classic_rules(guess: float) -> None:
    assert simulate("same", guess).error <= 0.8 * simulate("classic", guess).error


def test_wrong_assumptions_cost_at_most_two_points() -> None:
    classic = simulate("classic", 0.15)
    wrong_noise = simulate("same", 0.15, scheme=replace(BAYES, slip=0.05), assumed=0.05)
    assert wrong_noise.within_one >= classic.within_one - 0.02
    independent = simulate("same", 0.15, correlation=0.0)
    assert independent.within_one >= simulate("classic", 0.15, correlation=0.0).within_one - 0.02
