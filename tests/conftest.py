"""What every test may ask for."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import hypothesis
import pytest
from botocore.endpoint import Endpoint, EndpointCreator
from hypothesis import HealthCheck

from local import emulator as local_emulator
from tests import cloud as test_cloud
from tests.outlived import ends_with_this_run

# Whoever runs the tests may have a cloud of their own, and a proxy on the way out: neither is between the tests and their emulator.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(filter(None, [os.environ.get("NO_PROXY"), local_emulator.HOST, "localhost"]))

# Every test has sessions of its own, for its own account; the SDK's service descriptions they read are the same.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

# A run finds what the run before found. How long an example takes says nothing about the code while other tests run beside it: benchmarks
# measure. Other examples: `pytest --hypothesis-profile=searching`.
AT_ANY_PACE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
hypothesis.settings.register_profile("searching", deadline=None, database=None, suppress_health_check=AT_ANY_PACE)
hypothesis.settings.register_profile("jalon", hypothesis.settings.get_profile("searching"), derandomize=True)
hypothesis.settings.load_profile("jalon")

#: How long the emulator is waited for. Production's second or less is for a service that has other machines than the tests' two cores.
EMULATOR_ANSWERS_WITHIN_S = 30

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
    try:
        with ends_with_this_run(running.process.pid), pytest.MonkeyPatch.context() as patch:
            patch.setattr(EndpointCreator, "create_endpoint", _patient_with(running.endpoint))
            yield running.endpoint
    finally:
        running.stop(patience_s=2)


def _patient_with(emulator: str) -> Any:
    """How botocore makes endpoints, but that clients wait for ``emulator`` at least so long; what they say of themselves stays."""
    create = EndpointCreator.create_endpoint

    @functools.wraps(create)
    def create_endpoint(
        creator: EndpointCreator, model: Any, *, endpoint_url: str, timeout: tuple[float, float], **options: Any
    ) -> Endpoint:
        waits = [max(limit, EMULATOR_ANSWERS_WITHIN_S) if endpoint_url == emulator else limit for limit in timeout]
        return create(creator, model, endpoint_url=endpoint_url, timeout=tuple(waits), **options)

    return create_endpoint


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
