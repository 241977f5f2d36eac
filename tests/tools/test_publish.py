"""Publishing writes what changed, once, and moves the current release last."""

import json
from pathlib import Path

import pytest

from tests.cloud import Cloud
from tools.publish import CURRENT, publish_content, publish_site


@pytest.fixture
def release(tmp_path: Path) -> Path:
    for key, content in {"releases/r1/public.json.gz": b"p", "releases/r1/solutions.json.gz": b"s", CURRENT: b'{"version":"r1"}'}.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    return tmp_path


def test_a_release_is_written_once_and_becomes_current(cloud: Cloud, release: Path) -> None:
    s3, bucket = cloud.client("s3"), cloud.environment["CONTENT_BUCKET"]
    assert publish_content(s3, bucket, release) == 3
    assert publish_content(s3, bucket, release) == 0
    assert json.loads(s3.get_object(Bucket=bucket, Key=CURRENT)["Body"].read()) == {"version": "r1"}
    assert "immutable" in s3.head_object(Bucket=bucket, Key="releases/r1/public.json.gz")["CacheControl"]
    assert s3.head_object(Bucket=bucket, Key=CURRENT)["CacheControl"] == "no-cache"


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

    recorder = Recorder()
    publish_content(recorder, "bucket", release)
    assert recorder.keys[-1] == CURRENT
    assert len(recorder.keys) == 3


def test_the_whole_site_is_published_with_its_media_types(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.environment["SITE_BUCKET"]
    assert publish_site(s3, bucket) >= 4
    page = s3.get_object(Bucket=bucket, Key="v")
    assert page["ContentType"].startswith("text/html")
    assert publish_site(s3, bucket) == 0
