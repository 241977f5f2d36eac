"""The signer in KMS and the site in S3."""

import hashlib

from jalon.certificates.signing import PublicKey, public_key_from_der, raw_from_der
from jalon.edge.aws import client
from jalon.edge.tables import translated


class KmsSigner:
    """Signs with an ECC_NIST_P256 key that never leaves KMS."""

    def __init__(self, key_arn: str) -> None:
        self._key_arn = key_arn
        self._public_key: PublicKey | None = None

    def public_key(self) -> PublicKey:
        if self._public_key is None:
            with translated():
                answer = client("kms").get_public_key(KeyId=self._key_arn)
            self._public_key = public_key_from_der(answer["PublicKey"])
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        digest = hashlib.sha256(message).digest()
        with translated():
            answer = client("kms").sign(KeyId=self._key_arn, Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256")
        return raw_from_der(answer["Signature"])


class BucketSite:
    """The static site's bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, path: str, body: bytes, media_type: str, cache_control: str) -> None:
        with translated():
            client("s3").put_object(Bucket=self._bucket, Key=path, Body=body, ContentType=media_type, CacheControl=cache_control)
