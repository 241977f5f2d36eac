"""The journey passes on the deployed stack, again without a reset, and says what it measured."""

import json
from types import SimpleNamespace

import httpx
import pytest

from local.journey import verification
from tests.stack.conftest import PUPILS, SCHOOLS, Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
STEPS = 16


def test_the_journey_passes_and_passes_again_without_a_reset(played: Stack) -> None:
    again = played.journey("--pupils", PUPILS, "--uai", SCHOOLS[1])
    assert again.returncode == 0, again.stdout + again.stderr
    lines = again.stdout.strip().splitlines()
    assert [line[0] for line in lines[:-1]] == ["✓"] * STEPS
    figures = json.loads(lines[-1])
    assert figures.keys() == {"steps", "requests", "answers", "errors", "p50_ms", "p99_ms", "seconds"}
    assert (figures["steps"], figures["errors"]) == (STEPS, 0)
    assert figures["requests"] > figures["answers"] > 100


def test_what_a_journey_made_can_be_read_back(played: Stack) -> None:
    result = played.journey("--read-back")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "a genuine and a revoked certificate" in result.stdout


def test_where_no_browser_is_installed_independent_libraries_check_the_same_objects(played: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    story = SimpleNamespace(certificate=played.record["certificate"], revoked=played.record["revoked"], verify_url=played.verify_url)
    assert "no browser is installed here" in verification.verify(story)
    library = verification.Library(played.up.site_url)
    assert library.check({"code": "P-222222222222", "birth_date": "2010-01-01"}) == "unknown"
    assert library.check({"token": "A" * 240}) == "altered"


def test_reading_back_notices_what_is_missing(played: Stack) -> None:
    record = played.record
    kept = (played.folder / "journey.json").read_text()
    try:
        (played.folder / "journey.json").write_text(json.dumps(record | {"pix": record["pix"] + 1}))
        result = played.journey("--read-back")
    finally:
        (played.folder / "journey.json").write_text(kept)
    assert result.returncode == 1
    assert "pix" in result.stdout


def test_a_journey_against_nothing_fails_with_a_sentence(played: Stack) -> None:
    command = [part if part != played.up.api_url else "http://127.0.0.1:9" for part in played.command()]
    import subprocess

    from local.paths import ROOT

    result = subprocess.run(command, cwd=ROOT, env=played.environment(), capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "✗ A school activates its space" in result.stdout
    assert json.loads(result.stdout.strip().splitlines()[-1])["steps"] == 0


def test_no_solution_no_ticket_and_no_name_is_in_a_log(played: Stack) -> None:
    from local import logs

    record = played.record
    lines = [line for _, _, line in logs.events(played.up.cloud.endpoint)]
    assert len(lines) > 100
    secrets = [record["pupil"]["password"], record["admin"]["password"], record["certificate"]["code"], record["certificate"]["token"]]
    with httpx.Client(timeout=60) as http:
        api = played.api(http)
        me = api.signed_in(api.token_for(grant_type="password", **record["pupil"])).get("/v1/me")
    secrets += [me["last_name"], record["pupil"]["username"]]
    for secret in secrets:
        assert not [line for line in lines if secret in line], secret
