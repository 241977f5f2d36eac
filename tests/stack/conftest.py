"""The deployed stack: the real template on an emulator that keeps its data and enforces roles, once per test run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import emulator
from local.journey.api import Api, Meter
from local.journey.contract import contract
from local.paths import CONTENT_RELEASE, ROOT
from local.stack import Up, bring_up, operator_client
from tests.outlived import ends_with_this_run
from tools.sources import python_environment

#: Enough for every role of the journey; `make run` plays it with twenty-four.
PUPILS = "8"
#: Schools whose first pupils know enough for nearly all to be certified: what is done with certificates finds some in every run.
SCHOOLS = ("9983199D", "9946730N")


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that stands, and how to play the journey on it."""

    up: Up
    folder: Path

    @property
    def verify_url(self) -> str:
        return f"{self.up.site_url}/v"

    @property
    def record(self) -> dict[str, Any]:
        """What the last journey made."""
        found: dict[str, Any] = json.loads((self.folder / "journey.json").read_text())
        return found

    def environment(self) -> dict[str, str]:
        client_id, client_secret = operator_client(self.up.cloud.endpoint)
        return python_environment() | {
            "JALON_OPERATOR_ID": client_id,
            "JALON_OPERATOR_SECRET": client_secret,
            "JALON_VERIFY_URL": self.verify_url,
        }

    def command(self, *options: str) -> list[str]:
        command = [sys.executable, "-m", "local.journey", "--base-url", self.up.api_url, "--release", str(CONTENT_RELEASE)]
        return [*command, "--record", str(self.folder / "journey.json"), *options]

    def journey(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*options), cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)

    def api(self, http: httpx.Client) -> Api:
        return Api(self.up.api_url, contract(), Meter(), http)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with (
        bring_up(folder / "cloud", emulator.free_port(), emulator.free_port(), keep_state=True) as up,
        ends_with_this_run(up.cloud.process.pid),
    ):
        yield Stack(up, folder)


@pytest.fixture(scope="session")
def played(stack: Stack) -> Stack:
    """The stack after one journey that passed."""
    result = stack.journey("--pupils", PUPILS, "--uai", SCHOOLS[0])
    assert result.returncode == 0, result.stdout + result.stderr + _function_errors(stack)
    return stack


def _function_errors(stack: Stack) -> str:
    from local import logs

    lines = [line for _, _, line in logs.events(stack.up.cloud.endpoint) if '"ERROR"' in line or "Traceback" in line]
    return "\n" + "\n".join(lines[-5:])


os.environ.setdefault("AWS_DEFAULT_REGION", emulator.REGION)
