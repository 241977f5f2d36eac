"""Exports: how far they are in DynamoDB, the documents in S3, the work in SQS; and how all of it goes with an erasure."""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.models import Model

from jalon.accounts.erasure import Trace
from jalon.accounts.exports import Export, ExportId, ExportStatus
from jalon.edge.aws import client
from jalon.edge.erasures import refuse_erased, subject_of
from jalon.edge.tables import Applied, ConditionFailedError, TableMeta, conditional_update, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import UserId

ADDRESS_LIFE_S = 300


class ExportItem(Model):
    """A person's latest export; ``expires_at`` is the table's TTL."""

    class Meta(TableMeta):
        table_name = "exports"

    user_id = UnicodeAttribute(hash_key=True)
    export_id = UnicodeAttribute()
    requested_at = NumberAttribute()
    status = UnicodeAttribute()
    size_bytes = NumberAttribute(default=0)
    sha256 = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class DynamoExports:
    """An :class:`~jalon.accounts.exports.ExportStore`."""

    def get(self, user_id: UserId) -> Export | None:
        try:
            with translated():
                item = ExportItem.get(user_id, consistent_read=True)
        except DoesNotExist:
            return None
        return Export(
            user_id=UserId(item.user_id),
            export_id=ExportId(item.export_id),
            requested_at=from_epoch_ms(item.requested_at),
            status=ExportStatus(item.status),
            size_bytes=int(item.size_bytes),
            sha256=item.sha256 or "",
        )

    def begin(self, export: Export, instead_of: Export | None) -> bool:
        refuse_erased(export.user_id)
        item = ExportItem(
            export.user_id,
            export_id=export.export_id,
            requested_at=epoch_ms(export.requested_at),
            status=export.status.value,
            expires_at=int(export.expires_at.timestamp()),
        )
        free = ExportItem.export_id == instead_of.export_id if instead_of else ExportItem.user_id.does_not_exist()
        try:
            with translated():
                item.save(condition=free)
        except ConditionFailedError:
            return False
        return True

    def finish(self, export: Export) -> bool:
        actions = [ExportItem.status.set(export.status.value), ExportItem.size_bytes.set(export.size_bytes)]
        if export.sha256:
            actions.append(ExportItem.sha256.set(export.sha256))
        # A worker must not bring back what its owner deleted; the owner deletes whatever stands there.
        standing = (ExportItem.export_id == export.export_id) & (ExportItem.status != ExportStatus.DELETED.value)
        return isinstance(conditional_update(ExportItem, export.user_id, None, actions, standing), Applied)


class S3ExportShelf:
    """An :class:`~jalon.accounts.exports.ExportShelf`: a person's documents lie below a digest of the person's id."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, export: Export, document: bytes) -> None:
        with translated():
            client("s3").put_object(
                **self._where(export), Body=document, ContentType="application/json; charset=utf-8", CacheControl="no-store"
            )

    def address(self, export: Export) -> str:
        wanted = {**self._where(export), "ResponseContentDisposition": f'attachment; filename="{FILE_NAME}"'}
        return str(client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=ADDRESS_LIFE_S))

    def remove(self, export: Export) -> None:
        with translated():
            client("s3").delete_object(**self._where(export))

    def keys_of(self, user_id: UserId) -> list[str]:
        """Every document of the person's that lies here."""
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=_folder(user_id))
        with translated():
            return [item["Key"] for page in pages for item in page.get("Contents", ())]

    def remove_key(self, key: str) -> None:
        with translated():
            client("s3").delete_object(Bucket=self._bucket, Key=key)

    def _where(self, export: Export) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": f"{_folder(export.user_id)}{export.export_id}.json"}


#: What the document is called where it is saved.
FILE_NAME = "jalon-mes-donnees.json"


class SqsExportOrders:
    """An :data:`~jalon.accounts.exports.Order` on the queue of exports."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def __call__(self, export: Export) -> None:
        body = {"user_id": export.user_id, "export_id": export.export_id, "requested_at": epoch_ms(export.requested_at)}
        with translated():
            client("sqs").send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(body))


def ordered(message: str) -> Export:
    """The export that a message orders."""
    body = json.loads(message)
    return Export(UserId(body["user_id"]), ExportId(body["export_id"]), from_epoch_ms(body["requested_at"]))


class ExportHolding:
    """A :class:`~jalon.accounts.erasure.Holding`: the note, then the documents."""

    def __init__(self, shelf: S3ExportShelf) -> None:
        self._shelf = shelf

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        if DynamoExports().get(user_id) is not None:
            yield Trace("exports", partial(_remove_note, user_id))
        for key in self._shelf.keys_of(user_id):
            yield Trace("export_documents", partial(self._shelf.remove_key, key))

    def kept(self, user_id: UserId) -> Mapping[str, int]:  # noqa: ARG002 - no export is kept
        return {}


def _remove_note(user_id: UserId) -> None:
    with translated():
        ExportItem(user_id).delete()


def _folder(user_id: UserId) -> str:
    return f"exports/{subject_of(user_id)}/"
