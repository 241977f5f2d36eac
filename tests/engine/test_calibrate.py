"""Calibration: known parameters come back, their errors are true, misfits are seen, bad files are named."""

import csv
import json
from math import exp, sqrt
from pathlib import Path

import pytest

from benchmarks.engine.instruments import correlation, known_items, recovery
from engine.calibrate import Calibrated, calibrate, main
from engine.chance import Chance
from engine.exposure import normal

ITEMS, CANDIDATES = 60, 1_500
TRUE = known_items(b"calibrate", ITEMS)


def answers(candidates: int = CANDIDATES, per_candidate: int = 40) -> list[tuple[str, str, bool]]:
    """Each candidate answers ``per_candidate`` of the items: 1 000 answers an item. Item 59 follows no model at all."""
    chance, given = Chance(b"answers"), []
    for number in range(candidates):
        theta = normal(chance)
        for item in chance.shuffled(range(ITEMS))[:per_candidate]:
            a, d = TRUE[item]
            right = 1 / (1 + exp(a * (d - theta)))
            if item == ITEMS - 1:
                right = 0.9 if abs(theta) < 0.7 else 0.15
            given.append((f"c{number}", f"i{item}", chance.uniform() < right))
    return given


@pytest.fixture(scope="module")
def found() -> dict[int, Calibrated]:
    return {int(one.item[1:]): one for one in calibrate(answers(), turns=40)}


def test_known_parameters_come_back_from_a_thousand_answers_an_item(found: dict[int, Calibrated]) -> None:
    regular = range(ITEMS - 1)
    assert min(found[i].answers for i in regular) > 900
    assert correlation([TRUE[i][1] for i in regular], [found[i].difficulty for i in regular]) >= 0.95
    assert correlation([TRUE[i][0] for i in regular], [found[i].discrimination for i in regular]) >= 0.85


def test_the_bars_hold_on_other_items_too() -> None:
    difficulty, discrimination = recovery(1)
    assert difficulty >= 0.95
    assert discrimination >= 0.85


def test_the_standard_errors_are_true(found: dict[int, Calibrated]) -> None:
    regular = range(ITEMS - 1)
    for gaps in (
        [(found[i].discrimination - TRUE[i][0]) / found[i].discrimination_error for i in regular],
        [(found[i].difficulty - TRUE[i][1]) / found[i].difficulty_error for i in regular],
    ):
        assert 0.7 < sqrt(sum(gap * gap for gap in gaps) / len(gaps)) < 1.35


def test_an_item_that_follows_no_model_is_flagged_and_the_others_are_not(found: dict[int, Calibrated]) -> None:
    assert "poor_fit" in found[ITEMS - 1].flags
    assert not any("poor_fit" in found[i].flags for i in range(ITEMS - 1))


def test_few_answers_are_flagged_and_an_item_everybody_gets_right_stays_finite() -> None:
    given = [(f"c{n}", f"i{item}", item == 0 or (n + item) % 3 > 0) for n in range(60) for item in range(5)]
    first = calibrate(given, turns=15)[0]
    assert first.share_right == pytest.approx(1.0)
    assert "few_answers" in first.flags
    assert -40 < first.difficulty < 0


def test_the_scale_of_the_population_may_be_chosen() -> None:
    given = answers(150)
    plain, scaled = calibrate(given, turns=5), calibrate(given, turns=5, mean=1.0, deviation=2.0)
    for one, other in zip(plain, scaled, strict=True):
        assert other.difficulty == pytest.approx(1 + 2 * one.difficulty)
        assert other.discrimination == pytest.approx(one.discrimination / 2)


def test_the_command_reads_and_writes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "answers.csv", tmp_path / "parameters.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["candidate", "item", "right"])
        rows.writerows([candidate, item, int(right)] for candidate, item, right in answers(60))
    assert main([str(source), "--out", str(target), "--turns", "3"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["items"] == ITEMS
    with target.open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert len(written) == ITEMS
    assert "few_answers" in written[0]["flags"]


@pytest.mark.parametrize(
    ("text", "said"), [("a,b\n1,2\n", "header"), ("candidate,item,right\nc,i,yes\n", "line 2"), ("candidate,item,right\n", "no answer")]
)
def test_a_file_that_cannot_be_used_is_named(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "answers.csv"
    source.write_text(text, encoding="utf-8")
    assert main([str(source), "--out", str(tmp_path / "out.csv")]) == 2
    assert said in capsys.readouterr().err
    assert main([str(tmp_path / "nowhere.csv")]) == 2
