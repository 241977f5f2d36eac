"""The grants, on Authlib's: where they ask who someone is, ``jalon.accounts`` answers."""

# Authlib is not typed: its classes are Any here.
# mypy: disallow-subclassing-any=False

from typing import Any

from authlib.oauth2.rfc6749 import (
    ClientCredentialsGrant,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    RefreshTokenGrant,
    ResourceOwnerPasswordCredentialsGrant,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint

from functions.accounts.oauth_clients import TokenClient
from functions.accounts.services import ACCOUNTS
from jalon.accounts.identity import Identity
from jalon.accounts.lockout import AccountWaitsError
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_ins import RefreshRefusedError, RefreshTokenReusedError, Tokens
from jalon.edge.observability import logger, metric

AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]


class AccountWaitsGrantError(OAuth2Error):
    """Too many failures: RFC 6749 §5.2's ``invalid_grant``, told apart by its status and ``Retry-After``."""

    error = "invalid_grant"
    status_code = 429

    def __init__(self, description: str, retry_after_s: int) -> None:
        super().__init__(description)
        self._retry_after_s = retry_after_s

    def get_headers(self) -> list[tuple[str, str]]:
        return [*super().get_headers(), ("Retry-After", str(self._retry_after_s))]


class UnsupportedTokenTypeError(OAuth2Error):
    """RFC 7009 §2.2.1: access tokens end by themselves, within 20 minutes."""

    error = "unsupported_token_type"


def person_response(tokens: Tokens, device_token: str | None = None) -> dict[str, Any]:
    """RFC 6749 §5.1 for a person; with the token of a device on which they have just proven who they are."""
    response = {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in_s,
        "refresh_token": tokens.refresh_token,
    }
    return response | ({"device_token": device_token} if device_token else {})


class PasswordGrant(ResourceOwnerPasswordCredentialsGrant):
    """A person's login and password, through our own screens (RFC 6749 §4.3)."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def authenticate_user(self, username: str, password: str) -> Identity:
        if self.request.payload.scope:
            raise InvalidScopeError("People have roles, not scopes.")
        try:
            identity = sign_in(self.server.accounts, username, password, self._given("device_token"), self._given("sign_in_code"))
        except WrongCredentialsError as error:
            metric("SignInRefused", service=ACCOUNTS, reason="wrong_credentials")
            raise InvalidGrantError(error.detail) from error
        except AccountWaitsError as error:
            metric("SignInRefused", service=ACCOUNTS, reason="account_waits")
            raise AccountWaitsGrantError(error.detail, error.retry_after_s) from error
        logger(ACCOUNTS).info("SIGNED_IN", user_id=identity.user_id)
        metric("SignedIn", service=ACCOUNTS)
        return identity

    def _given(self, name: str) -> str:
        value: str = self.request.form.get(name, "")
        return value


class RefreshGrant(RefreshTokenGrant):
    """A refresh token for its successor (RFC 6749 §6). Validating it replaces it, in one write."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def _validate_request_token(self, client: TokenClient) -> Tokens:
        presented = self.request.form.get("refresh_token")
        if presented is None:
            raise InvalidRequestError("Missing 'refresh_token' in request.")
        if self.request.payload.scope:
            raise InvalidScopeError("People have roles, not scopes.")
        try:
            tokens: Tokens = self.server.sign_ins.refresh(presented, client.client_id)
        except RefreshRefusedError as error:
            if isinstance(error, RefreshTokenReusedError):
                logger(ACCOUNTS).warning("REFRESH_TOKEN_REUSED", family_id=error.facts.get("family_id"))
            metric("RefreshRefused", service=ACCOUNTS, reason=error.code)
            raise InvalidGrantError(error.detail) from error
        return tokens

    def _validate_token_scope(self, token: Tokens) -> None:
        """Checked before the token was replaced."""

    def authenticate_user(self, refresh_token: Tokens) -> Tokens:
        return refresh_token

    def issue_token(self, user: Tokens, refresh_token: Tokens) -> dict[str, Any]:  # noqa: ARG002 - Authlib's signature
        return person_response(refresh_token)

    def revoke_old_credential(self, refresh_token: Tokens) -> None:
        """Done when it was validated."""


class ClientGrant(ClientCredentialsGrant):
    """Software in its own name (RFC 6749 §4.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS


class Revocation(RevocationEndpoint):
    """Sign-out: ends the sign-in that a refresh token belongs to (RFC 7009)."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def authenticate_token(self, request: Any, client: TokenClient) -> str:  # noqa: ARG002 - the sign-in knows its client
        token: str | None = request.form.get("token")
        if not token:
            raise InvalidRequestError("Missing 'token' in request.")
        if token.startswith("eyJ") and token.count(".") == 2:
            raise UnsupportedTokenTypeError("Access tokens cannot be revoked; they end within 20 minutes.")
        return token

    def revoke_token(self, token: str, request: Any) -> None:
        """An unknown token is as good as revoked (RFC 7009 §2.2)."""
        if self.server.sign_ins.end(token, request.client.client_id):
            logger(ACCOUNTS).info("SIGNED_OUT")
            metric("SignedOut", service=ACCOUNTS)
