"""Clients as Authlib sees them."""

from typing import Protocol

from jalon.accounts.create_client import is_client_secret
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.oauth_client import OPERATOR_SCOPES, SCREENS, OAuthClient
from jalon.kernel.ids import ClientId


class TokenClient(Protocol):
    """What Authlib's grants ask of a client."""

    client_id: ClientId
    scopes: frozenset[str]

    def check_client_secret(self, client_secret: str) -> bool: ...

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool: ...

    def check_grant_type(self, grant_type: str) -> bool: ...


class Screens:
    """Our own screens: public, they prove nothing of themselves and act for a person who signs in."""

    client_id = SCREENS
    scopes: frozenset[str] = frozenset()

    def check_client_secret(self, client_secret: str) -> bool:  # noqa: ARG002 - it has none
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        return method == "none"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"password", "refresh_token"}


class Confidential:
    """What software with a secret has in common: it acts in its own name only."""

    client_id: ClientId
    scopes: frozenset[str]

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        return method in {"client_secret_basic", "client_secret_post"}

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class Registered(Confidential):
    """A school's software."""

    def __init__(self, client: OAuthClient, keyring: Keyring) -> None:
        self.client_id = client.client_id
        self.scopes = frozenset(map(str, client.scopes))
        self._client = client
        self._keyring = keyring

    def check_client_secret(self, client_secret: str) -> bool:
        return is_client_secret(self._keyring, self._client, client_secret)


class Operator(Confidential):
    """The operator, whose secret the template made."""

    def __init__(self, client_id: ClientId, client_secret: str) -> None:
        self.client_id = client_id
        self.scopes = frozenset(map(str, OPERATOR_SCOPES))
        self._secret = client_secret

    def check_client_secret(self, client_secret: str) -> bool:
        return same(client_secret, self._secret)


class Unknown(Confidential):
    """A client that does not exist: refused as one with a wrong secret is, so that ids cannot be tried out."""

    def __init__(self, client_id: str) -> None:
        self.client_id = ClientId(client_id)
        self.scopes = frozenset()

    def check_client_secret(self, client_secret: str) -> bool:  # noqa: ARG002
        return False
