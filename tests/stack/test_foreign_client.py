"""A client that we did not write reads the API document, calls every route with what it allows and what it does not, and finds nothing.

Schemathesis makes the requests: the document's examples, every constraint met and broken once, then anything at all. No answer is a 5xx,
none breaks the document, nothing forbidden is taken, and no route is open that says it is guarded (docs/architecture.md, *Budgets*).
"""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.paths import ROOT
from tests.stack.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)
#: Who calls what: a school's administrator its school's routes, a pupil everything else.
CALLERS = {"admin": ("--include-path-regex", "^/v1/organisations"), "pupil": ("--exclude-path-regex", "^/v1/organisations")}
EXAMPLES = "2"


@pytest.mark.parametrize("who", CALLERS)
def test_a_client_that_knows_only_the_document_finds_nothing_wrong(played: Stack, who: str, tmp_path: Path) -> None:
    form = {"grant_type": "password", **played.record[who]}
    token = httpx.post(f"{played.up.api_url}/v1/oauth/token", data=form, timeout=60).raise_for_status().json()["access_token"]
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(Path(__file__).with_name("schemathesis.toml"))]
    command += ["run", str(ROOT / "docs" / "openapi.json"), "--url", played.up.api_url, "--header", f"Authorization: Bearer {token}"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1", "--no-shrink", "--continue-on-failure"]
    command += ["--checks", ",".join(CHECKS), "--suppress-health-check", "all", "--generation-database", "none", *CALLERS[who]]
    result = subprocess.run(
        command, cwd=tmp_path, env={"NO_COLOR": "1", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, _told(result.stdout + result.stderr)
    tested = re.search(r"Tested: (\d+)", result.stdout)
    assert tested is not None
    assert int(tested[1]) > 25


def _told(output: str) -> str:
    """What was found, without the requests' bodies, which may be long."""
    findings = output[output.find(" FAILURES ") :]
    return "\n".join(line[:300] for line in findings.splitlines() if line.strip())[:20_000]
