"""What a worker collects: the workers of a run, and the runs of a commit, must agree on every test's name."""

import os
import subprocess
import sys

import pytest

#: Ends a collection that hangs; a machine that is busy with other things takes minutes.
SECONDS = 1_800


def test_a_test_is_called_the_same_whenever_and_wherever_it_is_collected(request: pytest.FixtureRequest) -> None:
    """A parameter taken from the clock, from a random source or from a set's order would give each worker tests of its own."""
    session = request.session
    here = {_nodeid(item) for item in session.items}
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


def _nodeid(item: pytest.Item) -> str:
    """Without the group that pytest-xdist writes behind the name on its workers."""
    return item.nodeid.removesuffix("@" + "_".join(str(mark.args[0]) for mark in item.iter_markers("xdist_group")))
