"""A school's archive: every certificate of a published session in one file, printed in the background.

An archive's key is a digest of what goes into it, so that asking again gives the same file, and a correction or a revocation
another one. Archives are kept for a day.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

from jalon.certificates.certificate import Certificate, PublishedResult
from jalon.certificates.framework import Language
from jalon.certificates.results_table import in_order
from jalon.certificates.stores import CertificateStore
from jalon.kernel.errors import NotFoundError
from jalon.kernel.ids import CertificationId, SessionNumber


class ArchiveNotRequestedError(NotFoundError):
    """Nobody asked for this archive since yesterday, or its contents changed meanwhile: ask for it."""

    code = "archive_not_requested"


class NothingToArchiveError(NotFoundError):
    """No candidate of this session has a certificate."""

    code = "nothing_to_archive"


#: After three tries of half an hour nobody works on an order any more, even if it ended without a word (a time-out).
ABANDONED_AFTER = timedelta(hours=2)


class ArchiveStatus(StrEnum):
    """``failed`` may be asked for again."""

    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """What is to be printed: versions of certifications, in the order of the file."""

    key: str
    language: Language
    certifications: tuple[tuple[CertificationId, int], ...]

    def message(self) -> str:
        """The order as it waits in the queue."""
        return json.dumps({"key": self.key, "language": self.language, "certifications": self.certifications})

    @classmethod
    def parse(cls, message: str) -> "ArchiveOrder":
        """The reverse of :meth:`message`."""
        order = json.loads(message)
        certifications = tuple((CertificationId(certification), int(version)) for certification, version in order["certifications"])
        return cls(order["key"], order["language"], certifications)


class ArchiveShelf(Protocol):
    """Where archives lie for a day, each with a note on how far it is."""

    def status(self, key: str) -> ArchiveStatus | None:
        """The last note; preparing for longer than :data:`ABANDONED_AFTER` counts as failed."""
        ...

    def note(self, key: str, status: ArchiveStatus) -> None: ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A stream into the archive; it is there whole once the block ends, and not at all if the block fails."""
        ...

    def address(self, key: str) -> str:
        """Where the archive is fetched, for the next ten minutes."""
        ...


#: Puts an order in the queue.
Send = Callable[[ArchiveOrder], None]
#: Writes certificates into a stream, in a language.
Write = Callable[[BinaryIO, Iterable[Certificate], Language], int]


def order_of(number: SessionNumber, lines: Sequence[PublishedResult], language: Language, edition: str) -> ArchiveOrder:
    """The order for what counts in a session now; raises :class:`NothingToArchiveError`. ``edition`` is that of the printed page."""
    counting = [line for line in in_order(lines) if line.counts]
    if not counting:
        raise NothingToArchiveError("No candidate of this session has a certificate.", session_number=str(number))
    certifications = tuple((line.result.certification_id, line.result.version) for line in counting)
    digest = hashlib.sha256(json.dumps([edition, language, certifications]).encode()).hexdigest()[:32]
    return ArchiveOrder(f"archives/{number}/{digest}", language, certifications)


def request_archive(shelf: ArchiveShelf, send: Send, order: ArchiveOrder) -> ArchiveStatus:
    """Have the archive printed unless it is there or under way. Asking again is harmless."""
    status = shelf.status(order.key)
    if status in {ArchiveStatus.READY, ArchiveStatus.PREPARING}:
        return status
    shelf.note(order.key, ArchiveStatus.PREPARING)
    send(order)
    return ArchiveStatus.PREPARING


def read_archive(shelf: ArchiveShelf, order: ArchiveOrder) -> tuple[ArchiveStatus, str | None]:
    """How far it is, and its address once it is ready; raises :class:`ArchiveNotRequestedError`."""
    status = shelf.status(order.key)
    if status is None:
        raise ArchiveNotRequestedError("This archive was not asked for, or its contents changed: ask for it with POST.")
    return status, shelf.address(order.key) if status is ArchiveStatus.READY else None


def prepare_archive(shelf: ArchiveShelf, certificates: CertificateStore, write: Write, order: ArchiveOrder) -> int:
    """Print an order, one certificate at a time; how many were printed (0: it was there already)."""
    if shelf.status(order.key) is ArchiveStatus.READY:
        return 0
    found = (certificates.get(certification, version) for certification, version in order.certifications)
    with shelf.open(order.key) as target:
        printed = write(target, (certificate for certificate in found if certificate is not None), order.language)
    shelf.note(order.key, ArchiveStatus.READY)
    return printed
