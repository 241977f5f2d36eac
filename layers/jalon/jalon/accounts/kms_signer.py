"""Signs access tokens with an RSA key that never leaves KMS (docs/decisions/0002-access-tokens-are-rs256.md).

The compact serialisation (RFC 7515 §7.1) is two base64url texts and a dot: writing it here keeps the JOSE library, and
100 ms of imports, out of every sign-in's cold start. Where keys are read and thumbprints made, joserfc does it.
"""

import hashlib
import json
from typing import Any

from jalon.accounts.access_token import Claims
from jalon.edge.aws import client
from jalon.kernel.base64url import base64url
from jalon.kernel.errors import UnavailableError

#: What KMS answers when the same request may succeed later.
_PASSING = frozenset({"ThrottlingException", "KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"})


class SigningUnavailableError(UnavailableError):
    """KMS is throttled or does not answer; nothing was issued."""

    code = "signing_unavailable"


class KmsSigner:
    """:class:`jalon.accounts.access_token.TokenSigner`: RS256 under the header ``kid`` of the published key."""

    def __init__(self, key_id: str, thumbprint: str) -> None:
        self._key_id = key_id
        self._header = base64url(_json({"alg": "RS256", "kid": thumbprint, "typ": "JWT"}))

    def sign(self, claims: Claims) -> str:
        signing_input = f"{self._header}.{base64url(_json(dict(claims)))}"
        digest = hashlib.sha256(signing_input.encode()).digest()
        return f"{signing_input}.{base64url(self._signature(digest))}"

    def _signature(self, digest: bytes) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = client("kms").sign(
                KeyId=self._key_id, Message=digest, MessageType="DIGEST", SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256"
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _PASSING:
                raise
            raise SigningUnavailableError("Nobody can be signed in just now; send the same request again.") from error
        except BotoCoreError as error:
            raise SigningUnavailableError("Nobody can be signed in just now; send the same request again.") from error
        return bytes(answer["Signature"])


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
