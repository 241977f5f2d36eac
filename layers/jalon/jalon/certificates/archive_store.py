"""Archives in S3, written as a stream: no archive is ever held in memory or on disk whole."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from jalon.certificates.archives import ABANDONED_AFTER, ArchiveOrder, ArchiveStatus
from jalon.edge.aws import client
from jalon.edge.tables import translated
from jalon.kernel.clock import Clock

ADDRESS_LIFE_S = 600
_PART_BYTES = 8 << 20
_STATUS = "status"


class S3Shelf:
    """A bucket: ``<key>.zip`` beside a note ``<key>.status``."""

    def __init__(self, bucket: str, clock: Clock) -> None:
        self._bucket = bucket
        self._clock = clock

    def status(self, key: str) -> ArchiveStatus | None:
        from botocore.exceptions import ClientError

        try:
            with translated():
                answer = client("s3").head_object(Bucket=self._bucket, Key=f"{key}.status")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey", "NotFound"}:
                return None
            raise
        status = ArchiveStatus(answer["Metadata"][_STATUS])
        abandoned = status is ArchiveStatus.PREPARING and self._clock.now() - answer["LastModified"] > ABANDONED_AFTER
        return ArchiveStatus.FAILED if abandoned else status

    def note(self, key: str, status: ArchiveStatus) -> None:
        with translated():
            client("s3").put_object(Bucket=self._bucket, Key=f"{key}.status", Body=b"", Metadata={_STATUS: status.value})

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        upload = _Upload(self._bucket, f"{key}.zip")
        try:
            yield cast("BinaryIO", upload)
            upload.finish()
        except BaseException:
            upload.give_up()
            raise

    def address(self, key: str) -> str:
        wanted = {"Bucket": self._bucket, "Key": f"{key}.zip", "ResponseContentType": "application/zip"}
        wanted["ResponseContentDisposition"] = 'attachment; filename="certificats.zip"'
        return str(client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=ADDRESS_LIFE_S))


class _Upload(io.RawIOBase):
    """A write-only stream into a multipart upload."""

    def __init__(self, bucket: str, key: str) -> None:
        self._where: dict[str, Any] = {"Bucket": bucket, "Key": key}
        with translated():
            answer = client("s3").create_multipart_upload(**self._where, ContentType="application/zip")
        self._upload = {**self._where, "UploadId": answer["UploadId"]}
        self._parts: list[dict[str, Any]] = []
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        if len(self._held) >= _PART_BYTES:
            self._send()
        return len(data)

    def _send(self) -> None:
        number = len(self._parts) + 1
        with translated():
            answer = client("s3").upload_part(**self._upload, PartNumber=number, Body=bytes(self._held))
        self._parts.append({"ETag": answer["ETag"], "PartNumber": number})
        self._held.clear()

    def finish(self) -> None:
        """Make the object appear, whole."""
        if self._held or not self._parts:
            self._send()
        with translated():
            client("s3").complete_multipart_upload(**self._upload, MultipartUpload={"Parts": self._parts})

    def give_up(self) -> None:
        """Forget the parts."""
        with translated():
            client("s3").abort_multipart_upload(**self._upload)


class SqsOrders:
    """The queue of orders."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def __call__(self, order: ArchiveOrder) -> None:
        with translated():
            client("sqs").send_message(QueueUrl=self._queue_url, MessageBody=order.message())
