"""Import a pupils' list, all or nothing (docs/domain.md §6).

No transaction spans thousands of rows, so the rows are written beside those in force, under a version of their own that
nobody reads, and one conditional write then points the school at them and marks the import IMPORTED. A crash before it
leaves the former list whole; the next delivery of the message writes the same rows again and goes on. Whatever happens twice
(a message, an event of the bucket) finds the import ended and changes nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from jalon.kernel.clock import Clock
from jalon.kernel.ids import ImportId, Uai
from jalon.organisations.imports import (
    MAX_UPLOAD_BYTES,
    ImportProblem,
    ImportRefusedError,
    ImportStatus,
    ImportStore,
    ProblemCode,
    PupilImport,
)
from jalon.organisations.organisation import ListRegister
from jalon.organisations.pupils import PupilListWriter
from jalon.organisations.request_import import Uploads
from jalon.organisations.siecle_rows import PupilList


@dataclass(frozen=True, slots=True)
class Importing:
    """What an import works with. ``read_list`` turns an upload, read on a day, into a school's list or an ImportRefusedError."""

    imports: ImportStore
    register: ListRegister
    pupils: PupilListWriter
    uploads: Uploads
    clock: Clock
    read_list: Callable[[bytes, Uai, date], PupilList]


def import_pupils(importing: Importing, uai: Uai, import_id: ImportId) -> PupilImport | None:
    """Carry out one import to its end; None when nobody asked for it."""
    pupil_import = importing.imports.find(uai, import_id)
    if pupil_import is None:
        importing.uploads.forget(uai, import_id)
        return None
    if not pupil_import.status.is_final:
        pupil_import = _carry_out(importing, pupil_import)
    if pupil_import.status is ImportStatus.IMPORTED:
        _retire_former_lists(importing, uai)
    importing.uploads.forget(uai, import_id)
    return pupil_import


def _carry_out(importing: Importing, pupil_import: PupilImport) -> PupilImport:
    uai = pupil_import.uai
    pupil_import = importing.imports.advance(pupil_import, ImportStatus.UPLOADED, importing.clock.now())
    upload = importing.uploads.read(uai, pupil_import.import_id, MAX_UPLOAD_BYTES)
    if upload is None:  # another delivery ended this import and removed the file
        return importing.imports.find(uai, pupil_import.import_id) or pupil_import
    try:
        listed = importing.read_list(upload, uai, importing.clock.now().date())
    except ImportRefusedError as refusal:
        return importing.imports.refuse(pupil_import, ImportStatus.VALIDATION_ERROR, refusal.problems, importing.clock.now())
    pupil_import = importing.imports.advance(pupil_import, ImportStatus.VALIDATED, importing.clock.now())
    return _put_in_force(importing, pupil_import, listed)


def _put_in_force(importing: Importing, pupil_import: PupilImport, listed: PupilList) -> PupilImport:
    uai, version = pupil_import.uai, pupil_import.version
    gone = importing.pupils.numbers(uai) - {pupil.ine for pupil in listed.pupils}
    counts = replace(listed.counts, removed=len(gone))
    classes = Counter(pupil.class_name for pupil in listed.pupils)
    importing.register.begin(uai, version)
    importing.pupils.write(uai, version, listed.pupils)
    in_force = importing.register.put_in_force(pupil_import, classes, counts, importing.clock.now())
    if in_force == version:
        return importing.imports.find(uai, pupil_import.import_id) or pupil_import
    importing.pupils.retire(uai, version, importing.clock.now())
    importing.register.forget(uai, version)
    superseded = ImportProblem(ProblemCode.SUPERSEDED, "A list asked for after this one is in force already.")
    return importing.imports.refuse(pupil_import, ImportStatus.IMPORT_ERROR, [superseded], importing.clock.now())


def give_up(importing: Importing, uai: Uai, import_id: ImportId) -> None:
    """End an import that keeps failing: the school is told, and the former list stays in force."""
    pupil_import = importing.imports.find(uai, import_id)
    if pupil_import is not None and not pupil_import.status.is_final:
        failed = ImportProblem(ProblemCode.IMPORT_FAILED, "The list could not be put in force and nothing was changed; import it again.")
        importing.imports.refuse(pupil_import, ImportStatus.IMPORT_ERROR, [failed], importing.clock.now())


def _retire_former_lists(importing: Importing, uai: Uai) -> None:
    for version in importing.register.superseded(uai):
        importing.pupils.retire(uai, version, importing.clock.now())
        importing.register.forget(uai, version)
