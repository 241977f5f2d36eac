"""Starting and stopping the embedded cloud (ministack) as a child process bound to 127.0.0.1."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from local.paths import EMULATOR_PYTHON, ROOT

HOST = "127.0.0.1"
REGION = "eu-west-3"
ACCOUNT = "000000000000"
START_LIMIT_S = 60


class EmulatorError(RuntimeError):
    """The embedded cloud cannot run; the message says what to do."""


@dataclass(slots=True)
class Emulator:
    """A running emulator: its process and its endpoint."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def endpoint(self) -> str:
        return endpoint(self.port)

    def stop(self, patience_s: float = 20) -> None:
        """Ask it to save its state and leave; insist after ``patience_s``."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def endpoint(port: int) -> str:
    """The address of the emulator that listens on ``port``."""
    return f"http://{HOST}:{port}"


def answers(port: int) -> bool:
    """Whether an emulator answers on ``port``."""
    try:
        with urllib.request.urlopen(f"{endpoint(port)}/_ministack/health", timeout=1):
            return True
    except (OSError, HTTPException):
        return False


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_in_use(port: int) -> bool:
    """Whether something on this machine already listens on ``port``."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def start(port: int, work_dir: Path, *, keep_state: bool, enforce_roles: bool = True) -> Emulator:
    """Start the emulator and wait until it answers.

    ``work_dir`` holds its state (when ``keep_state``), its objects, its temporary files and ``emulator.log``.
    ``enforce_roles`` makes it check each function's role, as the real cloud does.
    Raises :class:`EmulatorError` when the port is taken, the virtual environment is missing or it does not come up.
    """
    if not EMULATOR_PYTHON.exists():
        raise EmulatorError("The embedded cloud is not installed yet: run `make setup`, then try again.")
    if port_in_use(port):
        raise EmulatorError(
            f"Port {port} is in use, perhaps by an earlier run: `make stop` ends it, or choose another with `make run PORT={port + 100}`."
        )
    for name in ("state", "s3", "tmp"):
        (work_dir / name).mkdir(parents=True, exist_ok=True)
    keep = "1" if keep_state else "0"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")} | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "PERSIST_STATE": keep,
        "STATE_DIR": str(work_dir / "state"),
        "S3_PERSIST": keep,
        "S3_DATA_DIR": str(work_dir / "s3"),
        "TMPDIR": str(work_dir / "tmp"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "3600",
        "LOG_LEVEL": os.environ.get("JALON_EMULATOR_LOG", "WARNING"),
        "PYTHONUNBUFFERED": "1",
        "AUTH": "true" if enforce_roles else "false",
    }
    with (work_dir / "emulator.log").open("ab") as log:
        process = subprocess.Popen(
            [str(EMULATOR_PYTHON), str(ROOT / "local" / "emulator_main.py")],
            env=environment,
            cwd=work_dir,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    emulator = Emulator(process, port)
    _wait_until_ready(emulator, work_dir / "emulator.log")
    return emulator


def _wait_until_ready(emulator: Emulator, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if emulator.process.poll() is not None:
            raise EmulatorError(f"The embedded cloud stopped while starting; its last words are in {log}. `make clean` starts afresh.")
        if answers(emulator.port):
            return
        time.sleep(0.05)
    emulator.stop()
    raise EmulatorError(f"The embedded cloud did not answer within {START_LIMIT_S} s; see {log}.")
