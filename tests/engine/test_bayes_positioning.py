"""Positioning, Bayesian: the joint model against brute force, its rules, and its end. Its bars are in test_positioning_bars."""

from dataclasses import replace
from itertools import pairwise, product
from math import erf, exp, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bayes_positioning import BAYES, BayesScheme, End, deliberate, elements_of, levels_of, next_question, noise_of
from engine.content import Release
from engine.grading import Result
from engine.knowledge import Element, Knowledge
from engine.noisy_channel import gain
from engine.packing import Answered
from engine.tube_levels import HALF_DEVIATIONS, TubeLevel
from tests.engine.releases import release

OK, KO, NOTHING = Result.OK, Result.KO, Knowledge.of()
NAMES = "abcde"


def ladder_content(guess: float | None, levels: range = range(1, 9), names: str = NAMES, copies: int = 3) -> Release:
    listed = [{"skill": f"{n}{level}", "guess": guess} for n in names for level in levels for _ in range(copies)]
    return release({"1.1": dict.fromkeys(names, levels)}, challenges=listed, max_level=8)


def test_the_assumptions_are_those_that_the_readme_states() -> None:
    assert HALF_DEVIATIONS == (-1.75, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75)
    assert (BAYES.correlation, BAYES.apart, BAYES.times_per_skill, BAYES.budget) == (0.7, 0.1, 3, 7.0)
    assert (BAYES.sure, BAYES.near_cost) == (0.934, 0.8)
    assert BAYES.slip == {"QCU": 0.1, "QCM": 0.1, "QROC": 0.1, "QROCM-ind": 0.15, "QROCM-dep": 0.15}
    assert BAYES.guess == {"QCU": 0.25, "QCM": 0.1, "QROC": 0.05, "QROCM-ind": 0.02, "QROCM-dep": 0.02}


def prior_of(ladder: tuple[int, ...], mean: float, deviation: float) -> dict[int, float]:
    steps = [(HALF_DEVIATIONS[level - 1] - mean) / deviation for level in ladder[1:]]
    above = [1.0, *((1 - erf(step / sqrt(2))) / 2 for step in steps), 0.0]
    return dict(zip(ladder, [here - beyond for here, beyond in pairwise(above)], strict=True))


def test_the_posterior_is_that_of_one_common_factor_or_none() -> None:
    """Two tubes of three levels: every pair of levels weighed on a fine grid of the common ability, and apart."""
    content = ladder_content(0.2, range(2, 8, 3), "ab")
    answers = [Answered(0, 0, OK, 1, 0), Answered(3, 0, KO, 1, 1), Answered(9, 0, OK, 1, 2)]
    ladder = (0, 2, 5)
    grid = [step / 100 for step in range(-400, 401)]
    whole = sum(exp(-point * point / 2) for point in grid)
    settings_ = [(0.9 * exp(-point * point / 2) / whole, sqrt(0.7) * point, sqrt(0.3)) for point in grid]
    weights = dict.fromkeys(product(ladder, repeat=2), 0.0)
    for share, mean, deviation in [*settings_, (0.1, 0.0, 1.0)]:
        prior = prior_of(ladder, mean, deviation)
        for pair in weights:
            weight = share * prior[pair[0]] * prior[pair[1]]
            for answered in answers:
                skill = content.challenge_skill(answered.challenge_index)
                right = 0.9 if pair["ab".index(skill.tube)] >= skill.level else 0.2
                weight *= right if answered.result is OK else 1 - right
            weights[pair] += weight
    found, total = levels_of(content, range(4), NOTHING, answers), sum(weights.values())
    for place, tube in enumerate("ab"):
        assert found[tube].levels == ladder
        assert sum(found[tube].probability) == pytest.approx(1)
        for level, probability in zip(ladder, found[tube].probability, strict=True):
            assert probability == pytest.approx(sum(w for pair, w in weights.items() if pair[place] == level) / total, abs=2e-3)


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


LADDERS = ladder_content(0.25)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 119), st.booleans()), min_size=1, max_size=12, unique_by=lambda answer: answer[0]), st.data())
def test_a_right_answer_never_lowers_the_level_of_its_tube(outcomes: list[tuple[int, bool]], data: st.DataObject) -> None:
    changed, _ = data.draw(st.sampled_from(outcomes))
    tube = LADDERS.challenge_skill(changed).tube
    right, wrong = (
        levels_of(LADDERS, range(40), NOTHING, [Answered(i, 0, OK if (forced if i == changed else ok) else KO, 1, 0) for i, ok in outcomes])
        for forced in (True, False)
    )
    assert right[tube].level >= wrong[tube].level
    assert all(right[tube].known(level) >= wrong[tube].known(level) - 1e-12 for level in range(1, 9))


@given(st.permutations([(0, True), (5, False), (30, True), (31, False), (77, True)]))
def test_what_is_believed_does_not_depend_on_the_order_of_the_answers(outcomes: list[tuple[int, bool]]) -> None:
    def believed(given_outcomes: list[tuple[int, bool]]) -> list[float]:
        answers = [Answered(index, 0, OK if ok else KO, 1, 0) for index, ok in given_outcomes]
        return [chance for tube in levels_of(LADDERS, range(40), NOTHING, answers).values() for chance in tube.probability]

    assert believed(outcomes) == pytest.approx(believed(sorted(outcomes)))


