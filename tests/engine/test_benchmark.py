"""The benchmark's neutral interface on our engine, on a small bank: what the peers are measured against must itself be right."""

import pytest

from benchmarks.engine.adapter import MODES, Engine
from benchmarks.engine.reference import examinees, reference_bank
from benchmarks.engine.run import measure, van_trees

BANK = reference_bank(640)
PEOPLE = examinees(40, 640)


def test_the_reference_work_is_the_same_whatever_is_asked_of_it() -> None:
    again = examinees(5, 640)
    assert [person.theta for person in again] == [person.theta for person in PEOPLE[:5]]
    assert again[4].uniforms == PEOPLE[4].uniforms
    assert reference_bank(640) == BANK


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="fixed32"):
        Engine(BANK, "free")
    assert MODES == ("fixed32", "content16x2")


def test_a_test_exported_at_any_moment_goes_on_as_it_would_have() -> None:
    engine = Engine(BANK, "fixed32")
    for number, person in enumerate(PEOPLE[:5]):
        engine.seed(number, person.picks)
        state = engine.start()
        while (item := engine.next(state)) is not None:
            again = engine.resume(engine.export(state))
            assert engine.next(again) == item
            assert engine.estimate(again) == engine.estimate(state)
            engine.answer(state, item, person.answers(BANK, item))
        assert len(engine.export(state)) == 1 + len(person.picks) + 2 * 32


def test_the_figures_measured_are_plausible() -> None:
    found = measure(Engine(BANK, "fixed32"), BANK, PEOPLE)
    assert (found.n, found.length) == (40, 32)
    assert found.mean_se > van_trees(BANK, None) * 0.9
    assert found.rmse < 0.35
    assert 32 / 640 <= found.overlap <= found.max_exposure <= 1
