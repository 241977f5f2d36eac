"""Releases come from the content bucket, the last used stay in memory; the pointer to the current one is believed for a minute."""

import gc
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.content import Release
from engine.errors import SolutionUnavailableError
from engine.outline import Outline
from jalon.assessment.errors import ReleaseNotFoundError
from jalon.assessment.release_store import (
    KEPT_OUTLINES,
    KEPT_RELEASES,
    ContentUnavailableError,
    S3Releases,
    outline_key,
    public_key,
    solutions_key,
)
from jalon.edge.aws import client
from jalon.kernel.ids import ReleaseVersion
from tests.assessment.content import VERSION, bundles
from tests.assessment.history import MANY, History
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


def held(kind: type) -> int:
    """How many releases or outlines this process holds."""
    gc.collect()
    return sum(type(thing) is kind for thing in gc.get_objects())


def test_years_of_releases_leave_a_few_in_memory(clock: FixedClock) -> None:
    history = History()
    store = S3Releases(lambda: history, "bucket", clock, with_solutions=True)
    before = held(Release)
    current = store.current()
    for version in MANY:
        assert store.pinned(version).version == version
    assert held(Release) - before == KEPT_RELEASES + 1
    assert store.current() is current
    history.reads.clear()
    for version in MANY[-KEPT_RELEASES:]:
        store.pinned(version)
    assert history.reads == []
    store.pinned(MANY[0])
    assert history.reads == [public_key(MANY[0]), solutions_key(MANY[0])]


def test_a_release_that_is_used_again_and_again_stays_whatever_passes_by(clock: FixedClock) -> None:
    history = History()
    store = S3Releases(lambda: history, "bucket", clock)
    used = store.pinned(MANY[0])
    for version in MANY[1:]:
        store.pinned(version)
        assert store.pinned(MANY[0]) is used


def test_when_another_release_becomes_current_the_former_one_ages_like_the_others(clock: FixedClock) -> None:
    history = History()
    store = S3Releases(lambda: history, "bucket", clock)
    before = held(Release)
    store.current()
    history.current = "2027.1-00000000000b"
    clock.instant += timedelta(minutes=1)
    later = store.current()
    for version in MANY:
        store.pinned(version)
    assert store.current() is later
    assert held(Release) - before == KEPT_RELEASES + 1


def test_outlines_of_years_are_read_once_each_and_push_no_release_out(clock: FixedClock) -> None:
    history = History()
    store = S3Releases(lambda: history, "bucket", clock)
    release, before = store.current(), held(Outline)
    history.reads.clear()
    for version in MANY[:KEPT_OUTLINES] * 2:
        assert store.outline(version).version == version
    assert history.reads == [outline_key(version) for version in MANY[:KEPT_OUTLINES]]
    for version in MANY:
        store.outline(version)
    assert held(Outline) - before == KEPT_OUTLINES
    assert store.current() is release
    assert store.outline(ReleaseVersion(VERSION)) is release


def test_a_release_published_without_an_outline_is_outlined_from_the_whole_which_is_not_kept(clock: FixedClock) -> None:
    history = History(outlined=False)
    store, before = S3Releases(lambda: history, "bucket", clock), held(Release)
    outline = store.outline(MANY[0])
    assert [challenge.id for challenge in outline.challenges] == [
        challenge.id for challenge in Release.from_bundles(bundles(MANY[0])[0]).challenges
    ]
    assert held(Release) == before
    assert store.outline(MANY[0]) is outline
    assert history.reads == [outline_key(MANY[0]), public_key(MANY[0])]


def test_what_was_never_published_is_not_found(cloud: Cloud, clock: FixedClock) -> None:
    store = releases(cloud, CountingClient(), clock)
    with pytest.raises(ReleaseNotFoundError):
        store.current()
    with pytest.raises(ReleaseNotFoundError):
        store.pinned(ReleaseVersion("2020.1-000000000000"))
    with pytest.raises(ReleaseNotFoundError):
        store.outline(ReleaseVersion("2020.1-000000000000"))


def test_a_bucket_that_does_not_answer_is_unavailable(cloud: Cloud, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge import aws

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()
    with pytest.raises(ContentUnavailableError):
        S3Releases(lambda: client("s3"), "bucket", clock).current()
    aws.forget_clients()
