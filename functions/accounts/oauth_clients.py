"""Clients as Authlib sees them, and how they prove themselves."""

import base64
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import unquote_plus

from jalon.accounts.client_secret import is_client_secret
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.oauth_client import OPERATOR_SCOPES, SCREENS, OAuthClient
from jalon.kernel.clock import Clock
from jalon.kernel.ids import ClientId


class TokenClient(Protocol):
    """What Authlib's grants ask of a client."""

    client_id: ClientId
    scopes: frozenset[str]
    schools: frozenset[str]

    def check_client_secret(self, client_secret: str) -> bool: ...

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool: ...

    def check_grant_type(self, grant_type: str) -> bool: ...


class Screens:
    """Our own screens: public, they prove nothing of themselves and act for a person who signs in."""

    client_id = SCREENS
    scopes: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()

    def check_client_secret(self, client_secret: str) -> bool:  # noqa: ARG002 - it has none
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - Authlib's signature
        return method == "none"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"password", "refresh_token"}


class Confidential:
    """What software with a secret has in common: it acts in its own name only."""

    client_id: ClientId
    scopes: frozenset[str]
    schools: frozenset[str] = frozenset()

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - Authlib's signature
        return method in {"client_secret_basic", "client_secret_post"}

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class Registered(Confidential):
    """A school's software."""

    def __init__(self, client: OAuthClient, keyring: Keyring, clock: Clock) -> None:
        self.client_id = client.client_id
        self.scopes = frozenset(map(str, client.scopes))
        self.schools = client.schools
        self._client = client
        self._keyring = keyring
        self._clock = clock

    def check_client_secret(self, client_secret: str) -> bool:
        return is_client_secret(self._keyring, self._client, client_secret, self._clock.now())


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

    def check_client_secret(self, client_secret: str) -> bool:  # noqa: ARG002 - Authlib's signature
        return False


class ClientRequest(Protocol):
    """What of a request says which client sends it."""

    headers: Mapping[str, str]

    @property
    def form(self) -> Mapping[str, str]: ...


QueryClient = Callable[[str], TokenClient]


def authenticate_public(query_client: QueryClient, request: ClientRequest) -> TokenClient | None:
    """A client without a secret names itself, or stands for our own screens (RFC 6749 §3.2.1).

    An empty secret may as well be left out (§2.3.1), and OAuth libraries send one in the Authorization header with a public client's name.
    """
    header = request.headers.get("authorization", "")
    named, secret = basic_credentials(header)
    if secret or (header and not named) or request.form.get("client_secret"):
        return None
    return query_client(named or request.form.get("client_id") or SCREENS)


def authenticate_basic(query_client: QueryClient, request: ClientRequest) -> TokenClient | None:
    """A client with a secret in the Authorization header (RFC 6749 §2.3.1); Authlib's own fails on a malformed header."""
    client_id, secret = basic_credentials(request.headers.get("authorization", ""))
    if not client_id or not secret:
        return None
    client = query_client(client_id)
    return client if client.check_client_secret(secret) else None


def basic_credentials(header: str) -> tuple[str, str]:
    """The client id and secret in an Authorization header (RFC 7617 §2); both empty where it is none or malformed."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return "", ""
    client_id, colon, secret = decoded.partition(":")
    return (unquote_plus(client_id), unquote_plus(secret)) if colon else ("", "")
