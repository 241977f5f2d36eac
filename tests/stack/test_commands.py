"""What the commands say when something is in the way, and that the edit loop serves the same API."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local import emulator, run
from local.deploy import account_environment
from local.dev import routes
from local.paths import HOME, ROOT
from local.running import Running
from local.stack import operator_client
from tests.stack.conftest import Stack
from tests.stack.make import command as make_command
from tests.stack.make import environment, make

#: Everything that builds artifacts or stands on the one stack runs in one worker.
pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_port_in_use_gets_a_sentence_that_says_what_to_do(taken_port: int) -> None:
    result = make("run", PORT=taken_port, SITE_PORT=emulator.free_port())
    assert result.returncode != 0
    assert f"Port {taken_port} is in use" in result.stdout
    assert "make stop" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_site_port_in_use_gets_one_too(taken_port: int) -> None:
    result = make("run", PORT=emulator.free_port(), SITE_PORT=taken_port)
    assert result.returncode != 0
    assert f"Port {taken_port} is in use" in result.stdout
    assert "SITE_PORT=" in result.stdout


def test_stopping_nothing_is_no_failure() -> None:
    if (HOME / "running.json").exists():
        pytest.skip("a `make run` is up in this folder; it is not this test's to stop")
    result = make("stop")
    assert (result.returncode, "Nothing is running" in result.stdout) == (0, True)


@pytest.mark.parametrize("target", ["dev", "logs", "command"])
def test_without_a_running_cloud_a_command_says_where_it_looked_and_what_to_do(target: str) -> None:
    port = emulator.free_port()
    result = make(target, PORT=port, NAME="answers.reconcile")
    assert result.returncode != 0
    assert f"port {port}" in result.stderr
    assert "make run" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_a_port_on_which_something_else_answers_is_no_running_cloud(taken_port: int) -> None:
    result = make("logs", PORT=taken_port)
    assert "make run" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_journey_with_nothing_up_here_says_what_it_needs() -> None:
    if (HOME / "running.json").exists():
        pytest.skip("a `make run` is up in this folder, and a journey would be played on it")
    result = make("journey")
    assert result.returncode != 0
    assert "make run" in result.stderr
    assert "JALON_OPERATOR_ID" in result.stderr


def test_operators_commands_are_listed_where_none_is_named_or_there_is_no_such_one() -> None:
    for name in ("", "answers.app"):
        result = make("command", STACK="nowhere", NAME=name)
        assert result.returncode != 0
        assert {"answers.reconcile", "erase_account.prove", "erase_account.repeat", "project_profiles.rebuild"} <= set(
            result.stderr.split()
        )


@pytest.mark.stack
def test_a_stack_that_is_not_there_is_said_not_to_be(stack: Stack) -> None:
    command = [sys.executable, "-m", "tools.in_stack", "--stack", "nowhere", "erase_account.repeat"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment() | account_environment(stack.up.cloud.endpoint), capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr.startswith("The stack nowhere cannot be read")


@pytest.mark.stack
def test_what_the_log_acknowledges_is_reconciled_with_the_table(played: Stack) -> None:
    """The two lines of docs/local.md: the log goes to the command as it is printed."""
    port = played.up.cloud.port
    log = make("logs", PORT=port, NAME="answers", ALL=1)
    assert log.returncode == 0, log.stderr
    result = make("command", PORT=port, NAME="answers.reconcile", given=log.stdout)
    assert result.returncode == 0, result.stdout + result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["acknowledged"] > 100
    assert (figures["lost"], figures["changed"]) == (0, 0)
    nothing = make("command", PORT=port, NAME="answers.reconcile", given="")
    assert nothing.returncode != 0
    assert "Nothing was compared" in nothing.stderr


@pytest.mark.stack
def test_each_operators_command_runs_as_it_is_documented(played: Stack) -> None:
    port, nobody = played.up.cloud.port, "usr_" + "0" * 32
    repeated = make("command", PORT=port, NAME="erase_account.repeat")
    assert (repeated.returncode, json.loads(repeated.stdout)["left"]) == (0, 0), repeated.stderr
    proof = make("command", PORT=port, NAME="erase_account.prove", ARGS=nobody)
    assert (proof.returncode != 0, json.loads(proof.stdout)) == (True, {}), proof.stderr
    rebuilt = make("command", PORT=port, NAME="project_profiles.rebuild", ARGS=f"--user {nobody}")
    assert json.loads(rebuilt.stdout) == {"profiles": 0, "unknown": [nobody], "failed": [], "go_on_after": None}, rebuilt.stderr


@pytest.mark.stack
def test_a_start_says_what_is_no_more_as_the_journey_left_it_and_stays_up(played: Stack, tmp_path: Path) -> None:
    """A run of its own folder, whose record names people that its tables have never heard of."""
    (tmp_path / "journey.json").write_text(json.dumps(played.record))
    folder = f"from pathlib import Path; folder = Path({str(tmp_path)!r})"
    moved = "run.CLOUD, run.JOURNEY, run.RUNNING = folder / 'cloud', folder / 'journey.json', folder / 'running.json'"
    started = f"raise SystemExit(run.run({emulator.free_port()}, {emulator.free_port()}))"
    command = [sys.executable, "-c", f"{folder}; from local import run; {moved}; {started}"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told: list[str] = []
        for line in process.stdout:
            told.append(line)
            if line.startswith("READY "):
                break
        assert told[-1].startswith("READY "), "".join(told)
        assert "✗ What the last journey made is not all there" in "".join(told)
        assert "`make journey`" in "".join(told)
        assert "operator's client" in "".join(told)
        api = told[-1].split()[1].removeprefix("api=")
        assert httpx.get(f"{api}/v1/me/profile", timeout=60).status_code == 401
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_the_bootstrap_names_the_pythons_it_can_use_when_there_is_none() -> None:
    environment = {"PATH": "/nonexistent"}
    result = subprocess.run(["/bin/sh", "tools/bootstrap.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0


def test_every_route_is_served_by_one_function() -> None:
    served = [(route.method, route.path) for route in routes()]
    assert len(served) == len(set(served)) > 40


@pytest.mark.stack
def test_a_first_journey_that_fails_leaves_what_the_functions_wrote(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API is asked for below a path that it has not; the functions' log is that of the stack all the same."""
    asked = httpx.post(f"{stack.up.api_url}/v1/oauth/token", data={"grant_type": "password", "username": "x", "password": "x"}, timeout=60)
    assert asked.status_code == 400
    monkeypatch.setattr(run, "JOURNEY", tmp_path / "journey.json")
    monkeypatch.setattr(run, "FAILED_JOURNEY", tmp_path / "failed.log")
    cloud = stack.up.cloud
    up = Running(os.getpid(), cloud.process.pid, cloud.port, 0, f"{stack.up.api_url}/nowhere", stack.up.site_url)
    with pytest.raises(run.RunError, match=re.escape(str(tmp_path / "failed.log"))):
        run._journey(up)
    assert "AccountsLogs: " in (tmp_path / "failed.log").read_text()
    assert not (tmp_path / "journey.json").exists()


@pytest.mark.stack
def test_make_dev_serves_the_same_api_in_one_process(stack: Stack) -> None:
    port = emulator.free_port()
    server = subprocess.Popen(
        make_command("dev", PORT=stack.up.cloud.port, DEV_PORT=port),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while not emulator.port_in_use(port):
            assert time.monotonic() < deadline, "`make dev` serves nothing after two minutes"
            assert server.poll() is None, "`make dev` ended while it was starting"
            time.sleep(0.2)
        assert httpx.get(f"{base}/v1/me/profile", timeout=60).status_code == 401
        assert httpx.get(f"{base}/v1/nothing", timeout=60).status_code == 404
        client_id, client_secret = operator_client(stack.up.cloud.endpoint)
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        token = httpx.post(f"{base}/v1/oauth/token", data=form, timeout=60).raise_for_status().json()["access_token"]
        refused = httpx.get(f"{base}/v1/me/profile", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    finally:
        os.killpg(server.pid, signal.SIGINT)  # as Ctrl-C does: make, the reloader and the server
        server.wait(60)
