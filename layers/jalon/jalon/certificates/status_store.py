"""Places in the status lists, revocations and the keys' windows in DynamoDB."""

from datetime import datetime

from jalon.certificates.key_set import KeyWindow
from jalon.certificates.records import instant
from jalon.certificates.signing import PublicKey
from jalon.certificates.tables import KeyRecord, RevocationRecord, StatusPlaceRecord
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.clock import iso


class TableStatusStore:
    """The tables ``status_places`` and ``revocations``."""

    def claim_place(self, year: int, place: int, owner: str) -> bool:
        record = StatusPlaceRecord(f"{year}#{place}", owner=owner)
        try:
            with translated():
                record.save(condition=StatusPlaceRecord.place.does_not_exist() | (StatusPlaceRecord.owner == owner))
        except ConditionFailedError:
            return False
        return True

    def revoke_place(self, year: int, place: int, at: datetime) -> None:
        record = RevocationRecord(year, place, revoked_at=iso(at))
        try:
            with translated():
                record.save(condition=RevocationRecord.place.does_not_exist())
        except ConditionFailedError:
            return  # it was revoked before

    def revoked_places(self, year: int) -> frozenset[int]:
        with translated():
            return frozenset(int(record.place) for record in RevocationRecord.query(year, consistent_read=True))


class TableKeyStore:
    """The table ``certificate_keys``: a handful of items, read whole."""

    def windows(self) -> tuple[KeyWindow, ...]:
        with translated():
            return tuple(_window(record) for record in KeyRecord.scan(consistent_read=True))

    def open_window(self, key: PublicKey, since: datetime) -> None:
        record = KeyRecord(key.key_id, x=key.x, y=key.y, since=iso(since))
        try:
            with translated():
                record.save(condition=KeyRecord.key_id.does_not_exist())
        except ConditionFailedError:
            return  # known already

    def close_window(self, key_id: str, until: datetime) -> None:
        try:
            with translated():
                KeyRecord(key_id).update(
                    actions=[KeyRecord.until.set(iso(until))], condition=KeyRecord.key_id.exists() & KeyRecord.until.does_not_exist()
                )
        except ConditionFailedError:
            return  # closed already


def _window(record: KeyRecord) -> KeyWindow:
    return KeyWindow(PublicKey(bytes(record.x), bytes(record.y)), instant(record.since), instant(record.until) if record.until else None)
