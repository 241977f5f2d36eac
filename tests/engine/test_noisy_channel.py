"""The noisy channel: its capacity is the most that any question can tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.noisy_channel import capacity, entropy, gain

noise = st.floats(0, 0.49)


@given(st.floats(0, 1), noise, noise)
def test_no_question_tells_more_than_the_capacity(known: float, slip: float, guess: float) -> None:
    assert 0 <= gain(known, slip, guess) <= capacity(slip, guess) + 1e-9


@pytest.mark.parametrize("guess", [0.0, 0.05, 0.15, 0.25, 0.4])
@pytest.mark.parametrize("slip", [0.0, 0.1, 0.3])
def test_the_capacity_is_reached_by_some_question(slip: float, guess: float) -> None:
    best = max(gain(step / 10_000, slip, guess) for step in range(10_001))
    assert best == pytest.approx(capacity(slip, guess), abs=1e-7)


@given(noise)
def test_a_symmetric_channel_has_the_textbook_capacity(noise: float) -> None:
    assert capacity(noise, noise) == pytest.approx(1 - entropy(noise), abs=1e-9)


def test_the_z_channel_has_the_textbook_capacity() -> None:
    """Half of the ones are lost: log₂(5/4) (Cover and Thomas, 2006, problem 7.8)."""
    assert capacity(0.5, 0.0) == pytest.approx(0.32192809488736)


@pytest.mark.parametrize(("slip", "guess"), [(0.5, 0.5), (0.9, 0.2), (-0.1, 0.1), (0.1, -0.1)])
def test_a_channel_that_tells_nothing_or_lies_is_refused(slip: float, guess: float) -> None:
    with pytest.raises(ValueError, match="less than one"):
        capacity(slip, guess)
