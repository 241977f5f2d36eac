"""Addresses of a release's files, signed for an hour: the content bucket itself is closed."""

from collections.abc import Callable
from typing import Any

from engine.challenge import Attachment
from jalon.assessment.presentation import AttachmentLink

LINK_LIFE_S = 3600


def attachment_links(client: Callable[[], Any], bucket: str) -> AttachmentLink:
    """A link maker for this bucket; ``client`` gives an S3 client whose role may read the files."""

    def link(version: str, attachment: Attachment) -> str:
        key = f"releases/{version}/attachments/{attachment.sha256}/{attachment.name}"
        return str(client().generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=LINK_LIFE_S))

    return link
