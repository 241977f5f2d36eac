"""The address of a release's file is the same for an hour, so that a browser keeps the file, and serves two hours at least."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import botocore.auth
import pytest

from engine.challenge import Attachment
from jalon.assessment.content_links import SERVES_FOR, attachment_links
from jalon.assessment.presentation import AttachmentLink
from jalon.edge import aws
from jalon.edge.presigned import addresses_in
from tests.cloud import Cloud
from tests.sources import FixedClock

PICTURE = Attachment("schéma 1.svg", "image/svg+xml", "ab" * 32, 12, "un schéma")
KEY = f"releases/r1/attachments/{PICTURE.sha256}/{PICTURE.name}"
HOUR = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary credentials, as a function has."""
    held = {"AWS_ACCESS_KEY_ID": "ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s" * 40, "AWS_SESSION_TOKEN": "token/of the role"}
    for name, value in (held | {"AWS_DEFAULT_REGION": "eu-west-3"}).items():
        monkeypatch.setenv(name, value)
    aws.forget_clients()
    yield
    aws.forget_clients()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(HOUR)


@pytest.fixture
def link(clock: FixedClock, role: None) -> AttachmentLink:
    return attachment_links(addresses_in("content"), clock)


def test_addresses_given_within_an_hour_are_one_and_the_next_hours_is_another(link: AttachmentLink, clock: FixedClock) -> None:
    first = link("r1", PICTURE)
    for later in (timedelta(seconds=1), timedelta(minutes=30), timedelta(minutes=59, seconds=59, microseconds=999_999)):
        clock.instant = HOUR + later
        assert link("r1", PICTURE) == first
    clock.instant = HOUR + timedelta(hours=1)
    assert link("r1", PICTURE) != first


@pytest.mark.parametrize("now", [HOUR, HOUR + timedelta(minutes=59, seconds=59), datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)])
def test_an_address_serves_two_hours_at_least_and_from_now_on(link: AttachmentLink, clock: FixedClock, now: datetime) -> None:
    clock.instant = now
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link("r1", PICTURE)).query).items()}
    signed_at = datetime.strptime(asked["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert signed_at <= now
    assert signed_at + timedelta(seconds=int(asked["X-Amz-Expires"])) >= now + SERVES_FOR >= now + timedelta(hours=2)
    assert asked["X-Amz-Credential"].split("/")[1] == now.strftime("%Y%m%d")
    assert asked["X-Amz-Security-Token"] == "token/of the role"


def test_it_is_the_address_that_the_library_would_have_signed_at_that_hour(
    link: AttachmentLink, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.instant = HOUR + timedelta(minutes=42)
    given = link("r1", PICTURE)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: HOUR.replace(tzinfo=None))
    wanted = {"Bucket": "content", "Key": KEY}
    assert given == aws.client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=3 * 3600)


def test_the_store_gives_the_file_at_that_address(cloud: Cloud) -> None:
    bucket = cloud.environment["CONTENT_BUCKET"]
    cloud.client("s3").put_object(Bucket=bucket, Key=KEY, Body=b"<svg/>", ContentType=PICTURE.media_type)
    address = attachment_links(addresses_in(bucket), FixedClock(datetime.now(UTC)))("r1", PICTURE)
    with urlopen(address, timeout=10) as answer:
        assert answer.read() == b"<svg/>"
