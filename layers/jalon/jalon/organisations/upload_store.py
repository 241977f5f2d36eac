"""Uploaded lists in S3: ``imports/<UAI>/<import>``, removed as soon as they are read, at the latest after some days."""

from collections.abc import Callable
from typing import Any

from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import ImportId, Uai
from jalon.organisations.request_import import UploadTicket

UPLOAD_WITHIN_S = 15 * 60
_CONTENT_TYPE = "application/octet-stream"


class UploadUnavailableError(UnavailableError):
    """The bucket of uploads does not answer."""

    code = "upload_unavailable"


class S3Uploads:
    """The :class:`~jalon.organisations.request_import.Uploads` of one bucket."""

    def __init__(self, client: Callable[[], Any], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def ticket(self, uai: Uai, import_id: ImportId) -> UploadTicket:
        parameters = {"Bucket": self._bucket, "Key": upload_key(uai, import_id), "ContentType": _CONTENT_TYPE}
        url = self._client().generate_presigned_url("put_object", Params=parameters, ExpiresIn=UPLOAD_WITHIN_S)
        return UploadTicket(url, {"Content-Type": _CONTENT_TYPE})

    def read(self, uai: Uai, import_id: ImportId, max_bytes: int) -> bytes | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            body = self._client().get_object(Bucket=self._bucket, Key=upload_key(uai, import_id))["Body"]
            with body:
                upload: bytes = body.read(max_bytes + 1)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                return None
            raise UploadUnavailableError("The uploaded file cannot be read now.") from error
        except BotoCoreError as error:
            raise UploadUnavailableError("The uploaded file cannot be read now.") from error
        return upload

    def forget(self, uai: Uai, import_id: ImportId) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client().delete_object(Bucket=self._bucket, Key=upload_key(uai, import_id))
        except (BotoCoreError, ClientError) as error:
            raise UploadUnavailableError("The uploaded file cannot be removed now.") from error


def upload_key(uai: Uai, import_id: ImportId) -> str:
    """Where an import's file lies."""
    return f"imports/{uai}/{import_id}"


def import_of_key(key: str) -> tuple[Uai, ImportId] | None:
    """The school and import an object belongs to; None for an object that is no upload of ours.

    >>> import_of_key("imports/0990001N/imp_0")
    ('0990001N', 'imp_0')
    """
    match key.split("/"):
        case ["imports", uai, import_id] if uai and import_id:
            return Uai(uai), ImportId(import_id)
        case _:
            return None
