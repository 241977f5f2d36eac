"""Where the rules get the learning content from (a Protocol: S3 in the functions, a fixed release in the tests)."""

from typing import Protocol

from engine.content import Release
from engine.outline import Structure
from jalon.kernel.ids import ReleaseVersion


class Releases(Protocol):
    """Immutable, versioned releases of the learning content. Source: docs/domain.md §2."""

    def current(self) -> Release:
        """The release that a test begun now is pinned to (at most a minute behind the publication).

        Raises :class:`~jalon.assessment.errors.ReleaseNotFoundError` when nothing was published yet.
        """
        ...

    def pinned(self, version: ReleaseVersion) -> Release:
        """The release of this version, for ever the same, for who asks, grades or shows its questions.

        Raises :class:`~jalon.assessment.errors.ReleaseNotFoundError` for an unknown version.
        """
        ...

    def outline(self, version: ReleaseVersion) -> Structure:
        """The outline of this version's release (or the whole, where it is at hand): for who tells what earlier answers have shown.

        A person's tests stand in as many releases as there were in years; what walks through them opens outlines.
        Raises as :meth:`pinned`.
        """
        ...
