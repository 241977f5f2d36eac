"""The benchmark's neutral interface on our engine, on a small bank: what the peers are measured against must itself be right."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks.engine import peers_js
from benchmarks.engine.adapter import MODES, Engine
from benchmarks.engine.measure import AtAbility, at_ability, measure, paired, quadrature_error, stateless_us, van_trees
from benchmarks.engine.peers import PEERS, NumpyGrid
from benchmarks.engine.plot import bias_and_coverage
from benchmarks.engine.reference import examinees, examinees_at, reference_bank
from benchmarks.engine.run import bars

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
    found = measure(Engine(BANK, "fixed32"), BANK, PEOPLE).quality
    assert (found.n, found.length) == (40, 32)
    assert found.mean_se > van_trees(BANK, None) * 0.9
    assert found.rmse < 0.35
    assert found.expected_rmse == pytest.approx(found.mean_se, rel=0.02)
    assert 32 / 640 <= found.overlap <= found.max_exposure <= 1


def test_examinees_of_one_ability_differ_only_in_their_luck() -> None:
    first, second = examinees_at(1.5, 2, 640)
    assert first.theta == second.theta == 1.5
    assert first.uniforms != second.uniforms


def test_engines_are_compared_examinee_by_examinee() -> None:
    mean, error = paired([0.1, -0.3, 0.2], [0.2, 0.1, -0.2])
    assert mean == pytest.approx((-0.03 + 0.08 + 0.0) / 3)
    assert error == pytest.approx((0.0194 / 18) ** 0.5, rel=1e-9)
    assert paired([0.1, 0.2], [-0.1, -0.2]) == (0.0, 0.0)


def test_the_quadrature_and_the_stateless_step_are_measured() -> None:
    engine = Engine(BANK, "fixed32")
    worst = quadrature_error(engine, BANK, PEOPLE[:2], fine=40)
    assert 0 < worst["end"] <= 1e-6
    assert worst["first_answers"] <= 1e-4
    microseconds, size = stateless_us(engine, BANK, PEOPLE[:3])
    assert microseconds > 0
    assert size == 2


def test_bias_and_coverage_by_ability_are_drawn() -> None:
    point = at_ability(Engine(BANK, "fixed32"), BANK, 2.0, 30)
    assert point.bias < 0.1
    assert 0.8 < point.coverage_95 <= 1
    drawn = bias_and_coverage("capacité <vraie>", [AtAbility(-1.0, 30, 0.05, 0.95, 0.0, 0.96), point])
    lines = [node for node in ET.fromstring(drawn).iter() if node.tag.endswith("polyline")]
    assert [len(line.attrib["points"].split()) for line in lines] == [2] * 4


def test_a_peer_plays_the_same_work_through_the_same_interface() -> None:
    pytest.importorskip("numpy")
    ours, theirs = (measure(engine(BANK, "fixed32"), BANK, PEOPLE[:10]) for engine in (Engine, NumpyGrid))
    assert theirs.quality.mean_se == pytest.approx(ours.quality.mean_se, rel=0.01)
    assert len({peer.name for peer in PEERS}) == len(PEERS)


def test_a_peer_that_is_not_here_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(peers_js.NotHereError, match="node"):
        peers_js.install()


def test_the_lock_of_jscat_names_no_registry() -> None:
    lock = json.loads((peers_js.HERE / "package-lock.json").read_text(encoding="utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)


def figures(**changes: Any) -> dict[str, Any]:
    quality = {
        "step_us": 17.0, "step_p99_us": 40.0, "rmse": 0.19, "bias": 0.0, "mean_se": 0.2, "coverage_95": 0.95, "max_exposure": 0.21,
        "overlap": 0.16, "length": 12.0, "levels_exact": 0.7, "levels_within_one": 0.999,
    }  # fmt: skip
    peer = quality | {"step_us": 2000.0, "squared_error_gap": 0.001, "squared_error_gap_error": 0.001}
    return {
        "fixed32": quality, "content16x2": [quality] * 3, "content16x2_rmse": 0.2, "stateless_us": 100, "bytes_per_answer": 2,
        "size_ratio": 1.0, "cold_start_ms": 5, "cold_start_mib": 2, "van_trees_fixed32": 0.189,
        "quadrature": {"first_answers": 0.0, "end": 0.0}, "stop_at_se_0.30": {"fixed32": quality, "content16x2": quality},
        "peers": {"catsim 1": peer},
    } | changes  # fmt: skip


def test_every_bar_can_be_missed() -> None:
    assert all(bars(figures()).values())
    bad = figures()["fixed32"] | {
        "step_us": 30.0, "step_p99_us": 130.0, "rmse": 0.2, "bias": 0.03, "mean_se": 0.21, "coverage_95": 0.9, "max_exposure": 0.23,
        "overlap": 0.18, "length": 16.0, "levels_exact": 0.6, "levels_within_one": 0.9,
    }  # fmt: skip
    missed = figures(
        fixed32=bad, content16x2=[figures()["fixed32"], bad], content16x2_rmse=0.21, stateless_us=300, bytes_per_answer=3,
        size_ratio=2.0, cold_start_ms=20, cold_start_mib=30, quadrature={"first_answers": 0.1, "end": 0.0},
        peers={"catsim 1": figures()["peers"]["catsim 1"] | {"squared_error_gap": 0.01}},
    ) | {"stop_at_se_0.30": {"fixed32": bad, "content16x2": bad}}  # fmt: skip
    assert not any(bars(missed).values())
