"""What the commands say when something is in the way, and that the edit loop serves the same API."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from local import emulator
from local.dev import routes
from local.paths import HOME, ROOT
from local.stack import python_environment
from tests.stack.conftest import Stack

#: Everything that builds artifacts or stands on the one stack runs in one worker.
pytestmark = pytest.mark.xdist_group("stack")


def _local(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local", *arguments]
    return subprocess.run(command, cwd=ROOT, env=python_environment(), capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_port_in_use_gets_a_sentence_that_says_what_to_do(taken_port: int) -> None:
    result = _local("run", "--port", str(taken_port), "--site-port", str(emulator.free_port()))
    assert result.returncode == 1
    assert f"Port {taken_port} is in use" in result.stdout
    assert "make stop" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_site_port_in_use_gets_one_too(taken_port: int) -> None:
    result = _local("run", "--port", str(emulator.free_port()), "--site-port", str(taken_port))
    assert result.returncode == 1
    assert f"Port {taken_port} is in use" in result.stdout
    assert "SITE_PORT=" in result.stdout


def test_stopping_nothing_is_no_failure() -> None:
    if (HOME / "running.json").exists():
        pytest.skip("a `make run` is up in this folder; it is not this test's to stop")
    result = _local("stop")
    assert (result.returncode, "Nothing is running" in result.stdout) == (0, True)


def test_dev_without_a_running_cloud_says_so() -> None:
    result = _local("dev", "--port", str(emulator.free_port()))
    assert result.returncode == 1
    assert "make run" in result.stdout


def test_the_bootstrap_names_the_pythons_it_can_use_when_there_is_none() -> None:
    environment = {"PATH": "/nonexistent"}
    result = subprocess.run(["/bin/sh", "tools/bootstrap.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0


def test_every_route_is_served_by_one_function() -> None:
    served = [(route.method, route.path) for route in routes()]
    assert len(served) == len(set(served)) > 40


@pytest.mark.stack
def test_make_dev_serves_the_same_api_in_one_process(stack: Stack) -> None:
    port = emulator.free_port()
    command = [sys.executable, "-m", "local", "dev", "--port", str(stack.up.cloud.port), "--dev-port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=python_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 40
        while not emulator.port_in_use(port) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert httpx.get(f"{base}/v1/me/profile", timeout=30).status_code == 401
        assert httpx.get(f"{base}/v1/nothing", timeout=30).status_code == 404
        client_id, client_secret = stack.environment()["JALON_OPERATOR_ID"], stack.environment()["JALON_OPERATOR_SECRET"]
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        token = httpx.post(f"{base}/v1/oauth/token", data=form, timeout=30).raise_for_status().json()["access_token"]
        refused = httpx.get(f"{base}/v1/me/profile", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    finally:
        server.terminate()
        server.wait(10)
