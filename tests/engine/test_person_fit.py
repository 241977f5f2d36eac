"""The jury's instruments: their false alarms on honest pupils, and that they see what they are for."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine.instruments import adaptive_test, bank_of, fixed_form, pair, times
from engine.chance import Chance
from engine.person_fit import Item, SharedItem, Sign, TimedItem, chi_square_tail, person_fit, response_times, similarity
from engine.two_pl import Plan, TwoPl, weighted_likelihood
from tests.engine.test_two_pl import random_bank

BANK = bank_of()
ENGINE = TwoPl(BANK, Plan(32))


def rings(signs: list[Sign], threshold: float) -> float:
    return sum(sign.p_value < threshold for sign in signs) / len(signs)


def test_lz_star_rings_as_often_as_it_says_on_a_form_of_all_difficulties() -> None:
    signs = [person_fit(*fixed_form(BANK, number)) for number in range(2000)]
    assert 0.006 <= rings(signs, 0.01) <= 0.025
    assert 0.035 <= rings(signs, 0.05) <= 0.07
    assert abs(sum(sign.statistic for sign in signs) / len(signs)) < 0.12


def test_lz_star_rings_more_rarely_than_it_says_on_an_adaptive_test() -> None:
    """There every question is about as hard as the pupil is able, and little can surprise."""
    signs = [person_fit(*adaptive_test(ENGINE, number)) for number in range(1500)]
    assert rings(signs, 0.01) <= 0.01
    assert rings(signs, 0.05) <= 0.04


def test_lz_star_sees_a_pupil_who_fails_what_is_easy_and_knows_what_is_hard() -> None:
    chance, found = Chance(b"odd"), 0
    for _ in range(100):
        items = []
        for step in range(32):
            difficulty = -2 + step / 8
            helped = step >= 20
            items.append(Item(difficulty, 1.3, helped or chance.uniform() < 1 / (1 + exp(1.3 * (difficulty + 0.5)))))
        bank = random_bank(32, 1)
        bank.a[:] = type(bank.a)("d", [item.discrimination for item in items])
        bank.b[:] = type(bank.b)("d", [item.difficulty for item in items])
        theta, _ = weighted_likelihood(bank, [(place, item.right) for place, item in enumerate(items)])
        found += person_fit(items, theta).p_value < 0.01
    assert found >= 80


def test_too_few_answers_say_nothing() -> None:
    assert person_fit([Item(0, 1, right=True)] * 4, 0.0).p_value == 1
    assert response_times([TimedItem(3, 0.5, 1)] * 4).whole.p_value == 1
    assert similarity([]).p_value == 1


@pytest.mark.parametrize("pace", [-0.7, 0.0, 0.7])
def test_times_ring_for_one_honest_pupil_in_a_hundred_however_slow_or_fast(pace: float) -> None:
    signs = [response_times(times(number, pace)) for number in range(2000)]
    assert 0.004 <= sum(sign.whole.p_value < 0.01 for sign in signs) / 2000 <= 0.017
    assert sum(log(sign.pace) for sign in signs) / 2000 == pytest.approx(pace, abs=0.02)


def test_times_see_answers_that_came_too_fast() -> None:
    items = times(1)
    hurried = [TimedItem(i.mean_log_s, i.deviation_log_s, 2.0) if place % 3 == 0 else i for place, i in enumerate(items)]
    sign = response_times(hurried)
    assert sign.whole.p_value < 1e-4
    assert all(residual < 0 for place, residual in sign.strange if place % 3 == 0)


@pytest.mark.parametrize(
    ("statistic", "freedom", "tail"),
    [(0.0, 3, 1.0), (6.635, 1, 0.01), (9.21, 2, 0.01), (11.345, 3, 0.01), (50.892, 30, 0.01), (53.486, 32, 0.01)],
)
def test_the_tail_of_chi_square_is_that_of_the_tables(statistic: float, freedom: int, tail: float) -> None:
    assert chi_square_tail(statistic, freedom) == pytest.approx(tail, abs=2e-5)


def test_similarity_rings_for_at_most_one_honest_pair_in_a_hundred() -> None:
    assert sum(similarity(pair(number)).p_value < 0.01 for number in range(2000)) / 2000 <= 0.014


def test_similarity_sees_half_a_test_copied() -> None:
    assert sum(similarity(pair(number, copied=0.6)).p_value < 0.01 for number in range(200)) / 200 > 0.8


@given(st.lists(st.builds(SharedItem, st.floats(0, 1), st.floats(0, 1), st.booleans(), st.floats(0, 1)), max_size=40))
def test_a_p_value_is_a_probability(items: list[SharedItem]) -> None:
    assert 0 <= similarity(items).p_value <= 1
