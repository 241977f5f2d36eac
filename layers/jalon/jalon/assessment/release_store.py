"""Releases from the content bucket, the last used kept in memory: a release never changes, the pointer to the current one does."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from engine.content import Release
from engine.outline import Outline, Structure
from jalon.assessment.errors import ReleaseNotFoundError
from jalon.kernel.clock import Clock
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import ReleaseVersion

#: How long the pointer to the current release is believed, in seconds.
POINTER_LIFE_S = 60
#: How many whole releases an environment keeps beside the current one: 15 MiB each with their solutions, of 988 challenges (docs/scale.md).
KEPT_RELEASES = 12
#: How many outlines it keeps beside them, each a third of a MiB: those of years of publications.
KEPT_OUTLINES = 64
CURRENT_KEY = "releases/current.json"


def public_key(version: str) -> str:
    return f"releases/{version}/public.json.gz"


def solutions_key(version: str) -> str:
    return f"releases/{version}/solutions.json.gz"


def outline_key(version: str) -> str:
    return f"releases/{version}/outline.json.gz"


class ContentUnavailableError(UnavailableError):
    """The content bucket does not answer."""

    code = "content_unavailable"


T = TypeVar("T")


class _LastUsed(Generic[T]):
    """At most ``limit`` values, by version: the one whose last use is longest ago goes first, and ``spared`` never does."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[str, T] = OrderedDict()

    def get(self, version: str) -> T | None:
        value = self._values.get(version)
        if value is not None:
            self._values.move_to_end(version)
        return value

    def keep(self, version: str, value: T, *, spared: str | None = None) -> None:
        self._values[version] = value
        others = [kept for kept in self._values if kept != spared]
        for oldest in others[: max(0, len(others) - self._limit)]:
            del self._values[oldest]


class S3Releases:
    """The releases of one bucket: the current one and the last used of the others, so that no history outgrows an environment.

    A test goes on with the release it began with, and of these few are under way; what walks through a person's years asks for
    outlines. ``with_solutions`` is for the functions that grade or show solutions; the others' roles cannot read them.
    """

    def __init__(self, client: Callable[[], Any], bucket: str, clock: Clock, *, with_solutions: bool = False) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock
        self._with_solutions = with_solutions
        self._releases: _LastUsed[Release] = _LastUsed(KEPT_RELEASES)
        self._outlines: _LastUsed[Outline] = _LastUsed(KEPT_OUTLINES)
        self._current: tuple[ReleaseVersion, float] | None = None
        self._lock = threading.Lock()

    def current(self) -> Release:
        return self.pinned(self._current_version())

    def pinned(self, version: ReleaseVersion) -> Release:
        with self._lock:
            release = self._releases.get(version)
            if release is None:
                public = self._read(public_key(version))
                solutions = self._read(solutions_key(version)) if self._with_solutions else None
                release = Release.from_bundles(public, solutions)
                self._releases.keep(version, release, spared=self._current[0] if self._current else None)
            return release

    def outline(self, version: ReleaseVersion) -> Structure:
        with self._lock:
            found: Structure | None = self._releases.get(version) or self._outlines.get(version)
            if found is None:
                found = self._read_outline(version)
                self._outlines.keep(version, found)
            return found

    def _read_outline(self, version: ReleaseVersion) -> Outline:
        """Of a release that an earlier version published, without an outline, the whole is read and let go again."""
        try:
            return Outline.from_bundle(self._read(outline_key(version)))
        except ReleaseNotFoundError:
            return Outline.of(Release.from_bundles(self._read(public_key(version))))

    def _current_version(self) -> ReleaseVersion:
        now = self._clock.now().timestamp()
        if self._current is None or now - self._current[1] >= POINTER_LIFE_S:
            pointer = json.loads(self._read(CURRENT_KEY))
            self._current = (ReleaseVersion(str(pointer["version"])), now)
        return self._current[0]

    def _read(self, key: str) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            body: bytes = self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                raise ReleaseNotFoundError("This learning content is not published.") from error
            raise ContentUnavailableError("The learning content cannot be read now; send the same request again.") from error
        except BotoCoreError as error:
            raise ContentUnavailableError("The learning content cannot be read now; send the same request again.") from error
        return body
