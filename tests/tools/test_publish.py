"""Publishing writes what changed, once, and moves the current release last."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.content import Release
from engine.outline import Outline
from tests.assessment.content import VERSION, bundles
from tests.cloud import Cloud
from tools.content.release import outline_of
from tools.publish import CURRENT, publish_content, publish_site


@pytest.fixture
def release(tmp_path: Path) -> Path:
    public, solutions = bundles()
    folder = f"releases/{VERSION}"
    files = {
        f"{folder}/public.json.gz": public,
        f"{folder}/solutions.json.gz": solutions,
        f"{folder}/outline.json.gz": outline_of(public),
        CURRENT: json.dumps({"version": VERSION}).encode(),
    }
    for key, content in files.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    return tmp_path


def test_a_release_is_written_once_and_becomes_current(cloud: Cloud, release: Path) -> None:
    s3, bucket = cloud.client("s3"), cloud.environment["CONTENT_BUCKET"]
    assert publish_content(s3, bucket, release) == 4
    assert publish_content(s3, bucket, release) == 0
    assert json.loads(s3.get_object(Bucket=bucket, Key=CURRENT)["Body"].read()) == {"version": VERSION}
    assert "immutable" in s3.head_object(Bucket=bucket, Key=f"releases/{VERSION}/public.json.gz")["CacheControl"]
    assert s3.head_object(Bucket=bucket, Key=CURRENT)["CacheControl"] == "no-cache"


def test_what_was_published_without_an_outline_gets_it(cloud: Cloud, release: Path) -> None:
    s3, bucket = cloud.client("s3"), cloud.environment["CONTENT_BUCKET"]
    earlier, _ = bundles("2025.9-00000000000e")
    s3.put_object(Bucket=bucket, Key="releases/2025.9-00000000000e/public.json.gz", Body=earlier)
    assert publish_content(s3, bucket, release) == 5
    written = s3.get_object(Bucket=bucket, Key="releases/2025.9-00000000000e/outline.json.gz")["Body"].read()
    assert Outline.from_bundle(written).as_json() == Outline.of(Release.from_bundles(earlier)).as_json()
    assert publish_content(s3, bucket, release) == 0


def test_the_pointer_moves_only_after_everything_it_points_to(release: Path) -> None:
    class Recorder:
        class exceptions:  # noqa: N801 - the name the SDK's clients give it
            class ClientError(Exception):
                def __init__(self) -> None:
                    self.response = {"Error": {"Code": "404"}}

        def __init__(self) -> None:
            self.keys: list[str] = []

        def head_object(self, **_: str) -> None:
            raise self.exceptions.ClientError

        def put_object(self, **request: object) -> None:
            self.keys.append(str(request["Key"]))

        def get_paginator(self, _operation: str) -> Any:
            recorder = self

            class Pages:
                paginate: Callable[..., Any] = staticmethod(lambda **_: [{"Contents": [{"Key": key} for key in recorder.keys]}])

            return Pages()

    recorder = Recorder()
    publish_content(recorder, "bucket", release)
    assert recorder.keys[-1] == CURRENT
    assert len(recorder.keys) == 4


def test_the_whole_site_is_published_with_its_media_types(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.environment["SITE_BUCKET"]
    assert publish_site(s3, bucket) >= 4
    page = s3.get_object(Bucket=bucket, Key="v")
    assert page["ContentType"].startswith("text/html")
    assert publish_site(s3, bucket) == 0
