"""Releases come from the content bucket once per environment; the pointer to the current one is believed for a minute."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import SolutionUnavailableError
from jalon.assessment.errors import ReleaseNotFoundError
from jalon.assessment.release_store import ContentUnavailableError, S3Releases
from jalon.edge.aws import client
from jalon.kernel.ids import ReleaseVersion
from tests.assessment.content import VERSION, bundles
from tests.cloud import Cloud
from tests.sources import FixedClock

Publish = Callable[[str], None]


class CountingClient:
    """S3 with a count of what was read."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def get_object(self, **request: Any) -> Any:
        self.reads.append(request["Key"])
        return client("s3").get_object(**request)


@pytest.fixture
def cloud(module_cloud: Cloud) -> Cloud:
    """The content bucket with nothing in it."""
    bucket, s3 = module_cloud.environment["CONTENT_BUCKET"], module_cloud.client("s3")
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    return module_cloud


@pytest.fixture
def publish(cloud: Cloud) -> Publish:
    def put(version: str) -> None:
        public, solutions = bundles(version)
        bucket, s3 = cloud.environment["CONTENT_BUCKET"], cloud.client("s3")
        s3.put_object(Bucket=bucket, Key=f"releases/{version}/public.json.gz", Body=public)
        s3.put_object(Bucket=bucket, Key=f"releases/{version}/solutions.json.gz", Body=solutions)
        s3.put_object(Bucket=bucket, Key="releases/current.json", Body=json.dumps({"version": version}).encode())

    return put


def releases(cloud: Cloud, counting: CountingClient, clock: FixedClock, *, with_solutions: bool = True) -> S3Releases:
    return S3Releases(lambda: counting, cloud.environment["CONTENT_BUCKET"], clock, with_solutions=with_solutions)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


def test_a_release_is_read_once_and_graded_from_memory(cloud: Cloud, publish: Publish, clock: FixedClock) -> None:
    publish(VERSION)
    counting = CountingClient()
    store = releases(cloud, counting, clock)
    release = store.current()
    assert store.pinned(ReleaseVersion(VERSION)) is release
    assert release.solution(0, 0)
    assert len(counting.reads) == 3


def test_the_pointer_is_believed_for_a_minute(cloud: Cloud, publish: Publish, clock: FixedClock) -> None:
    publish(VERSION)
    store = releases(cloud, CountingClient(), clock)
    store.current()
    publish("2026.2-ffffffffffff")
    clock.instant += timedelta(seconds=59)
    assert store.current().version == VERSION
    clock.instant += timedelta(seconds=1)
    assert store.current().version == "2026.2-ffffffffffff"
    assert store.pinned(ReleaseVersion(VERSION)).version == VERSION


def test_without_the_right_to_solutions_none_is_read(cloud: Cloud, publish: Publish, clock: FixedClock) -> None:
    publish(VERSION)
    counting = CountingClient()
    release = releases(cloud, counting, clock, with_solutions=False).current()
    assert not any("solutions" in key for key in counting.reads)
    with pytest.raises(SolutionUnavailableError):
        release.solution(0, 0)


def test_what_was_never_published_is_not_found(cloud: Cloud, clock: FixedClock) -> None:
    store = releases(cloud, CountingClient(), clock)
    with pytest.raises(ReleaseNotFoundError):
        store.current()
    with pytest.raises(ReleaseNotFoundError):
        store.pinned(ReleaseVersion("2020.1-000000000000"))


def test_a_bucket_that_does_not_answer_is_unavailable(cloud: Cloud, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge import aws

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()
    with pytest.raises(ContentUnavailableError):
        S3Releases(lambda: client("s3"), "bucket", clock).current()
    aws.forget_clients()
