"""Speaks OpenID Connect to identity providers; joserfc checks what they sign.

Where a provider's endpoints and keys are comes from its discovery document (:mod:`jalon.accounts.provider_documents`). Each request is
bounded in time and size (:mod:`jalon.accounts.call_provider`), and a sign-in makes four at most: its discovery, tokens, keys and claims.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from jalon.accounts.call_provider import Reply, call_provider
from jalon.accounts.identity_providers import (
    Asking,
    IdentityProvider,
    ProviderPerson,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from jalon.accounts.provider_documents import ProviderDocuments, as_object
from jalon.kernel.base64url import base64url
from jalon.kernel.clock import Clock

#: Signatures only a provider can make: never ``none``, never one keyed by the secret that we share (RFC 8725 §3.1).
ALGORITHMS = ("RS256", "PS256", "ES256")
CLOCK_SKEW_S = 60
_ASKING = {
    Asking.MAX_AGE: ("max_age", "0"),
    Asking.PROMPT: ("prompt", "login"),
    Asking.AUTH_TIME: ("claims", '{"id_token":{"auth_time":{"essential":true}}}'),
}


class OpenIdGateway:
    """:class:`jalon.accounts.identity_providers.ProviderGateway` over HTTPS."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._documents = ProviderDocuments(clock)

    def authorization_url(
        self, provider: IdentityProvider, redirect_uri: str, state: str, nonce: str, verifier: str, *, anew: bool = False
    ) -> str:
        endpoint = str(self._documents.metadata(provider)["authorization_endpoint"])
        challenge = base64url(hashlib.sha256(verifier.encode()).digest())
        query = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(provider.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"prompt": str(provider.prompt)} if provider.prompt else {}),
            **(_asked_anew(provider) if anew else {}),
        }
        return _with_query(endpoint, query)

    def redeem(
        self, provider: IdentityProvider, code: str, redirect_uri: str, nonce: str, verifier: str, said_issuer: str | None
    ) -> ProviderPerson:
        metadata = self._documents.metadata(provider)
        expected = metadata.get("authorization_response_iss_parameter_supported") is True
        if said_issuer != provider.issuer and (expected or said_issuer is not None):
            raise ProviderRefusedError("This answer comes from another identity provider (RFC 9207): begin again.")
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        tokens = self._exchange(provider, metadata, form)
        id_token = str(tokens.get("id_token", ""))
        claims = self._checked(provider, id_token, nonce)
        return ProviderPerson(str(claims["sub"]), claims, str(tokens.get("access_token", "")), id_token)

    def claims(self, provider: IdentityProvider, person: ProviderPerson) -> Mapping[str, Any]:
        endpoint = self._documents.metadata(provider).get("userinfo_endpoint")
        if not isinstance(endpoint, str) or not person.access_token:
            return person.claims
        if not provider.allows_endpoint(endpoint):
            raise ProviderUnavailableError("The identity provider describes itself wrongly.")
        reply = call_provider("GET", endpoint, {"Authorization": f"Bearer {person.access_token}"})
        if reply.status != 200:
            raise _refusal(reply)
        signed = reply.media_type == "application/jwt"
        said = self._signed_claims(provider, reply.body.decode("utf-8", "replace")) if signed else as_object(reply)
        if said.get("sub") != person.subject:
            raise ProviderRefusedError("The provider describes someone else than who signed in (OpenID Connect Core §5.3.2).")
        return {**person.claims, **said}

    def end_session_url(self, provider: IdentityProvider, person: ProviderPerson) -> str | None:
        endpoint = self._documents.metadata(provider).get("end_session_endpoint")
        if not isinstance(endpoint, str) or not provider.allows_endpoint(endpoint):
            return None
        back = provider.post_logout_redirect_uri
        query = {"id_token_hint": person.id_token, "client_id": provider.client_id}
        return _with_query(endpoint, query | ({"post_logout_redirect_uri": back} if back else {}))

    def _exchange(self, provider: IdentityProvider, metadata: Mapping[str, Any], form: dict[str, str]) -> Mapping[str, Any]:
        """The token endpoint's answer; the client proves itself as the provider wants (Core §9)."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if "client_secret_basic" in _auth_methods(metadata):
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form = {**form, "client_id": provider.client_id, "client_secret": provider.client_secret}
        reply = call_provider("POST", str(metadata["token_endpoint"]), headers, urlencode(form).encode())
        if reply.status != 200:
            raise _refusal(reply)
        return as_object(reply)

    def _checked(self, provider: IdentityProvider, id_token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token (Core §3.1.3.7)."""
        from joserfc.errors import JoseError
        from joserfc.jwt import JWTClaimsRegistry

        claims = self._signed_claims(provider, id_token)
        registry = JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=CLOCK_SKEW_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except JoseError as error:
            raise ProviderRefusedError("The provider's ID token is not for this sign-in.") from error
        if claims.get("azp", provider.client_id) != provider.client_id:
            raise ProviderRefusedError("The provider's ID token is for another program.")
        return claims

    def _signed_claims(self, provider: IdentityProvider, token: str) -> Mapping[str, Any]:
        from joserfc import jws
        from joserfc.errors import JoseError
        from joserfc.jwt import decode

        try:
            key_id = jws.extract_compact(token.encode()).protected.get("kid")
            try:
                return dict(decode(token, self._documents.keys(provider, key_id), algorithms=list(ALGORITHMS)).claims)
            except JoseError:
                if key_id is not None:
                    raise
                # A new key without a name cannot be told from the one before.
                keys = self._documents.keys(provider, None, anew=True)
                return dict(decode(token, keys, algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderRefusedError("The provider's signature does not hold.") from error


def _with_query(endpoint: str, query: Mapping[str, str]) -> str:
    """A provider's address, which may have a query of its own (Core §3.1.2.1)."""
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query, quote_via=quote)}"


def _asked_anew(provider: IdentityProvider) -> dict[str, str]:
    """The parameters by which this provider is asked to ask its person anew, and to say when it did."""
    return dict(_ASKING[asking] for asking in provider.fresh_sign_in)


def _auth_methods(metadata: Mapping[str, Any]) -> list[Any]:
    """How the token endpoint takes a client's secret; what is no list, or an empty one, is not said (Discovery §3)."""
    said = metadata.get("token_endpoint_auth_methods_supported")
    named = [said] if isinstance(said, str) else said
    return named if isinstance(named, list) and named else ["client_secret_basic"]


def _refusal(reply: Reply) -> ProviderRefusedError | ProviderUnavailableError:
    if reply.status in {400, 401, 403}:
        return ProviderRefusedError("The provider refuses: the code is used, too old or not for us. Begin again.")
    return ProviderUnavailableError("The identity provider does not answer as it should; begin again.")
