"""What the static site says about our tokens: the public keys and the discovery document."""

from collections.abc import Sequence
from typing import Any

from joserfc.jwk import RSAKey

from jalon.accounts.oauth_client import GRANTABLE_SCOPES, OPERATOR_SCOPES

JWKS_PATH = ".well-known/jwks.json"
#: The same document under the name that OpenID libraries look for, and the one of plain OAuth (RFC 8414 §3.1).
DISCOVERY_PATHS = (".well-known/openid-configuration", ".well-known/oauth-authorization-server")


def public_key(der: bytes) -> RSAKey:
    """A key from what KMS answers (SubjectPublicKeyInfo, DER); its ``kid`` is its RFC 7638 thumbprint."""
    key = RSAKey.import_key(der)
    return RSAKey.import_key(key.as_dict(private=False), {"kid": key.thumbprint(), "use": "sig", "alg": "RS256"})


def key_set(keys: Sequence[RSAKey]) -> dict[str, Any]:
    """The JSON Web Key Set (RFC 7517 §5), each key once."""
    return {"keys": list({str(key.kid): key.as_dict(private=False) for key in keys}.values())}


def discovery(issuer: str, api_url: str | None) -> dict[str, Any]:
    """The discovery document (RFC 8414 §2; OpenID Connect Discovery 1.0 §3 but for the authorization endpoint: no grant of ours has one).

    Before the API exists it has the issuer and the keys alone, which is what the gateway's authorizer reads.
    """
    document: dict[str, Any] = {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/{JWKS_PATH}",
        "response_types_supported": ["none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    if api_url:
        document |= {
            "token_endpoint": f"{api_url}/v1/oauth/token",
            "revocation_endpoint": f"{api_url}/v1/oauth/revoke",
            "grant_types_supported": ["password", "refresh_token", "client_credentials"],
            "scopes_supported": sorted(OPERATOR_SCOPES | GRANTABLE_SCOPES),
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        }
    return document
