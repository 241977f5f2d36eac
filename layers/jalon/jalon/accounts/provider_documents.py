"""What identity providers publish of themselves: the discovery document, and the keys that they sign with.

Both are kept for an hour. A provider that signs with a key we do not know has changed its keys, or where they are, so both are asked for
again, at most every half minute. A discovery document that cannot be had anew goes on serving for a day: it holds addresses, which seldom
change. Keys never serve longer than their hour, since one that was withdrawn may be in a thief's hands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jalon.accounts.call_provider import Reply, call_provider
from jalon.accounts.identity_providers import IdentityProvider, ProviderUnavailableError
from jalon.kernel.clock import Clock

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

KEPT_FOR = timedelta(hours=1)
#: How long a discovery document serves while the provider does not give another.
KEPT_WHILE_DOWN = timedelta(days=1)
#: A key that we do not know makes us ask again, but not for every forged token; nor does every sign-in wait for what does not answer.
ASKED_AT_MOST_EVERY = timedelta(seconds=30)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class _Kept:
    document: Mapping[str, Any]
    fetched_at: datetime
    tried_at: datetime


class ProviderDocuments:
    """Fetches and keeps them in this environment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._descriptions: dict[str, _Kept] = {}  # by issuer, to the letter
        self._key_sets: dict[str, _Kept] = {}  # by address

    def metadata(self, provider: IdentityProvider, fresh_for: timedelta = KEPT_FOR) -> Mapping[str, Any]:
        """The discovery document (OpenID Connect Discovery 1.0 §4), which speaks for this very issuer and names addresses that may be
        called; raises :class:`ProviderUnavailableError`.
        """
        url, now = provider.issuer.rstrip("/") + "/.well-known/openid-configuration", self._clock.now()
        kept = self._descriptions.get(provider.issuer)
        if kept and _serves(kept, now, fresh_for):
            return kept.document
        try:
            document = _described(provider, _fetch(url))
        except ProviderUnavailableError:
            if kept is None or now - kept.fetched_at >= KEPT_WHILE_DOWN:
                raise
            self._descriptions[provider.issuer] = replace(kept, tried_at=now)
            return kept.document
        self._descriptions[provider.issuer] = _Kept(document, now, now)
        return document

    def keys(self, provider: IdentityProvider, key_id: Any, *, anew: bool = False) -> "KeySet":
        """The provider's signing keys of this name, None for a signature without one: then all of them.

        They are asked for again where none has the name, or ``anew``, as often as that may be. Keys that cannot be read are left out, and
        a set may be empty. Raises :class:`ProviderUnavailableError`.
        """
        from joserfc.jwk import KeySet

        kept = self._key_sets.get(str(self.metadata(provider)["jwks_uri"]))
        fresh = kept is not None and not anew and self._clock.now() - kept.fetched_at < KEPT_FOR
        known = _signing_keys(kept.document) if kept and fresh else []
        if all(key.get("kid") != key_id for key in known):
            known = self._fetched_keys(str(self.metadata(provider, ASKED_AT_MOST_EVERY)["jwks_uri"]))
        if key_id is not None:
            known = [key for key in known if key.get("kid") == key_id]
        return KeySet(_imported(known))

    def _fetched_keys(self, uri: str) -> list[dict[str, Any]]:
        kept, now = self._key_sets.get(uri), self._clock.now()
        if kept is None or now - kept.fetched_at >= ASKED_AT_MOST_EVERY:
            kept = _Kept(_fetch(uri), now, now)
            if not isinstance(kept.document.get("keys"), list):
                raise ProviderUnavailableError("The identity provider publishes no keys.")
            self._key_sets[uri] = kept
        return _signing_keys(kept.document)


def as_object(reply: Reply) -> Mapping[str, Any]:
    """The JSON object of an answer; raises :class:`ProviderUnavailableError` where it is something else."""
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailableError("The identity provider answers something else than JSON.") from error
    if not isinstance(value, dict):
        raise ProviderUnavailableError("The identity provider answers something else than an object.")
    return value


def _serves(kept: _Kept, now: datetime, fresh_for: timedelta) -> bool:
    age, tried = now - kept.fetched_at, now - kept.tried_at
    return age < fresh_for or (tried < ASKED_AT_MOST_EVERY and age < KEPT_WHILE_DOWN)


def _fetch(url: str) -> Mapping[str, Any]:
    reply = call_provider("GET", url, {})
    if reply.status != 200:
        raise ProviderUnavailableError("The identity provider does not describe itself.")
    return as_object(reply)


def _described(provider: IdentityProvider, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    if metadata.get("issuer") != provider.issuer or not all(provider.allows_endpoint(str(metadata.get(name, ""))) for name in _ENDPOINTS):
        raise ProviderUnavailableError("The identity provider describes itself wrongly.")
    return metadata


def _signing_keys(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The keys of a set (RFC 7517 §4) that may have signed; a member that is null is absent."""
    keys = [{name: value for name, value in key.items() if value is not None} for key in document["keys"] if isinstance(key, dict)]
    return [key for key in keys if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"]


def _imported(keys: list[dict[str, Any]]) -> list[Any]:
    """Those that can be read: a curve or a member that we do not know makes no other key unusable (RFC 7517 §5)."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    read = []
    for key in keys:
        try:
            read.append(import_key(key))
        except (JoseError, LookupError, ValueError, TypeError):
            continue
    return read
