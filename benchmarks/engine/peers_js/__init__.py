"""jsCAT, where node and npm are: installed from the lock file beside this module, driven over stdin and stdout.

jsCAT asks for a fork of optimization-js by its repository, which npm fetches with git. ``package.json`` puts the published package in
its place, without its tools to build and document it: only the maximum-likelihood estimate uses it, and the benchmark takes EAP.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.engine.adapter import CalibratedBank

HERE = Path(__file__).parent
FOLDER = Path(".jalon/benchmarks/jscat")


class NotHereError(Exception):
    """Why the peer cannot run on this machine."""


def install() -> str:
    """Install jsCAT if need be and return its version; raises :class:`NotHereError`."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NotHereError("node and npm are not here")
    installed = FOLDER / "node_modules/@bdelab/jscat/package.json"
    lock = (HERE / "package-lock.json").read_bytes()
    if not installed.exists() or (FOLDER / "package-lock.json").read_bytes() != lock:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", "jscat.mjs"):
            shutil.copyfile(HERE / name, FOLDER / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=120)  # noqa: S603 - fixed arguments
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise NotHereError(f"npm could not install it ({type(error).__name__})") from error
    shutil.copyfile(HERE / "jscat.mjs", FOLDER / "jscat.mjs")
    return str(json.loads(installed.read_text(encoding="utf-8"))["version"])


class JsCat:
    """jsCAT's ``MFI`` and ``EAP`` with an N(0, 1) prior. A step is timed inside Node, so the pipe costs it nothing."""

    def __init__(self, bank: CalibratedBank, mode: str) -> None:
        if mode != "fixed32":
            raise NotImplementedError("jsCAT does not balance content")
        self.step_ns = 0
        self._process = subprocess.Popen(  # noqa: S603 - fixed arguments
            [shutil.which("node") or "node", "jscat.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask({"a": list(bank.a), "b": list(bank.b)})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise NotHereError("node was not started")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise NotHereError("node stopped")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def seed(self, examinee: int, picks: bytes = b"") -> None:
        """Nothing is drawn here."""

    def start(self) -> dict[str, Any]:
        return {**self._ask({"start": True}), "asked": 0}

    def next(self, state: dict[str, Any]) -> int | None:
        return None if state["asked"] >= 32 else int(state["next"])

    def answer(self, state: dict[str, Any], item: int, x: bool) -> None:
        state.update(self._ask({"item": item, "right": int(x)}), asked=state["asked"] + 1)
        self.step_ns = state["ns"]

    def estimate(self, state: dict[str, Any]) -> tuple[float, float]:
        return state["theta"], state["se"]

    def close(self) -> None:
        """End the Node process."""
        self._process.communicate(timeout=10)
