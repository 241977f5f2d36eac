"""The generator: the same everywhere, and fair."""

import pytest

from engine.chance import Chance


def test_the_sequence_is_the_published_one() -> None:
    """SplitMix64 from state 0 begins 16294208416658607535, 7960286522194355700, 487617019471545679."""
    chance = Chance(b"")
    chance._state = 0
    assert [chance.bits() for _ in range(3)] == [16294208416658607535, 7960286522194355700, 487617019471545679]


def test_the_fold_is_fnv_1a() -> None:
    assert Chance(b"foobar")._state == 0x85944171F73967E8


def test_purposes_give_different_sequences() -> None:
    firsts = {Chance(b"seed", purpose, number).bits() for purpose in ("a", "b") for number in range(50)}
    assert len(firsts) == 100


def test_draws_are_even() -> None:
    chance = Chance(b"even")
    counts = [0] * 7
    for _ in range(7_000):
        counts[chance.below(7)] += 1
    chi_square = sum((count - 1_000) ** 2 / 1_000 for count in counts)
    assert chi_square < 22.5  # p = 0.001 with 6 degrees of freedom
    assert 0.48 < sum(chance.uniform() for _ in range(5_000)) / 5_000 < 0.52


def test_shuffling_keeps_everything() -> None:
    assert sorted(Chance(b"s").shuffled(range(20))) == list(range(20))
    assert Chance(b"s").shuffled(range(20)) != list(range(20))


def test_nothing_cannot_be_drawn_from() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Chance(b"").choose([])
