"""Growing delays per account, that a classmate cannot turn into a lock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.accounts.counts import FORGOTTEN_AFTER, NONE_YET, Count
from jalon.accounts.lockout import (
    FREE_FAILURES,
    LONGEST_WAIT,
    AccountWaitsError,
    begin_attempt,
    wait_after,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_few_slips_cost_nothing() -> None:
    attempts = NONE_YET
    for _ in range(FREE_FAILURES):
        attempts = begin_attempt(attempts, NOW)
    with pytest.raises(AccountWaitsError) as refused:
        begin_attempt(attempts, NOW)
    assert refused.value.retry_after_s == 15


def test_a_clock_that_is_behind_makes_a_first_slip_wait_for_nothing() -> None:
    later = NOW + timedelta(milliseconds=5)
    assert begin_attempt(Count(1, later), NOW) == Count(2, NOW)


def test_the_wait_ends_and_the_next_one_is_longer() -> None:
    attempts = begin_attempt(Count(FREE_FAILURES, NOW), NOW + timedelta(seconds=15))
    assert attempts == Count(FREE_FAILURES + 1, NOW + timedelta(seconds=15))
    with pytest.raises(AccountWaitsError):
        begin_attempt(attempts, attempts.latest_at + timedelta(seconds=29))


def test_what_is_tried_during_a_wait_does_not_prolong_it() -> None:
    attempts = Count(FREE_FAILURES, NOW)
    for second in range(15):
        with pytest.raises(AccountWaitsError) as refused:
            begin_attempt(attempts, NOW + timedelta(seconds=second))
        assert refused.value.retry_after_s == 15 - second
    assert begin_attempt(attempts, NOW + timedelta(seconds=15)).times == FREE_FAILURES + 1


def test_nobody_waits_longer_than_the_ceiling_however_long_a_classmate_types() -> None:
    attempts, now, waits = NONE_YET, NOW, []
    for _ in range(500):
        try:
            attempts = begin_attempt(attempts, now)
        except AccountWaitsError as refused:
            waits.append(timedelta(seconds=refused.retry_after_s))
            now += waits[-1]
    assert max(waits) == LONGEST_WAIT


def test_a_day_without_failures_is_forgotten() -> None:
    assert begin_attempt(Count(40, NOW), NOW + FORGOTTEN_AFTER) == Count(1, NOW + FORGOTTEN_AFTER)


def test_an_attacker_has_some_300_tries_a_day() -> None:
    attempts, now, tries = NONE_YET, NOW, 0
    while now < NOW + timedelta(days=1):
        try:
            attempts = begin_attempt(attempts, now)
            tries += 1
        except AccountWaitsError as refused:
            now += timedelta(seconds=refused.retry_after_s)
    assert tries < 310


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_never_shrink(failures: int) -> None:
    assert timedelta(0) <= wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT
