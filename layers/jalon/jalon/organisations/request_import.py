"""Ask for the import of a pupils' list: the first step, before the file is uploaded (docs/domain.md §6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from jalon.kernel.clock import Clock
from jalon.kernel.ids import IdSource, ImportId, Uai, UserId
from jalon.organisations.imports import ImportStore, PupilImport


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """Where and how the client sends the file, within a quarter of an hour."""

    url: str
    headers: Mapping[str, str]


class Uploads(Protocol):
    """The bucket that takes files."""

    def ticket(self, uai: Uai, import_id: ImportId) -> UploadTicket: ...

    def read(self, uai: Uai, import_id: ImportId, max_bytes: int) -> bytes | None:
        """The uploaded file, at most ``max_bytes`` + 1 bytes of it; None when it is not there (any more)."""
        ...

    def forget(self, uai: Uai, import_id: ImportId) -> None: ...


def request_import(
    imports: ImportStore, uploads: Uploads, ids: IdSource, clock: Clock, uai: Uai, requested_by: UserId
) -> tuple[PupilImport, UploadTicket]:
    """A new import, and where to send its file."""
    pupil_import = PupilImport(ImportId(ids.new("imp")), uai, requested_by, clock.now())
    imports.create(pupil_import)
    return pupil_import, uploads.ticket(uai, pupil_import.import_id)
