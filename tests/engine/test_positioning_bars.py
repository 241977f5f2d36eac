"""The bars of the Bayesian positioning, on simulated pupils; ``python -m engine.simulate bars`` plays more of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.positioning_bars import TRIALS, Bar, Population, Trial, bars_of, try_all, try_bayes
from engine.simulate import main
from engine.tube_levels import BAYES


@pytest.fixture(scope="module")
def trials() -> dict[str, Trial]:
    """The trials on 150 pupils, but those of the rule itself, whose figures lie nearest to their bars, on 800."""
    found = try_all(150)
    return found | {f"bayes {guess}": try_bayes(Population(800, guess)) for guess in (0.05, 0.15)}


def test_every_bar_holds(trials: dict[str, Trial]) -> None:
    assert len(trials) == TRIALS
    timed = {"a choice, ms of CPU (median)"}
    bars = bars_of(trials)
    assert len(bars) == 16
    assert [bar for bar in bars if not bar.holds and bar.name not in timed] == []


def test_a_bar_is_missed_when_the_rule_is_worse(trials: dict[str, Trial]) -> None:
    """The bars can fail: with too short a test, with one that never ends, and when nothing is known of the noise."""
    hasty, endless = replace(BAYES, sure=0.85), replace(BAYES, sure=2.0)
    short, long = try_bayes(Population(60, 0.05), scheme=hasty), try_bayes(Population(60, 0.05), scheme=endless)
    missed = {bar.name for bar in bars_of(trials | {"bayes 0.05": short}) if not bar.holds}
    assert {"levels exact, guess 0.05", "levels within one, guess 0.05"} <= missed
    assert "mean questions, guess 0.05" in {bar.name for bar in bars_of(trials | {"bayes 0.05": long}) if not bar.holds}
    swapped = trials | {"wrong noise 0.15": replace(short, within_one=0.5), "as long 0.25": trials["classic 0.25"]}
    missed = {bar.name for bar in bars_of(swapped) if not bar.holds}
    assert "behind classic within one, noise assumed wrongly, guess 0.15" in missed
    assert "error over the classic rule's, as many questions, guess 0.25" in missed


@pytest.mark.parametrize("guess", [0.05, 0.15])
def test_what_the_answers_told_is_what_was_expected_and_near_the_capacity(trials: dict[str, Trial], guess: float) -> None:
    """The mean information density of an answer is the mutual information, when the rule's assumptions are true."""
    trial = trials[f"bayes {guess}"]
    assert trial.told == pytest.approx(trial.expected, abs=0.03)
    assert 0.9 * trial.capacity < trial.expected < trial.capacity
    assert trial.share_of_capacity == trial.told / trial.capacity
    assert trials[f"classic {guess}"].share_of_capacity is None
    assert trials[f"wrong noise {guess}"].share_of_capacity is None


def test_a_bar_holds_on_its_limit() -> None:
    assert Bar("", 0.8, 0.8).holds
    assert Bar("", 0.8, 0.8, at_most=True).holds
    assert not Bar("", 0.79, 0.8).holds
    assert not Bar("", 0.81, 0.8, at_most=True).holds


def test_the_command_writes_its_files_and_its_status_says_whether_all_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["bars", "--pupils", "4", "--out", str(tmp_path)])
    printed = capsys.readouterr()
    figures = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert json.loads(printed.out.splitlines()[-1]) == figures
    lines = printed.out.splitlines()[:-1]
    assert len(lines) == len(figures["bars"]) == 16
    assert status == (0 if all(bar["holds"] for bar in figures["bars"]) else 1)
    assert [line.startswith("holds") for line in lines] == [bar["holds"] for bar in figures["bars"]]
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<svg") == 6
    assert page.count(">holds<") + page.count(">missed<") == 16
    assert f"{72} of {72} pupils" in printed.err
