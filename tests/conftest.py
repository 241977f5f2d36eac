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
