"""Running ``make`` as a person does: nothing of the test's own environment comes along."""

import os
import subprocess
import sys

from local.paths import ROOT

#: What pytest, another make or somebody's cloud left in the environment.
_OURS = ("MAKE", "MFLAGS", "PYTHON", "PYTEST", "AWS_", "JALON_")


def environment() -> dict[str, str]:
    """A shell's environment with none of our modules on any path."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | {"PYTHONUNBUFFERED": "1"}


def make(target: str, *, given: str = "", patience_s: float = 120, **variables: object) -> subprocess.CompletedProcess[str]:
    """``make target NAME=value …`` to its end, with ``given`` on its standard input."""
    return subprocess.run(
        command(target, **variables),
        cwd=ROOT,
        env=environment(),
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience_s,
    )


def command(target: str, **variables: object) -> list[str]:
    """The command line, with the interpreter of this test for make's own, which is the same virtual environment's."""
    return ["make", "--no-print-directory", target, f"PY={sys.executable}", *(f"{name}={value}" for name, value in variables.items())]
