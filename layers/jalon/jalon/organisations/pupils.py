"""The pupils of a school, as its last import lists them (docs/domain.md §6).

A school's list is replaced whole. Each import writes its rows under a new *list version*, and the school's item
holds the version that is in force; reading a list therefore never sees half of an import. What must outlive a list,
the link between a pupil and their account, is kept apart (:mod:`jalon.organisations.reconciliations`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol

from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import Ine, Uai

ListVersion = NewType("ListVersion", str)
"""Sorts by the time at which the import was asked for: the newest request wins."""

NO_CURSOR: Mapping[str, str] = {}


class Sex(StrEnum):
    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, slots=True)
class Birthplace:
    """Where a pupil was born, in the codes of the INSEE; ``city`` is a name and only given for a birth abroad."""

    country_code: str
    department_code: str | None = None
    city_code: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """One row of a school's list. ``used_name`` is the *nom d'usage*; ``class_name`` the division."""

    ine: Ine
    last_name: str
    used_name: str | None
    first_name: str
    other_first_names: tuple[str, ...]
    sex: Sex
    birth_date: date
    birthplace: Birthplace
    class_name: str
    mef_code: str | None = None
    status_code: str | None = None


@dataclass(frozen=True, slots=True)
class PupilPage:
    """A page of the list by class then name; ``cursor`` is empty on the last page."""

    pupils: tuple[Pupil, ...]
    cursor: Mapping[str, str]


class PupilListChangedError(ConflictError):
    """A cursor belongs to one version of the list, and an import has put another in force since."""

    code = "pupil_list_changed"


class PupilStore(Protocol):
    """The ``pupils`` table. Every read is consistent, and of the list in force unless a version is named."""

    def page(self, uai: Uai, class_name: str | None, limit: int, cursor: Mapping[str, str]) -> PupilPage:
        """A page of the list; :class:`PupilListChangedError` when the cursor comes from a list since replaced."""
        ...

    def of_class(self, uai: Uai, class_name: str) -> tuple[Pupil, ...]:
        """All pupils of one class, by name; empty when the class does not exist."""
        ...

    def born_on(self, uai: Uai, birth_date: date) -> tuple[Pupil, ...]:
        """The pupils with this birth date, among whom a name is then looked for."""
        ...

    def find(self, uai: Uai, ine: Ine) -> Pupil | None:
        """The pupil with this national number, if the list in force has them."""
        ...


class PupilListWriter(Protocol):
    """What an import needs of the same table."""

    def numbers(self, uai: Uai) -> frozenset[Ine]:
        """The national numbers on the list in force."""
        ...

    def write(self, uai: Uai, version: ListVersion, pupils: Sequence[Pupil]) -> None:
        """Write every row of a list that is not in force; doing it again changes nothing."""
        ...

    def retire(self, uai: Uai, version: ListVersion, at: datetime) -> None:
        """Let the rows of a list that is no longer in force expire a day after ``at``."""
        ...
