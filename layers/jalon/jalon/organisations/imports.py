"""Imports of a pupils' list: their states, and what they report (docs/domain.md §6).

``AWAITING_UPLOAD`` → ``UPLOADED`` → ``VALIDATED`` → ``IMPORTED``; or ``VALIDATION_ERROR`` when the file cannot be accepted,
``IMPORT_ERROR`` when a good file could not be put in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jalon.kernel.clock import epoch_ms
from jalon.kernel.errors import JalonError, NotFoundError
from jalon.kernel.ids import ImportId, Uai, UserId
from jalon.organisations.pupils import ListVersion

#: An upload may be as large as this; a larger list is sent zipped.
MAX_UPLOAD_BYTES = 20 * 1024 * 1024


class ImportStatus(StrEnum):
    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    UPLOADED = "UPLOADED"
    VALIDATED = "VALIDATED"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    IMPORTED = "IMPORTED"
    IMPORT_ERROR = "IMPORT_ERROR"

    @property
    def is_final(self) -> bool:
        return self in {ImportStatus.VALIDATION_ERROR, ImportStatus.IMPORTED, ImportStatus.IMPORT_ERROR}


class ProblemCode(StrEnum):
    """What can be wrong with a list. The last four are ours; the others are those of docs/domain.md §6."""

    UAI_MISMATCHED = "UAI_MISMATCHED"
    INVALID_FILE = "INVALID_FILE"
    ENCODING_NOT_SUPPORTED = "ENCODING_NOT_SUPPORTED"
    INE_REQUIRED = "INE_REQUIRED"
    INE_UNIQUE = "INE_UNIQUE"
    SEX_CODE_REQUIRED = "SEX_CODE_REQUIRED"
    BIRTHDATE_REQUIRED = "BIRTHDATE_REQUIRED"
    INVALID_BIRTHDATE_FORMAT = "INVALID_BIRTHDATE_FORMAT"
    LAST_NAME_REQUIRED = "LAST_NAME_REQUIRED"
    FIRST_NAME_REQUIRED = "FIRST_NAME_REQUIRED"
    BIRTH_CITY_CODE_REQUIRED_FOR_FR_STUDENT = "BIRTH_CITY_CODE_REQUIRED_FOR_FR_STUDENT"
    INVALID_CHAR_DETECTED = "INVALID_CHAR_DETECTED"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    NO_PUPIL = "NO_PUPIL"
    SUPERSEDED = "SUPERSEDED"
    IMPORT_FAILED = "IMPORT_FAILED"


@dataclass(frozen=True, slots=True)
class PupilReference:
    """Who a problem is about, in the file's own words; what the file lacks is empty."""

    last_name: str = ""
    first_name: str = ""
    ine: str = ""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One thing wrong with the file. ``field`` is the file's name for the faulty value, such as ``DATE_NAISS``."""

    code: ProblemCode
    detail: str
    field: str | None = None
    pupil: PupilReference | None = None


class ImportRefusedError(JalonError):
    """The file cannot be accepted; ``problems`` says everything that is wrong with it."""

    code = "import_refused"

    def __init__(self, *problems: ImportProblem) -> None:
        super().__init__(f"{len(problems)} problem(s) in the file")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the pupils: kept, left out for a reason, or gone since the previous list."""

    imported: int = 0
    left_school: int = 0
    without_ine: int = 0
    without_class: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class PupilImport:
    """One import as its item holds it."""

    import_id: ImportId
    uai: Uai
    requested_by: UserId
    requested_at: datetime
    status: ImportStatus = ImportStatus.AWAITING_UPLOAD
    updated_at: datetime | None = None
    counts: ImportCounts = field(default_factory=ImportCounts)
    problems: tuple[ImportProblem, ...] = ()

    @property
    def version(self) -> ListVersion:
        """The list version this import writes: it sorts by the time of the request, then apart by the import."""
        return ListVersion(f"{epoch_ms(self.requested_at):013d}-{self.import_id}")


class ImportNotFoundError(NotFoundError):
    """The identifier is of no import of a pupil list, or of another school's."""

    code = "import_not_found"


class ImportStore(Protocol):
    """The ``imports`` table, by school and import."""

    def create(self, pupil_import: PupilImport) -> None: ...

    def find(self, uai: Uai, import_id: ImportId) -> PupilImport | None: ...

    def advance(self, pupil_import: PupilImport, status: ImportStatus, at: datetime) -> PupilImport:
        """Move an import that has not ended; one that has is returned as it stands."""
        ...

    def refuse(self, pupil_import: PupilImport, status: ImportStatus, problems: Sequence[ImportProblem], at: datetime) -> PupilImport:
        """End an import with its problems; one that has ended already is returned as it stands."""
        ...


def import_of(imports: ImportStore, uai: Uai, import_id: ImportId) -> PupilImport:
    """The import; raises :class:`ImportNotFoundError`."""
    found = imports.find(uai, import_id)
    if found is None:
        raise ImportNotFoundError("There is no such import in this school.", import_id=import_id)
    return found