def test_slip_and_guess_are_those_of_the_type_and_the_guess_the_challenges_own_if_it_has_one() -> None:
    listed: list[dict[str, Any]] = [
        {"skill": "a1", "guess": 0.3},
        {"skill": "a2", "guess": None, "type": "QCU"},
        {"skill": "a3", "guess": None, "type": "QROCM-dep"},
    ]
    content = release({"1.1": {"a": [1, 2, 3]}}, challenges=listed)
    assert [noise_of(challenge) for challenge in content.challenges] == [(0.1, 0.3), (0.1, 0.25), (0.15, 0.02)]
    assert noise_of(content.challenges[1], replace(BAYES, slip={"QCU": 0.2}, guess={"QCU": 0.5})) == (0.2, 0.5)
    assert noise_of(content.challenges[1], replace(BAYES, slip={}, guess={})) == (0.1, 0.05)


@pytest.mark.parametrize(("slip", "guess", "kept"), [(0.0, 0.0, (0.01, 0.01)), (0.1, 1.0, (0.1, 0.85)), (1.0, 1.0, (0.45, 0.5))])
def test_no_answer_is_certain_and_every_one_tells_something(slip: float, guess: float, kept: tuple[float, float]) -> None:
    content = release({"1.1": {"a": [1]}}, challenges=[{"skill": "a1", "guess": guess}])
    assert noise_of(content.challenges[0], replace(BAYES, slip={"QROC": slip})) == pytest.approx(kept)


def test_a_wrong_answer_weighs_less_where_slips_are_more_frequent() -> None:
    listed = [{"skill": f"a{level}", "guess": 0.05, "type": kind} for level in range(1, 9) for kind in ("QROC", "QROCM-ind")]
    content = release({"1.1": {"a": range(1, 9)}}, challenges=listed, max_level=8)
    wrong = {kind: levels_of(content, range(8), NOTHING, [Answered(index, 0, KO, 1, 0)]) for kind, index in (("QROC", 8), ("QROCM-ind", 9))}
    assert wrong["QROCM-ind"]["a"].known(5) > wrong["QROC"]["a"].known(5) > 0.05


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


@pytest.mark.parametrize(("target", "locale"), [(range(0), "fr"), (range(40), "nl")])
def test_nothing_to_ask_ends_the_test(target: range, locale: str) -> None:
    content = ladder_content(0.05)
    assert next_question(content, target, NOTHING, [], b"s", locale) is None
    assert deliberate(content, target, NOTHING, [], locale).end is End.NOTHING_LEFT


def test_the_test_ends_when_the_levels_are_worth_enough_or_the_budget_is_spent() -> None:
    content, target = ladder_content(0.05), range(40)
    answers = play(content, lambda q, _: content.challenge_skill(q.challenge_index).level <= 4, b"s")
    last, before = (deliberate(content, target, NOTHING, answers[:n], "fr") for n in (len(answers), len(answers) - 1))
    assert (last.end, last.best) == (End.SURE, ())
    assert before.worth < BAYES.sure <= last.worth
    never = replace(BAYES, sure=2.0, budget=1.0)
    answers = play(content, lambda *_: True, b"s", never)
    assert len(answers) == 5
    assert deliberate(content, target, NOTHING, answers, "fr", scheme=never).end is End.BUDGET
    without = play(content, lambda *_: True, b"s", replace(BAYES, sure=2.0, budget=99), limit=200)
    assert deliberate(content, target, NOTHING, without, "fr", scheme=replace(BAYES, sure=2.0, budget=99)).end is End.NOTHING_LEFT
    assert len(without) == 120


def test_no_level_is_announced_of_a_tube_that_was_never_asked_about() -> None:
    """The prior alone is nearly sure of a tube of one easy skill; it is asked about all the same, once."""
    content = release({"1.1": {"a": [1], "b": [1], "c": [1]}}, per_skill=3)
    thought = deliberate(content, range(3), NOTHING, [], "fr")
    assert thought.worth > BAYES.sure
    assert thought.unasked
    answers = play(content, lambda *_: True, b"s")
    assert {content.challenge_skill(answered.challenge_index).tube for answered in answers} == {"a", "b", "c"}
    assert len(answers) == 3
    known = Knowledge.of([Element(0, True, True, 0), Element(1, True, False, 0)])
    asked = next_question(content, range(3), known, [], b"s", "fr")
    assert asked is not None
    assert content.challenge_skill(asked.challenge_index).tube in {"b", "c"}  # a was asked, b only inferred


@pytest.mark.parametrize(("levels", "worth"), [(8, 0.5 + 0.9 * 0.3), (4, 0.5 + 0.8 * 0.3), (2, 0.5 + 0.6 * 0.3)])
def test_a_level_that_is_off_by_one_costs_more_where_there_are_fewer(levels: int, worth: float) -> None:
    rungs = tuple(range(levels + 1))
    chances = [0.0] * len(rungs)
    chances[0], chances[1], chances[2] = 0.3, 0.5, 0.0
    chances[-1] += 0.2
    exact = TubeLevel("t", rungs, tuple(chances))
    assert exact.level == 1
    assert exact.worth(0.8) == pytest.approx(worth + (0.2 * 0.6 if levels == 2 else 0.0))


def test_the_chosen_question_is_the_one_expected_to_tell_most() -> None:
    content = ladder_content(0.05)
    answers = play(content, lambda q, n: n % 3 > 0, b"x")[:6]
    thought = deliberate(content, range(40), NOTHING, answers, "fr")
    tubes = levels_of(content, range(40), NOTHING, answers)
    done = {answered.challenge_index for answered in answers}
    gains = {
        challenge.index: gain(tubes[skill.tube].known(skill.level), 0.1, 0.05)
        for challenge in content.challenges
        if challenge.index not in done and (skill := content.challenge_skill(challenge.index))
    }
    assert thought.gain == pytest.approx(max(gains.values()))
    assert set(thought.best) == {index for index, bits in gains.items() if bits > max(gains.values()) - 1e-9}


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
