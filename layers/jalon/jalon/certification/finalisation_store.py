"""Open finalisations and the jury's worklist in DynamoDB, each in eight shards."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from pynamodb.exceptions import DoesNotExist

from jalon.certification.finalisations import SHARDS, OpenFinalisation, shard_of
from jalon.certification.records import optional_instant
from jalon.certification.tables import OpenFinalisationItem, WaitingSessionItem
from jalon.certification.worklist import WaitingSession
from jalon.edge.tables import Applied, ConditionFailedError, conditional_update, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import SessionNumber, Uai


class DynamoOpenFinalisationStore:
    """See :class:`jalon.certification.finalisations.OpenFinalisationStore`."""

    def get(self, number: SessionNumber) -> OpenFinalisation | None:
        with translated():
            try:
                return _entry(OpenFinalisationItem.get(shard_of(number), number, consistent_read=True))
            except DoesNotExist:
                return None

    def all(self) -> Iterator[OpenFinalisation]:
        with translated():
            for shard in range(SHARDS):
                for item in OpenFinalisationItem.query(shard, consistent_read=True):
                    yield _entry(item)

    def claim_attempt(self, entry: OpenFinalisation, at: datetime) -> OpenFinalisation | None:
        outcome = conditional_update(
            OpenFinalisationItem,
            shard_of(entry.session_number),
            entry.session_number,
            [OpenFinalisationItem.attempt.set(entry.attempt + 1), OpenFinalisationItem.attempted_at.set(epoch_ms(at))],
            (OpenFinalisationItem.finalisation == entry.finalisation) & (OpenFinalisationItem.attempt == entry.attempt),
        )
        if isinstance(outcome, Applied):
            return _entry(OpenFinalisationItem.from_raw_data(dict(outcome.attributes)))
        return None

    def close(self, number: SessionNumber, finalisation: int) -> None:
        with contextlib.suppress(ConditionFailedError), translated():
            OpenFinalisationItem(shard_of(number), number).delete(condition=OpenFinalisationItem.finalisation == finalisation)


class DynamoWorklistStore:
    """See :class:`jalon.certification.worklist.WorklistStore`."""

    def put(self, waiting: WaitingSession) -> None:
        item = WaitingSessionItem
        outcome = conditional_update(
            item,
            shard_of(waiting.session_number),
            waiting.session_number,
            [
                item.finalisation.set(waiting.finalisation),
                item.token.set(waiting.token),
                item.uai.set(waiting.uai),
                item.centre.set(waiting.centre),
                item.certifications.set(waiting.certifications),
                item.to_decide.set(waiting.to_decide),
                item.global_comment.set(int(waiting.global_comment)),
                item.waiting_since.set(item.waiting_since | epoch_ms(waiting.waiting_since)),
                item.reminders.set(waiting.reminders),
            ],
            item.session_number.does_not_exist() | (item.finalisation <= waiting.finalisation),
        )
        if not isinstance(outcome, Applied):
            raise ConditionFailedError("A later finalisation of this session waits for the jury.")

    def get(self, number: SessionNumber) -> WaitingSession | None:
        with translated():
            try:
                return _waiting(WaitingSessionItem.get(shard_of(number), number, consistent_read=True))
            except DoesNotExist:
                return None

    def all(self) -> Iterator[WaitingSession]:
        return self._from(0, None)

    def page(self, limit: int, after: SessionNumber | None) -> tuple[WaitingSession, ...]:
        rows = self._from(shard_of(after), after) if after else self._from(0, None)
        return tuple(islice(rows, limit))

    def remove(self, number: SessionNumber, finalisation: int) -> None:
        with contextlib.suppress(ConditionFailedError), translated():
            WaitingSessionItem(shard_of(number), number).delete(condition=WaitingSessionItem.finalisation == finalisation)

    def _from(self, first_shard: int, after: SessionNumber | None) -> Iterator[WaitingSession]:
        with translated():
            for shard in range(first_shard, SHARDS):
                beyond = WaitingSessionItem.session_number > after if after and shard == first_shard else None
                for item in WaitingSessionItem.query(shard, beyond, consistent_read=True):
                    yield _waiting(item)


def _entry(item: OpenFinalisationItem) -> OpenFinalisation:
    return OpenFinalisation(
        session_number=SessionNumber(item.session_number),
        finalisation=int(item.finalisation),
        requested_at=from_epoch_ms(item.requested_at),
        attempt=int(item.attempt),
        attempted_at=optional_instant(item.attempted_at),
    )


def _waiting(item: WaitingSessionItem) -> WaitingSession:
    return WaitingSession(
        session_number=SessionNumber(item.session_number),
        finalisation=int(item.finalisation),
        token=item.token,
        uai=Uai(item.uai),
        centre=item.centre,
        certifications=int(item.certifications),
        to_decide=int(item.to_decide),
        global_comment=bool(item.global_comment),
        waiting_since=from_epoch_ms(item.waiting_since),
        reminders=int(item.reminders),
    )
