"""The simulator: every scheme runs, the files are there and true, and the same seed gives the same run."""

import csv
import json
from pathlib import Path

import pytest

from engine.simulate import SCHEMES, main, simulate, summary
from engine.synthetic import synthetic_release

RELEASE = synthetic_release(tubes=3, levels=7, per_skill=3)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_scheme_plays_and_finds_the_pupils(scheme: str) -> None:
    pupils = 6 if scheme in {"positioning", "bayes"} else 12
    tests = simulate(RELEASE, scheme, pupils, mean=1.0)
    assert tests == simulate(RELEASE, scheme, pupils, mean=1.0)
    figures = summary(RELEASE, scheme, tests)
    assert figures["pupils"] == pupils
    bound = 0.8 if figures["unit"] == "theta" else 200
    assert isinstance(figures["rmse"], float)
    assert figures["rmse"] < bound
    assert all(len(set(test.challenges)) == len(test.challenges) for test in tests)


def test_the_files_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jalon-2pl", "--pupils", "8", "--out", str(tmp_path / "run")]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1]) == json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))
    assert "8 of 8 pupils" in printed.err
    with (tmp_path / "run" / "pupils.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert all(len(row["challenges"].split()) == 32 for row in rows)
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert page.count("<svg") == 4
    assert "NaN" not in page


def test_the_report_of_the_bayesian_positioning_shows_the_capacity_of_the_channel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bayes", "--pupils", "3", "--out", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0 < figures["information_per_question_bits"] < figures["channel_capacity_bits"] < 1
    share = figures["information_per_question_bits"] / figures["channel_capacity_bits"]
    assert figures["share_of_capacity"] == pytest.approx(share)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<svg") == 5
    assert "capacity of the channel" in page
    assert "share_of_capacity" in page


def test_nobody_cannot_be_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["profile", "--pupils", "0"])
    assert "at least one pupil" in capsys.readouterr().err


@pytest.mark.parametrize("written", [None, b"not a release"])
def test_a_release_that_cannot_be_read_is_named(tmp_path: Path, written: bytes | None, capsys: pytest.CaptureFixture[str]) -> None:
    release = tmp_path / "public.json.gz"
    if written is not None:
        release.write_bytes(written)
    with pytest.raises(SystemExit) as ended:
        main(["profile", "--pupils", "1", "--release", str(release), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert str(release) in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
