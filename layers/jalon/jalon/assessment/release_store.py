"""Releases from the content bucket, kept in memory: a release never changes, the pointer to the current one does."""

import json
import threading
from collections.abc import Callable
from typing import Any

from engine.content import Release
from jalon.assessment.errors import ReleaseNotFoundError
from jalon.kernel.clock import Clock
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import ReleaseVersion

#: How long the pointer to the current release is believed, in seconds.
POINTER_LIFE_S = 60
CURRENT_KEY = "releases/current.json"


def public_key(version: str) -> str:
    return f"releases/{version}/public.json.gz"


def solutions_key(version: str) -> str:
    return f"releases/{version}/solutions.json.gz"


class ContentUnavailableError(UnavailableError):
    """The content bucket does not answer."""

    code = "content_unavailable"


class S3Releases:
    """The releases of one bucket, each read once per environment.

    ``with_solutions`` is for the functions that grade or show solutions; the others' roles cannot read them.
    """

    def __init__(self, client: Callable[[], Any], bucket: str, clock: Clock, *, with_solutions: bool = False) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock
        self._with_solutions = with_solutions
        self._releases: dict[str, Release] = {}
        self._current: tuple[ReleaseVersion, float] | None = None
        self._lock = threading.Lock()

    def current(self) -> Release:
        return self.pinned(self._current_version())

    def pinned(self, version: ReleaseVersion) -> Release:
        release = self._releases.get(version)
        if release is not None:
            return release
        with self._lock:
            if version not in self._releases:
                public = self._read(public_key(version))
                solutions = self._read(solutions_key(version)) if self._with_solutions else None
                self._releases[version] = Release.from_bundles(public, solutions)
            return self._releases[version]

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
