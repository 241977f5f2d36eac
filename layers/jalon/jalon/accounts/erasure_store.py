"""Erasures in DynamoDB, and the queue that reminds the worker of them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from jalon.accounts.erasure import Erasure, ErasureStatus
from jalon.edge.aws import client
from jalon.edge.erasures import subject_of
from jalon.edge.tables import ConditionFailedError, TableMeta, conditional_update, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import UserId


class ErasureItem(Model):
    """One erasure; :class:`jalon.edge.erasures.ErasureMark` is its key alone."""

    class Meta(TableMeta):
        table_name = "erasures"

    subject = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(null=True)
    requested_at = NumberAttribute()
    status = UnicodeAttribute()
    found = JSONAttribute(null=True)
    found_again = JSONAttribute(null=True)
    kept = JSONAttribute(null=True)
    erased_at = NumberAttribute(null=True)
    verified_at = NumberAttribute(null=True)


class DynamoErasures:
    """An :class:`~jalon.accounts.erasure.ErasureStore`."""

    def get(self, user_id: UserId) -> Erasure | None:
        try:
            with translated():
                return _erasure(ErasureItem.get(subject_of(user_id), consistent_read=True))
        except DoesNotExist:
            return None

    def request(self, user_id: UserId, at: datetime) -> Erasure:
        item = ErasureItem(subject_of(user_id), user_id=user_id, requested_at=epoch_ms(at), status=ErasureStatus.REQUESTED.value)
        try:
            with translated():
                item.save(condition=ErasureItem.subject.does_not_exist())
        except ConditionFailedError:
            return self.get(user_id) or _erasure(item)
        return _erasure(item)

    def withdraw(self, user_id: UserId) -> None:
        with translated():
            ErasureItem(subject_of(user_id)).delete(condition=ErasureItem.found.does_not_exist())

    def note_found(self, user_id: UserId, found: Mapping[str, int]) -> None:
        conditional_update(
            ErasureItem, subject_of(user_id), None, [ErasureItem.found.set(dict(found))], _STANDING & ErasureItem.found.does_not_exist()
        )

    def note_erased(self, user_id: UserId, at: datetime) -> None:
        actions = [ErasureItem.status.set(ErasureStatus.ERASED.value), ErasureItem.erased_at.set(epoch_ms(at))]
        conditional_update(ErasureItem, subject_of(user_id), None, actions, ErasureItem.status == ErasureStatus.REQUESTED.value)

    def note_verified(self, user_id: UserId, at: datetime, found_again: Mapping[str, int], kept: Mapping[str, int]) -> None:
        actions: list[Action] = [
            ErasureItem.status.set(ErasureStatus.VERIFIED.value),
            ErasureItem.verified_at.set(epoch_ms(at)),
            ErasureItem.found_again.set(dict(found_again)),
            ErasureItem.kept.set(dict(kept)),
            ErasureItem.user_id.remove(),
        ]
        conditional_update(ErasureItem, subject_of(user_id), None, actions, ErasureItem.status == ErasureStatus.ERASED.value)


_STANDING = ErasureItem.subject.exists()


class SqsReminders:
    """A :data:`~jalon.accounts.erasure.Remind` on the queue of erasures."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def __call__(self, user_id: UserId, delay: timedelta) -> None:
        with translated():
            client("sqs").send_message(
                QueueUrl=self._queue_url, MessageBody=json.dumps({"user_id": user_id}), DelaySeconds=-int(-delay.total_seconds() // 1)
            )


def reminded(message: str) -> UserId:
    """Of whom a message reminds."""
    return UserId(json.loads(message)["user_id"])


def _erasure(item: ErasureItem) -> Erasure:
    return Erasure(
        subject=item.subject,
        requested_at=from_epoch_ms(item.requested_at),
        status=ErasureStatus(item.status),
        user_id=UserId(item.user_id) if item.user_id else None,
        found=item.found,
        found_again=item.found_again or {},
        kept=item.kept or {},
        erased_at=from_epoch_ms(item.erased_at) if item.erased_at else None,
        verified_at=from_epoch_ms(item.verified_at) if item.verified_at else None,
    )
