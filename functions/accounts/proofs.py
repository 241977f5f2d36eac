"""A proof of the moment in a request: its fields, and what it is made of beside them."""

from pydantic import ConfigDict, Field, SecretStr

from functions.accounts.exchange import Exchange
from functions.accounts.schemas import Email, Password, ProviderReturnRequest
from jalon.accounts.reauthenticate import Proof
from jalon.edge.schemas import RequestSchema


class ProofRequest(RequestSchema):
    """Who asks, proven once more: by the password or by a provider. Neither is needed within five minutes of a sign-in that lasts."""

    model_config = ConfigDict(strict=True)

    password: Password | None = Field(default=None, description="One's own, for an account that has one.")
    provider_return: ProviderReturnRequest | None = Field(
        default=None, description="Begun with POST /v1/me/provider-links at a provider that is linked: it asks for a fresh sign-in there."
    )


class EmailAttachmentRequest(ProofRequest):
    """An address to which a code will be sent, with a proof of who asks."""

    email: Email


class ProviderLinkRequest(ProofRequest, ProviderReturnRequest):
    """What the provider to be linked added to the address it sent the person back to, with a proof of who asks."""


class IntroductionLinkRequest(ProofRequest):
    """The introduction that the problem ``provider_account_unknown`` gave, within ten minutes, with a proof of who asks."""

    introduction: SecretStr = Field(min_length=1, max_length=4000)


def proof_of(exchange: Exchange, body: ProofRequest) -> Proof:
    """What the request proves, and its sender's sign-in."""
    password = body.password.get_secret_value() if body.password else None
    came_back = body.provider_return.as_return() if body.provider_return else None
    caller = exchange.caller()
    return Proof(password, came_back, caller.authenticated_at, caller.sign_in_epoch)
