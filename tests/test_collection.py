"""What a worker collects: the workers of a run, and the runs of a commit, must agree on every test's name."""

import os
import subprocess
import sys

import pytest

SECONDS = 240


def test_a_test_is_called_the_same_whenever_and_wherever_it_is_collected(request: pytest.FixtureRequest) -> None:
    """A parameter taken from the clock, from a random source or from a set's order would give each worker tests of its own."""
    session = request.session
    here = {item.nodeid.partition("@")[0] for item in session.items}
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", *session.config.args],
        cwd=session.config.rootpath,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {"PYTHONHASHSEED": "20261122"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert again.returncode == 0, again.stdout[-2_000:]
    assert here <= set(again.stdout.splitlines()), sorted(here - set(again.stdout.splitlines()))
