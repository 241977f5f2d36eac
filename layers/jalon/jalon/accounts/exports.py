"""A person takes a copy of everything that is held about them (RGPD art. 15 and 20): written in the background, fetched for a day.

A person has one export at a time. Asking anew replaces it, but no more than once a day, unless it failed.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from jalon.kernel.clock import Clock
from jalon.kernel.errors import NotFoundError, TooManyRequestsError
from jalon.kernel.ids import UserId

ExportId = NewType("ExportId", str)  # exp_…

#: How long an export can be fetched, and how long before another one may be asked for.
LIFE = timedelta(hours=24)
#: After three tries of six minutes nobody works on an export any more, even if the last one ended without a word (a time-out).
ABANDONED_AFTER = timedelta(minutes=30)


class ExportStatus(StrEnum):
    """``failed`` may be asked for again at once; ``deleted`` was removed by its owner, and still is the day's one export."""

    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


class ExportNotFoundError(NotFoundError):
    """There is no such export of this person's, or it is gone."""

    code = "export_not_found"


class ExportTooSoonError(TooManyRequestsError):
    """One export a day is enough."""

    code = "export_too_soon"


@dataclass(frozen=True, slots=True)
class Export:
    """How far one export is. ``size_bytes`` and ``sha256`` (hexadecimal) are those of the finished document."""

    user_id: UserId
    export_id: ExportId
    requested_at: datetime
    status: ExportStatus = ExportStatus.PREPARING
    size_bytes: int = 0
    sha256: str = ""

    @property
    def expires_at(self) -> datetime:
        return self.requested_at + LIFE


class ExportStore(Protocol):
    """The ``exports`` table: one item for each person."""

    def get(self, user_id: UserId) -> Export | None: ...

    def begin(self, export: Export, instead_of: Export | None) -> bool:
        """Keep a new export in the place of the one that was read; False if another request was faster."""
        ...

    def finish(self, export: Export) -> bool:
        """Note the outcome; False, and nothing changed, if the person has another export by now, deleted this one, or has none."""
        ...


class ExportShelf(Protocol):
    """Where the documents lie."""

    def put(self, export: Export, document: bytes) -> None: ...

    def address(self, export: Export) -> str:
        """Where the document is fetched, for the next minutes."""
        ...

    def remove(self, export: Export) -> None: ...


#: Puts an export among the work to do.
Order = Callable[[Export], None]
#: Everything that is held about the export's owner, as the bytes of one document.
Collect = Callable[[Export], bytes]


@dataclass(frozen=True, slots=True)
class Exporting:
    """What the use cases of the API work with."""

    store: ExportStore
    shelf: ExportShelf
    order: Order
    clock: Clock


def request_export(exporting: Exporting, user_id: UserId, export_id: ExportId) -> Export:
    """An export under way; the same ``export_id`` again gives the same one. Raises :class:`ExportTooSoonError`."""
    now = exporting.clock.now()
    present = exporting.store.get(user_id)
    if present is not None and present.export_id == export_id:
        if present.status is ExportStatus.PREPARING:
            exporting.order(present)  # the first order may have been lost with a crash
        return present
    if present is not None:
        _refuse_too_soon(present, now)
        exporting.shelf.remove(present)
    wanted = Export(user_id, export_id, now)
    if not exporting.store.begin(wanted, present):
        raise ExportTooSoonError("Another export is being asked for at this moment.", retry_after_s=1)
    exporting.order(wanted)
    return wanted


def read_export(exporting: Exporting, user_id: UserId, export_id: ExportId) -> tuple[Export, str | None]:
    """How far it is, and its address once it is ready; raises :class:`ExportNotFoundError`."""
    export = exporting.store.get(user_id)
    now = exporting.clock.now()
    gone = export is None or export.status is ExportStatus.DELETED or now >= export.expires_at
    if export is None or gone or export.export_id != export_id:
        raise ExportNotFoundError("You have no such export, or it is older than a day: ask for another one.")
    if is_abandoned(export, now):
        export = replace(export, status=ExportStatus.FAILED)
    return export, exporting.shelf.address(export) if export.status is ExportStatus.READY else None


def delete_export(exporting: Exporting, user_id: UserId, export_id: ExportId) -> None:
    """Remove the document now; removing it again is no error. The day's one export stays used up."""
    export = exporting.store.get(user_id)
    if export is not None and export.export_id == export_id:
        exporting.store.finish(replace(export, status=ExportStatus.DELETED))
        exporting.shelf.remove(export)


def prepare_export(store: ExportStore, shelf: ExportShelf, collect: Collect, wanted: Export) -> Export | None:
    """The worker's part: write the document; None, and nothing written, if it was written before or nobody wants it any more."""
    export = store.get(wanted.user_id)
    if export is None or export.export_id != wanted.export_id or export.status is not ExportStatus.PREPARING:
        return None
    document = collect(export)
    shelf.put(export, document)
    ready = replace(export, status=ExportStatus.READY, size_bytes=len(document), sha256=hashlib.sha256(document).hexdigest())
    if store.finish(ready):
        return ready
    shelf.remove(export)  # deleted, or its owner erased, while it was being written
    return None


def give_up_export(store: ExportStore, wanted: Export) -> None:
    """Tell the person that it failed, so that they may ask again at once."""
    export = store.get(wanted.user_id)
    if export is not None and export.export_id == wanted.export_id and export.status is ExportStatus.PREPARING:
        store.finish(replace(export, status=ExportStatus.FAILED))


def is_abandoned(export: Export, now: datetime) -> bool:
    """Whether nobody works on it any more."""
    return export.status is ExportStatus.PREPARING and now - export.requested_at > ABANDONED_AFTER


def _refuse_too_soon(present: Export, now: datetime) -> None:
    if present.status is ExportStatus.FAILED or is_abandoned(present, now):
        return
    wait = present.requested_at + LIFE - now
    if wait > timedelta(0):
        raise ExportTooSoonError(
            "You asked for your data within the last day: fetch that export, or ask again later.",
            retry_after_s=int(wait.total_seconds()) + 1,
            export_id=present.export_id,
        )
