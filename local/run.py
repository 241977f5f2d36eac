"""``make run``: the whole system on this machine, from nothing to a finished journey, then up until Ctrl-C."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local import emulator, logs
from local.deploy import DeployError
from local.emulator import Emulator, EmulatorError
from local.journey.record import HERE as JOURNEY
from local.paths import HOME, ROOT
from local.progress import console
from local.running import RUNNING, Running, alive, running
from local.stack import StackError, bring_up, operator_client
from tools.artifact import BuildError
from tools.sources import python_environment

CLOUD = HOME / "cloud"
#: What the functions wrote during a journey that failed.
FAILED_JOURNEY = HOME / "failed-journey.log"


class RunError(RuntimeError):
    """The run cannot go on; the message is for the person at the keyboard."""


def run(port: int, site_port: int, *, play_journey: bool = True) -> int:
    """Start everything, play the journey, print where things are, and stay up. Returns the exit status."""
    try:
        with _everything(port, site_port) as up:
            if play_journey:
                _journey(up)
            _say_where(up)
            _wait()
    except (RunError, StackError, EmulatorError, DeployError, BuildError) as error:
        console.print(f"\n{error}", style="bold red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    return 0


@contextlib.contextmanager
def _everything(port: int, site_port: int) -> Iterator[Running]:
    """The whole system, with the note that `make stop` reads; stopped on the way out, however that is."""
    present = running()
    if present:
        raise RunError(f"Jalon already runs here (API at {present.api_url}). Stop it with `make stop`, or use it as it is.")
    for ending in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: a shell starts what runs in the background without it
        signal.signal(ending, _interrupt)
    with contextlib.ExitStack() as stack:
        up = stack.enter_context(bring_up(CLOUD, port, site_port, keep_state=True))
        RUNNING.write_text(json.dumps(asdict(Running(os.getpid(), up.cloud.process.pid, port, site_port, up.api_url, up.site_url))))
        stack.callback(lambda: RUNNING.unlink(missing_ok=True))
        threading.Thread(target=_watch, args=(up.cloud,), daemon=True).start()
        yield Running(os.getpid(), up.cloud.process.pid, port, site_port, up.api_url, up.site_url)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _watch(cloud: Emulator) -> None:
    """End the run when the emulator ends by itself (killed, out of memory): its data is on disk."""
    status = cloud.process.wait()
    if RUNNING.exists():
        console.print(f"\nThe embedded cloud ended (status {status}). `make run` brings it back with its data.")
        os.kill(os.getpid(), signal.SIGTERM)


def _journey(up: Running) -> None:
    """Play the journey the first time; later, read back what it made, which takes seconds.

    What is not as the journey left it is told, and hinders nothing: whoever goes on by hand changes it. A journey that fails ends
    the run, and leaves what the functions wrote.
    """
    if _finished_journey(JOURNEY):
        if not _played(up, "--read-back"):
            console.print(
                "  It was changed by hand since, or it was lost; the system is up all the same. `make logs` shows what the functions "
                "wrote, `make journey` plays the journey again and makes everything anew.",
                style="bold yellow",
                markup=False,
            )
    elif not _played(up):
        with FAILED_JOURNEY.open("w") as file:
            logs.write(logs.events(emulator.endpoint(up.port)), file)
        raise RunError(f"The journey failed; the line above says where. What the functions wrote is in {FAILED_JOURNEY}.")


def _played(up: Running, *options: str) -> bool:
    client_id, client_secret = operator_client(emulator.endpoint(up.port))
    command = [sys.executable, "-m", "local.journey", "--base-url", up.api_url, "--record", str(JOURNEY), *options]
    environment = python_environment() | {
        "JALON_OPERATOR_ID": client_id,
        "JALON_OPERATOR_SECRET": client_secret,
        "JALON_VERIFY_URL": f"{up.site_url}/v",
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def _finished_journey(record: Path) -> bool:
    try:
        return bool(json.loads(record.read_text())["passed"])
    except (OSError, ValueError, KeyError):
        return False


def _say_where(up: Running) -> None:
    made = json.loads(JOURNEY.read_text())["made"] if _finished_journey(JOURNEY) else {}
    cloud = emulator.endpoint(up.port)
    made |= {"operator's client": "  ".join(operator_client(cloud)), "mail that was sent": f"{cloud}/_ministack/ses/messages"}
    lines = [f"  {name:<20} {value}" for name, value in made.items()]
    # plain, so that a long address stays on its line and can be copied
    print("\n".join(["", "Go on by hand:", *lines, "  Ctrl-C stops everything.", ""]))
    print(f"READY api={up.api_url} verify={up.site_url}/v", flush=True)


def _wait() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def stop() -> int:
    """End the run that is up, if any, and an emulator it left behind."""
    present = running()
    if present is None:
        orphan = _orphan()
        console.print("Stopped the embedded cloud that an earlier run left behind." if orphan else "Nothing is running.")
        return 0
    os.kill(present.pid, signal.SIGTERM)
    for _ in range(300):
        if not alive(present.pid):
            console.print("Stopped.")
            return 0
        time.sleep(0.1)
    console.print(f"Process {present.pid} does not end; end it with: kill -9 {present.pid} {present.emulator_pid}")
    return 1


def _orphan() -> bool:
    """An emulator whose run was killed: it is found by the note the run left."""
    try:
        pid = int(json.loads(RUNNING.read_text())["emulator_pid"])
    except (OSError, ValueError, KeyError):
        return False
    RUNNING.unlink(missing_ok=True)
    command = Path(f"/proc/{pid}/cmdline")
    if not alive(pid) or (command.exists() and b"emulator_main.py" not in command.read_bytes()):
        return False
    os.kill(pid, signal.SIGTERM)
    return True
