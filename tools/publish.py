"""Uploads what the stack serves but does not build: the static site and the content release.

    python -m tools.publish --stack jalon --release .jalon/build/content

Works on AWS with the usual credentials, and on the embedded cloud with ``AWS_ENDPOINT_URL``. Repeating it changes nothing.
A release is immutable: its objects are written first, and ``releases/current.json`` moves to it last. Releases that earlier versions
published without an outline get theirs.
"""

import argparse
import hashlib
import json
import mimetypes
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bundle import served
from tools.content.release import outline_of

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
CURRENT = "releases/current.json"
PUBLIC, OUTLINE = "public.json.gz", "outline.json.gz"
FOREVER = "public, max-age=31536000, immutable"


def publish_site(s3: Any, bucket: str) -> int:
    """Put every object that ``web/site.json`` lists; returns how many changed."""
    manifest: dict[str, dict[str, str]] = json.loads((WEB / "site.json").read_text())
    return sum(
        _put(s3, bucket, key, served(WEB / entry["file"]), entry["content_type"], entry["cache_control"]) for key, entry in manifest.items()
    )


def publish_content(s3: Any, bucket: str, release: Path) -> int:
    """Put a built release and make it current; returns how many objects changed."""
    changed = 0
    for key, file in sorted(_files(release)):
        if key != CURRENT:
            media_type = "application/gzip" if file.suffix == ".gz" else mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            changed += _put(s3, bucket, key, file.read_bytes(), media_type, FOREVER)
    changed += _outline_earlier(s3, bucket)
    return changed + _put(s3, bucket, CURRENT, (release / CURRENT).read_bytes(), "application/json", "no-cache")


def _outline_earlier(s3: Any, bucket: str) -> int:
    """Give each published release that lacks it its outline; without it the functions read the whole release to make one."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="releases/")
    keys = {entry["Key"] for page in pages for entry in page.get("Contents", ())}
    lacking = [key for key in sorted(keys) if key.endswith(f"/{PUBLIC}") and key.replace(PUBLIC, OUTLINE) not in keys]
    for key in lacking:
        public = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        _put(s3, bucket, key.replace(PUBLIC, OUTLINE), outline_of(public), "application/gzip", FOREVER)
    return len(lacking)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file


def _put(s3: Any, bucket: str, key: str, body: bytes, content_type: str, cache_control: str) -> bool:
    """Write an object unless the same bytes lie there already (the ETag of a single put is the MD5 of its bytes)."""
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    try:
        if s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"') == etag:
            return False
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey", "NotFound"}:
            raise
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, CacheControl=cache_control)
    return True


def main() -> int:
    """Publish to the buckets that a deployed stack names in its outputs."""
    import boto3

    parser = argparse.ArgumentParser(description="Upload the static site and a content release.")
    parser.add_argument("--stack", default="jalon", help="the deployed stack")
    parser.add_argument("--release", type=Path, required=True, help="a folder that `python -m tools.content build` wrote")
    arguments = parser.parse_args()
    stack = boto3.client("cloudformation").describe_stacks(StackName=arguments.stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    s3 = boto3.client("s3")
    site = publish_site(s3, outputs["SiteBucketName"])
    content = publish_content(s3, outputs["ContentBucketName"], arguments.release)
    print(f"{site} objects of the site and {content} of the content changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
