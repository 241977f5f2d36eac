"""The release: the published content itself, complete, readable by the engine and the same at every build."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.content import DISCOVERY, Release
from engine.jalon_2pl import prices_of
from tests.content.examples import CONTENT, folder, small_release, tube
from tools.content import release, show, statistics
from tools.content.__main__ import main
from tools.content.compiling import compile_source
from tools.content.lint import findings_of
from tools.content.model import Compiled
from tools.content.reading import read_source

ROOT = CONTENT.parent


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_source(read_source(CONTENT))


@pytest.fixture(scope="module")
def bundles(compiled: Compiled) -> release.Bundles:
    return release.bundle(compiled)


def test_the_published_content_has_no_finding() -> None:
    assert findings_of(read_source(CONTENT)).listed == ()


def test_its_breadth_is_what_schools_were_promised(compiled: Compiled, bundles: release.Bundles) -> None:
    counted = statistics.figures(compiled, bundles, 0)
    assert counted["competences"] == 16
    assert counted["tubes"] >= 64
    assert counted["skills"] >= 400
    assert counted["challenges"] >= 2 * counted["skills"]
    assert counted["attachments"] >= 40
    assert counted["focus"] >= 30
    assert counted["timed"] >= 30
    assert counted["english"] >= 60
    assert counted["simplified"] >= 40
    assert counted["low_guess_share"] >= 2 / 3
    assert counted["bytes_public_gzip"] + counted["bytes_solutions_gzip"] <= release.MAX_BYTES
    assert set(counted["types"]) == {"QCU", "QCM", "QROC", "QROCM-ind", "QROCM-dep"}


def test_the_discovery_tests_hold_the_skills_of_the_domain(bundles: release.Bundles) -> None:
    opened = Release.from_bundles(bundles.public, bundles.solutions)

    def levels(profile: str) -> list[tuple[str, int]]:
        return sorted((opened.skills[i].competence, opened.skills[i].level) for i in opened.target_profile(profile).skills)

    assert levels("discovery") == [
        ("1.1", 1),
        ("1.1", 4),
        ("1.1", 6),
        ("1.3", 5),
        ("2.2", 3),
        ("3.1", 2),
        ("3.1", 4),
        ("3.4", 5),
        ("4.2", 3),
    ]
    assert levels("smartphone-tablet") == [("1.1", 1), ("1.3", 3), ("2.2", 3), ("3.1", 2), ("3.2", 1), ("4.2", 4)]
    assert {profile.id for profile in opened.target_profiles if profile.kind == DISCOVERY} == {"discovery", "smartphone-tablet"}


def test_every_test_of_the_content_is_offered_in_french_and_in_simple_french_and_none_half_in_english(bundles: release.Bundles) -> None:
    """docs/content.md, « Langues » : no competence and no parcours is written in English throughout."""
    opened = Release.from_bundles(bundles.public)
    assert opened.locales == ("en", "fr", "fr-FR", "fr-simple")
    targets = [opened.competence_skills(competence.code) for competence in opened.competences]
    for target in [*targets, *(profile.skills for profile in opened.target_profiles)]:
        assert opened.offered_locales(target) == ("fr", "fr-FR", "fr-simple")
    simple = [
        skill.index
        for skill in opened.skills
        if opened.challenges[opened.playable_challenges(skill.index, "fr-simple")[0]].locale == "fr-simple"
    ]
    assert len(simple) >= 40


def test_no_solution_is_in_the_public_bundle(bundles: release.Bundles) -> None:
    public = json.loads(gzip.decompress(bundles.public))
    for challenge in public["challenges"]:
        for variant in challenge["variants"]:
            assert set(variant) <= {"instruction", "fields", "choices", "attachments", "images"}
            assert all(set(field) <= {"id", "label", "kind", "options"} for field in variant.get("fields", []))


@pytest.mark.parametrize("seed", ["0", "123"])
def test_the_same_content_gives_the_same_bytes_in_another_process(tmp_path: Path, bundles: release.Bundles, seed: str) -> None:
    command = [sys.executable, "-m", "tools.content", "build", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
    folder = tmp_path / "releases" / bundles.version
    assert (folder / "public.json.gz").read_bytes() == bundles.public
    assert (folder / "solutions.json.gz").read_bytes() == bundles.solutions
    assert (folder / "outline.json.gz").read_bytes() == release.outline_of(bundles.public)
    assert json.loads((tmp_path / "releases/current.json").read_text()) == {"version": bundles.version}
    for file in bundles.attachments:
        assert (folder / "attachments" / file.sha256 / file.name).read_bytes() == file.body


def test_a_build_writes_the_prices_of_its_release_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, out = small_release(tmp_path / "content"), tmp_path / "out"
    assert main(["--content", str(content), "build", "--out", str(out)]) == 0
    (built,) = (path.parent for path in out.rglob("public.json.gz"))
    assert not (built / "prices.json").exists()
    public = (built / "public.json.gz").read_bytes()
    capsys.readouterr()
    assert main(["--content", str(content), "build", "--out", str(out), "--prices", "40"]) == 0
    printed = capsys.readouterr()
    assert "settling, round 1 of 40" in printed.err
    assert json.loads(printed.out.splitlines()[-1])["version"] == built.name
    assert (built / "public.json.gz").read_bytes() == public
    carried = json.loads((built / "prices.json").read_text(encoding="utf-8"))
    assert carried["release"] == built.name
    assert carried["prices"]
    assert carried["prices"] == {
        challenge: pytest.approx(price, abs=1e-6)
        for challenge, price in prices_of(Release.from_bundles(public), "fr", examinees=40).items()
    }


def test_a_build_that_is_refused_has_no_prices(tmp_path: Path) -> None:
    assert main(["--content", str(folder(tmp_path / "content", tube())), "build", "--out", str(tmp_path / "out"), "--prices", "40"]) == 1
    assert not (tmp_path / "out").exists()


def test_gzip_headers_tell_nothing(bundles: release.Bundles) -> None:
    assert bundles.public[:10] == bytes.fromhex("1f8b0800000000 0002ff".replace(" ", ""))


def test_show_writes_a_page_per_challenge(tmp_path: Path, compiled: Compiled) -> None:
    chosen = show.choose(compiled, ["formules-3", "veille"], 2)
    show.write(compiled, chosen, tmp_path, with_solutions=True)
    page = (tmp_path / "formules-3-b.html").read_text(encoding="utf-8")
    assert "Juste" in page
    assert "<table>" in page


def test_the_last_line_of_stats_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats"]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert json.loads(lines[-1])["findings"] == 0
    assert lines[0].startswith("competence")


def test_an_unreadable_folder_is_said_not_thrown(tmp_path: Path) -> None:
    assert main(["--content", str(tmp_path), "lint"]) == 2
