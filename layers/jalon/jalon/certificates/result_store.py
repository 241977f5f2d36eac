"""Published results in DynamoDB: by session, and by user on an index."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jalon.certificates.certificate import PublishedResult
from jalon.certificates.records import document_of, instant, result_of
from jalon.certificates.stores import ResultPage
from jalon.certificates.tables import PublishedResultRecord
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.clock import iso
from jalon.kernel.cursors import text_of
from jalon.kernel.ids import CertificationId, SessionNumber, UserId, VerificationCode

#: What tells a line's place among its user's: the table's key and the index's.
_PLACE = ("session_number", "certification_id", "published_at")


class TableResultStore:
    """The table ``published_results``."""

    def put(self, result: PublishedResult) -> PublishedResult:
        record = PublishedResultRecord(
            result.result.session_number,
            result.result.certification_id,
            version=result.result.version,
            user_id=result.result.user_id,
            published_at=iso(result.published_at),
            code=result.code,
            result=document_of(result.result),
        )
        newer = PublishedResultRecord.version.does_not_exist() | (PublishedResultRecord.version < result.result.version)
        try:
            with translated():
                record.save(condition=newer)
        except ConditionFailedError:
            with translated():
                return _line(PublishedResultRecord.get(record.session_number, record.certification_id, consistent_read=True))
        return _line(record)

    def mark_revoked(self, number: SessionNumber, certification_id: CertificationId, version: int, at: datetime) -> None:
        unmarked = (PublishedResultRecord.version == version) & PublishedResultRecord.revoked_at.does_not_exist()
        try:
            with translated():
                PublishedResultRecord(number, certification_id).update(
                    actions=[PublishedResultRecord.revoked_at.set(iso(at))], condition=unmarked
                )
        except ConditionFailedError:
            return  # marked before, or replaced by a later version

    def find(self, number: SessionNumber, certification_id: CertificationId) -> PublishedResult | None:
        with translated():
            try:
                return _line(PublishedResultRecord.get(number, certification_id, consistent_read=True))
            except PublishedResultRecord.DoesNotExist:
                return None

    def of_session(self, number: SessionNumber) -> Sequence[PublishedResult]:
        with translated():
            return [_line(record) for record in PublishedResultRecord.query(number, consistent_read=True)]

    def of_user(self, user_id: UserId) -> Sequence[PublishedResult]:
        with translated():
            return [_line(record) for record in PublishedResultRecord.by_user.query(user_id, scan_index_forward=False)]

    def page_of_user(self, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ResultPage:
        start = {name: {"S": text_of(cursor, name)} for name in _PLACE} | {"user_id": {"S": user_id}} if cursor else None
        with translated():
            found = PublishedResultRecord.by_user.query(user_id, scan_index_forward=False, limit=limit, last_evaluated_key=start)
            lines = tuple(_line(record) for record in found)
        last = found.last_evaluated_key
        return ResultPage(lines, {name: last[name]["S"] for name in _PLACE} if last else {})


def _line(record: PublishedResultRecord) -> PublishedResult:
    return PublishedResult(
        result=result_of(record.result),
        code=VerificationCode(record.code) if record.code else None,
        published_at=instant(record.published_at),
        revoked_at=instant(record.revoked_at) if record.revoked_at else None,
    )
