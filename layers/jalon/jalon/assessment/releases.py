"""Where the rules get the learning content from (a Protocol: S3 in the functions, a fixed release in the tests)."""

from typing import Protocol

from engine.content import Release
from jalon.kernel.ids import ReleaseVersion


class Releases(Protocol):
    """Immutable, versioned releases of the learning content. Source: docs/domain.md §2."""

    def current(self) -> Release:
        """The release that a test begun now is pinned to (at most a minute behind the publication).

        Raises :class:`~jalon.assessment.errors.ReleaseNotFoundError` when nothing was published yet.
        """
        ...

    def pinned(self, version: ReleaseVersion) -> Release:
        """The release of this version, for ever the same.

        Raises :class:`~jalon.assessment.errors.ReleaseNotFoundError` for an unknown version.
        """
        ...
