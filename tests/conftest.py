"""What every test may ask for."""

import functools
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import hypothesis
import pytest

from local import emulator as local_emulator
from tests import cloud as test_cloud

# Every test has sessions of its own, for its own account; the SDK's service descriptions they read are the same.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

# How long an example takes says nothing about the code while other tests run beside it; benchmarks measure.
hypothesis.settings.register_profile("jalon", deadline=None)
hypothesis.settings.load_profile("jalon")

#: The groups that take longest, because their parts wait for a deployed system or a browser: begun last, they would end alone.
BEGUN_FIRST = ("stack", "browser", "erasure")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module run in order on one worker, which makes what they share once; the longest groups begin first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))
    items.sort(key=lambda item: _turn(_group(item)))


def _group(item: pytest.Item) -> str:
    return next(str(mark.args[0]) for mark in item.iter_markers("xdist_group"))


def _turn(group: str) -> int:
    return BEGUN_FIRST.index(group) if group in BEGUN_FIRST else len(BEGUN_FIRST)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an emulator started for this test run; it keeps nothing."""
    work_dir = Path(tmp_path_factory.mktemp("emulator"))
    running = local_emulator.start(local_emulator.free_port(), work_dir, keep_state=False, enforce_roles=False)
    yield running.endpoint
    running.stop(patience_s=2)


@pytest.fixture
def cloud(emulator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[test_cloud.Cloud]:
    """An account of its own with the template's tables, buckets, queues, keys and secrets, named in the environment."""
    from jalon.edge import aws, secrets

    built = test_cloud.build(emulator)
    for name, value in built.environment.items():
        monkeypatch.setenv(name, value)
    aws.forget_clients()
    secrets.forget_secrets()
    yield built
    aws.forget_clients()
    secrets.forget_secrets()
