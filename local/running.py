"""The run that is up in this folder, by the note that it leaves: what every other command needs to know of it."""

import json
import os
from dataclasses import dataclass

from local import emulator
from local.paths import HOME

RUNNING = HOME / "running.json"
PORT = 4566
SITE_PORT = 4580


class NothingRunsError(RuntimeError):
    """The embedded cloud does not answer; the message says how to start it."""


@dataclass(frozen=True, slots=True)
class Running:
    """One run: its process and the emulator's, and where it answers."""

    pid: int
    emulator_pid: int
    port: int
    site_port: int
    api_url: str
    site_url: str

    def serves(self, base_url: str) -> bool:
        """Whether ``base_url`` is the address of this run's API."""
        return base_url.rstrip("/") == self.api_url


def running() -> Running | None:
    """The run that is up, or None."""
    try:
        found = Running(**json.loads(RUNNING.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if alive(found.pid) else None


def endpoint(port: int | None = None) -> str:
    """Where the embedded cloud answers: on ``port``, or where this folder's run is.

    Raises :class:`NothingRunsError` when nothing of ours answers there.
    """
    if port is None:
        present = running()
        port = present.port if present else PORT
    if not emulator.answers(port):
        raise NothingRunsError(
            f"The embedded cloud does not answer on port {port}: start it with `make run` in another terminal first. "
            "Beside a run of another folder, say where it is with PORT=…."
        )
    return emulator.endpoint(port)


def alive(pid: int) -> bool:
    """Whether a process with this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
