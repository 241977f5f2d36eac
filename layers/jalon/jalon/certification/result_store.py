"""Versions of results in DynamoDB: conditional puts only, nothing is ever changed."""

from collections.abc import Sequence

from pynamodb.exceptions import DoesNotExist

from jalon.certification.errors import CertificationNotFoundError, NotInJuryError, ResultChangedError
from jalon.certification.records import result_of, result_record
from jalon.certification.results import ResultVersion
from jalon.certification.tables import ResultItem, SessionItem
from jalon.edge.tables import ConditionFailedError, transaction, translated
from jalon.kernel.clock import epoch_ms
from jalon.kernel.ids import CertificationId


class DynamoResultStore:
    """See :class:`jalon.certification.results.ResultStore`."""

    def append(self, result: ResultVersion) -> ResultVersion:
        try:
            with translated():
                _item(result).save(condition=ResultItem.version.does_not_exist())
        except ConditionFailedError:
            with translated():
                return _result(ResultItem.get(result.certification_id, result.version, consistent_read=True))
        return result

    def append_decision(self, result: ResultVersion) -> None:
        before_jury = (
            (SessionItem.finalisation_number == result.finalisation)
            & SessionItem.in_jury_since.exists()
            & SessionItem.approved_at.does_not_exist()
        )
        try:
            with transaction(ResultItem) as write:
                write.condition_check(SessionItem, result.session_number, condition=before_jury)
                write.save(_item(result), condition=ResultItem.version.does_not_exist())
        except ConditionFailedError:
            raise self._why_not_decided(result) from None

    def latest(self, certification_id: CertificationId) -> ResultVersion:
        with translated():
            rows = list(ResultItem.query(certification_id, limit=1, scan_index_forward=False, consistent_read=True))
        if not rows:
            raise CertificationNotFoundError("This certification has no result.")
        return _result(rows[0])

    def history(self, certification_id: CertificationId) -> Sequence[ResultVersion]:
        with translated():
            return [_result(item) for item in ResultItem.query(certification_id, consistent_read=True)]

    def _why_not_decided(self, result: ResultVersion) -> ResultChangedError | NotInJuryError:
        try:
            with translated():
                ResultItem.get(result.certification_id, result.version, consistent_read=True)
        except DoesNotExist:
            return NotInJuryError("This session does not wait for the jury.", session_number=result.session_number)
        return ResultChangedError("Another decision on this certification came first: read it again.", version=result.version)


def _item(result: ResultVersion) -> ResultItem:
    return ResultItem(
        result.certification_id,
        result.version,
        session_number=result.session_number,
        candidate_id=result.candidate_id,
        author=result.author,
        at=epoch_ms(result.at),
        content=result_record(result),
    )


def _result(item: ResultItem) -> ResultVersion:
    key = (item.certification_id, int(item.version))
    return result_of(key, (item.session_number, item.candidate_id), item.author, item.at, item.content)
