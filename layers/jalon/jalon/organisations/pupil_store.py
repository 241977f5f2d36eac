"""The pupils' lists in DynamoDB: every read is consistent and of the list in force."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from pynamodb.exceptions import DoesNotExist

from jalon.edge.batches import write_items
from jalon.edge.tables import translated
from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import Ine, Uai
from jalon.organisations.names import name_key
from jalon.organisations.pupils import Birthplace, ListVersion, Pupil, PupilListChangedError, PupilPage, Sex
from jalon.organisations.tables import OrganisationItem, PupilItem

#: White space is reduced in every name, so no class name holds this separator; it sorts before all that a name holds.
_SEPARATOR = "\x1f"
#: A sort key has 1 024 bytes: names are sorted by this many letters.
_SORTED_BY = 60
_RETIRED_ROWS_LIVE_FOR = timedelta(days=1)
_OTHER_NAMES_SEPARATOR = "\n"


class DynamoPupils:
    """A :class:`~jalon.organisations.pupils.PupilStore` and ``PupilListWriter``."""

    def page(self, uai: Uai, class_name: str | None, limit: int, cursor: Mapping[str, str]) -> PupilPage:
        version = self._in_force(uai)
        if version is None:
            return PupilPage((), {})
        if cursor and cursor.get("version") != version:
            raise PupilListChangedError("The school imported a new list meanwhile; begin again without a cursor.")
        list_id = _list_id(uai, version)
        condition = PupilItem.class_and_name.startswith(class_name + _SEPARATOR) if class_name else None
        with translated():
            found = PupilItem.by_class.query(
                list_id, condition, consistent_read=True, limit=limit, last_evaluated_key=_start(list_id, class_name, cursor)
            )
            pupils = tuple(_pupil(item) for item in found)
        last = found.last_evaluated_key
        if not last:
            return PupilPage(pupils, {})
        return PupilPage(pupils, {"version": version, "ine": last["ine"]["S"], "place": last["class_and_name"]["S"]})

    def of_class(self, uai: Uai, class_name: str) -> tuple[Pupil, ...]:
        version = self._in_force(uai)
        if version is None:
            return ()
        condition = PupilItem.class_and_name.startswith(class_name + _SEPARATOR)
        with translated():
            return tuple(_pupil(item) for item in PupilItem.by_class.query(_list_id(uai, version), condition, consistent_read=True))

    def born_on(self, uai: Uai, birth_date: date) -> tuple[Pupil, ...]:
        version = self._in_force(uai)
        if version is None:
            return ()
        condition = PupilItem.birth_date == birth_date.isoformat()
        with translated():
            return tuple(_pupil(item) for item in PupilItem.by_birth_date.query(_list_id(uai, version), condition, consistent_read=True))

    def find(self, uai: Uai, ine: Ine) -> Pupil | None:
        version = self._in_force(uai)
        if version is None:
            return None
        try:
            with translated():
                return _pupil(PupilItem.get(_list_id(uai, version), ine, consistent_read=True))
        except DoesNotExist:
            return None

    def numbers(self, uai: Uai) -> frozenset[Ine]:
        version = self._in_force(uai)
        if version is None:
            return frozenset()
        with translated():
            rows = PupilItem.query(_list_id(uai, version), consistent_read=True, attributes_to_get=["ine"])
            return frozenset(Ine(item.ine) for item in rows)

    def write(self, uai: Uai, version: ListVersion, pupils: Sequence[Pupil]) -> None:
        write_items(PupilItem, (_item(_list_id(uai, version), pupil) for pupil in pupils))

    def retire(self, uai: Uai, version: ListVersion, at: datetime) -> None:
        expires_at = int((at + _RETIRED_ROWS_LIVE_FOR).timestamp())
        with translated():
            rows = list(PupilItem.query(_list_id(uai, version), consistent_read=True))
        for row in rows:
            row.expires_at = expires_at
        write_items(PupilItem, rows)

    def _in_force(self, uai: Uai) -> ListVersion | None:
        try:
            with translated():
                item = OrganisationItem.get(uai, consistent_read=True, attributes_to_get=["list_version"])
        except DoesNotExist:
            return None
        return ListVersion(item.list_version) if item.list_version else None


def _list_id(uai: Uai, version: ListVersion) -> str:
    return f"{uai}#{version}"


def _start(list_id: str, class_name: str | None, cursor: Mapping[str, str]) -> dict[str, dict[str, str]] | None:
    """Where a page begins; a cursor is a client's word, and the store refuses a place outside what it is asked for."""
    if not cursor:
        return None
    ine, place = cursor.get("ine"), cursor.get("place")
    prefix = class_name + _SEPARATOR if class_name else ""
    if not (isinstance(ine, str) and isinstance(place, str) and ine and place and place.startswith(prefix)):
        violation = Violation(
            "/query/cursor", "Use next_cursor of the previous page of the same class, unchanged, or leave it out.", "cursor"
        )
        raise InvalidInputError("This cursor is not one that a previous page gave.", (violation,))
    return {"list_id": {"S": list_id}, "ine": {"S": ine}, "class_and_name": {"S": place}}


def _item(list_id: str, pupil: Pupil) -> PupilItem:
    place = (pupil.class_name, name_key(pupil.last_name)[:_SORTED_BY], name_key(pupil.first_name)[:_SORTED_BY], pupil.ine)
    return PupilItem(
        list_id,
        pupil.ine,
        class_and_name=_SEPARATOR.join(place),
        birth_date=pupil.birth_date.isoformat(),
        last_name=pupil.last_name,
        used_name=pupil.used_name,
        first_name=pupil.first_name,
        other_first_names=_OTHER_NAMES_SEPARATOR.join(pupil.other_first_names) or None,
        sex=pupil.sex.value,
        birth_country=pupil.birthplace.country_code,
        birth_department=pupil.birthplace.department_code,
        birth_city_code=pupil.birthplace.city_code,
        birth_city=pupil.birthplace.city,
        class_name=pupil.class_name,
        mef_code=pupil.mef_code,
        status_code=pupil.status_code,
    )


def _pupil(item: PupilItem) -> Pupil:
    return Pupil(
        ine=Ine(item.ine),
        last_name=item.last_name,
        used_name=item.used_name,
        first_name=item.first_name,
        other_first_names=tuple(item.other_first_names.split(_OTHER_NAMES_SEPARATOR)) if item.other_first_names else (),
        sex=Sex(item.sex),
        birth_date=date.fromisoformat(item.birth_date),
        birthplace=Birthplace(item.birth_country, item.birth_department, item.birth_city_code, item.birth_city),
        class_name=item.class_name,
        mef_code=item.mef_code,
        status_code=item.status_code,
    )
