"""What a busy or broken key service means to someone who signs in."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from jalon.accounts.kms_signer import KmsSigner, SigningUnavailableError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Sign"), SigningUnavailableError),
        (ClientError({"Error": {"Code": "KMSInternalException", "Message": "oh"}}, "Sign"), SigningUnavailableError),
        (ReadTimeoutError(endpoint_url="https://kms.example"), SigningUnavailableError),
        (ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Sign"), ClientError),
    ],
    ids=["throttled", "internal", "silent", "refused"],
)
def test_what_passes_may_be_tried_again_and_what_does_not_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception]
) -> None:
    class Kms:
        def sign(self, **_: object) -> None:
            raise error

    monkeypatch.setattr("jalon.accounts.kms_signer.client", lambda _: Kms())
    with pytest.raises(kind):
        KmsSigner("key", "thumbprint").sign({"sub": "usr_1"})
