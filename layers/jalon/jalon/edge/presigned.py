"""Addresses of stored objects that are signed as of an instant, not of the present one: the same address for whoever asks meanwhile.

AWS Signature Version 4 in the query string: an address serves from its ``X-Amz-Date`` on for ``X-Amz-Expires`` seconds, whenever it
was made. botocore signs as of now alone; here its own signer is told another instant.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from jalon.edge.aws import client, session

#: The address of the object under a key, as of an aware UTC instant, for some time from then on.
SignAddress = Callable[[str, datetime, timedelta], str]


class _SignedAsOf(S3SigV4QueryAuth):
    """botocore's signer, with the instant that it signs as of."""

    def __init__(self, credentials: Any, region: str, at: datetime, serves: timedelta) -> None:
        super().__init__(credentials, "s3", region, expires=int(serves.total_seconds()))
        self._at = at

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = self._at.strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs leave it out


def addresses_in(bucket: str) -> SignAddress:
    """Addresses to read objects of this bucket, signed by the credentials of the environment."""

    def address(key: str, at: datetime, serves: timedelta) -> str:
        s3 = client("s3")
        unsigned, _, _ = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}).partition("?")
        request = AWSRequest(method="GET", url=unsigned)
        credentials = session().get_credentials().get_frozen_credentials()
        _SignedAsOf(credentials, s3.meta.region_name, at, serves).add_auth(request)
        return str(request.url)

    return address
