"""The OAuth 2.0 endpoints: Authlib's server, served by Starlette.

Authlib publishes its server for Flask and Django; the core underneath knows neither, and this module gives it what a
framework gives: the request's form, the clients, the answer. Grants, client authentication and error answers are
Authlib's; who someone is, and what is issued, is decided in ``jalon.accounts``.
"""

# Authlib is not typed: its classes are Any here.
# mypy: disallow-subclassing-any=False

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.errors import UnsupportedGrantTypeError as AuthlibUnsupportedGrantTypeError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from starlette.responses import JSONResponse, Response

from functions.accounts.exchange import Exchange
from functions.accounts.oauth_clients import TokenClient, Unknown, authenticate_basic, authenticate_public, basic_credentials
from functions.accounts.oauth_grants import ClientGrant, PasswordGrant, RefreshGrant, Revocation, person_response
from jalon.accounts.access_token import LIFETIME, AccessTokens
from jalon.accounts.accounts import Accounts
from jalon.accounts.known_device import write_device_token
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.sign_ins import SignIns
from jalon.edge.bodies import FORM, media_type

_MOST_PARAMETERS = 20

FindClient = Callable[[str], TokenClient | None]


class UnsupportedGrantTypeError(AuthlibUnsupportedGrantTypeError):
    """Authlib's, which describes nothing; what was sent is not repeated (RFC 6749 §5.2 limits the characters of a description)."""

    description = "This grant type is not supported."


class ClientRefusedError(InvalidClientError):
    """Authlib's, which names its own methods and no realm (RFC 7617 §2); always with its status 401 (RFC 6749 §5.2)."""

    CHALLENGE = 'Basic realm="jalon"'
    status_code = 401
    description = f"No client has this id and secret. People sign in with client_id={SCREENS}, or without one, and no secret."

    def get_headers(self) -> list[tuple[str, str]]:
        return [*OAuth2Error.get_headers(self), ("WWW-Authenticate", self.CHALLENGE)]


class FormRequest(OAuth2Request):
    """A request to the token or revocation endpoint."""

    def __init__(self, headers: Mapping[str, str], form: Mapping[str, str]) -> None:
        # TLS ends at the gateway, which takes nothing else; Authlib asks for the address only to check that.
        super().__init__("POST", "https://gateway/v1/oauth", headers=headers)
        self._form = form
        self.payload = BasicOAuth2Payload(form)

    @property
    def form(self) -> Mapping[str, str]:
        return self._form


class TokenServer(AuthorizationServer):
    """Authlib's authorization server on our accounts."""

    def __init__(self, accounts: Accounts, sign_ins: SignIns, access_tokens: AccessTokens, find_client: FindClient) -> None:
        super().__init__()
        self.accounts = accounts
        self.sign_ins = sign_ins
        self._access_tokens = access_tokens
        self._find_client = find_client
        for grant in (PasswordGrant, RefreshGrant, ClientGrant):
            self.register_grant(grant)
        self.register_endpoint(Revocation)
        self.register_client_auth_method("none", authenticate_public)
        self.register_client_auth_method("client_secret_basic", authenticate_basic)

    def token(self, exchange: Exchange) -> Response:
        """Answer ``POST /v1/oauth/token``."""
        try:
            request = _request(exchange)
            grant_type = request.payload.grant_type
            if not grant_type:
                raise InvalidRequestError("Missing 'grant_type' in request.")
            if all(grant_type != grant.GRANT_TYPE for grant, _ in self._token_grants):
                raise UnsupportedGrantTypeError(grant_type)
        except OAuth2Error as error:
            return self._refuse(error)
        answer: Response = self.create_token_response(request)
        return answer

    def revocation(self, exchange: Exchange) -> Response:
        """Answer ``POST /v1/oauth/revoke``."""
        try:
            request = _request(exchange)
        except OAuth2Error as error:
            return self._refuse(error)
        answer: Response = self.create_endpoint_response(Revocation.ENDPOINT_NAME, request)
        return answer

    def authenticate_client(self, request: OAuth2Request, methods: list[str], endpoint: str = "token") -> TokenClient:
        try:
            client: TokenClient = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError as error:
            raise ClientRefusedError from error
        return client

    def query_client(self, client_id: str) -> TokenClient:
        return self._find_client(client_id) or Unknown(client_id)

    def generate_token(
        self,
        grant_type: str,  # noqa: ARG002 - Authlib's signature
        client: TokenClient,
        user: Any = None,
        scope: str | None = None,
        expires_in: int | None = None,  # noqa: ARG002 - Authlib's signature
        include_refresh_token: bool = True,  # noqa: ARG002 - Authlib's signature
    ) -> dict[str, Any]:
        """The token response of a person who signed in (``user``) or of a client in its own name."""
        if user is not None:
            tokens = self.sign_ins.open(user, client.client_id, self.accounts.clock.now())
            return person_response(tokens, write_device_token(self.accounts, user))
        scopes = frozenset((scope or "").split()) or client.scopes
        if not scopes <= client.scopes:
            raise InvalidScopeError
        now = self.accounts.clock.now()
        return {
            "access_token": self._access_tokens.issue(client.client_id, client.client_id, now, scopes=scopes, schools=client.schools),
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": " ".join(sorted(scopes)),
        }

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing to do: sign-ins are kept when they are opened, and access tokens not at all."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Response:
        return JSONResponse(dict(body), status_code=status, headers=dict(headers))

    def _refuse(self, error: OAuth2Error) -> Response:
        return self.handle_response(*error())


def _request(exchange: Exchange) -> FormRequest:
    """The form of a request; raises Authlib's ``InvalidRequestError`` as RFC 6749 §3.2 says."""
    if media_type(exchange.headers) != FORM:
        raise InvalidRequestError(f"The body must be {FORM}.")
    try:
        pairs = parse_qsl(exchange.body.decode("ascii"), errors="strict", max_num_fields=_MOST_PARAMETERS, keep_blank_values=True)
    except ValueError:
        raise InvalidRequestError("The body is not a form in UTF-8.") from None
    form = {name: value for name, value in pairs if value}
    if len(dict(pairs)) != len(pairs):
        raise InvalidRequestError("A parameter is given more than once.")
    header = exchange.headers.get("authorization", "")
    if header and "client_secret" in form:
        raise InvalidRequestError("A client proves itself in one way: in the Authorization header or in the body.")  # RFC 6749 §2.3
    named, _ = basic_credentials(header)
    if named and form.get("client_id", named) != named:
        raise InvalidRequestError("The Authorization header and client_id in the body name two clients.")
    return FormRequest(exchange.headers, form)
