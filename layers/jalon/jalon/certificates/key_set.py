"""The public keys that certificates and status lists were ever signed with, and when each was in use.

Published as a JWK Set (RFC 7517 §5) whose keys carry ``nbf`` and, once replaced, ``exp`` (seconds; the members OpenID
Federation gives its historical keys). A signature counts only if it is dated within its key's window.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jalon.certificates.signing import PublicKey

PATH = ".well-known/jalon-certificate-keys.json"
MEDIA_TYPE = "application/jwk-set+json"
KEY_MEDIA_TYPE = "application/jwk+json"
#: While a new key is rolled out, functions that started before still sign with the old one.
ROLL_OUT = timedelta(hours=1)


def key_path(key_id: str) -> str:
    """Where one key is published alone, for readers of JWTs that follow the ``kid``."""
    return f".well-known/jalon-certificate-keys/{key_id}.json"


@dataclass(frozen=True, slots=True)
class KeyWindow:
    """A key and the time in which it signs; ``until`` is None for the key in use."""

    key: PublicKey
    since: datetime
    until: datetime | None = None


class KeyStore(Protocol):
    """Remembers every key for ever."""

    def windows(self) -> tuple[KeyWindow, ...]: ...

    def open_window(self, key: PublicKey, since: datetime) -> None:
        """Remember ``key`` as in use; nothing changes if it is known."""
        ...

    def close_window(self, key_id: str, until: datetime) -> None:
        """The key signs no more from ``until`` on; nothing changes if that was already said."""
        ...


def ensure_current(store: KeyStore, key: PublicKey, now: datetime) -> tuple[KeyWindow, ...]:
    """Every window, after opening one for ``key`` if it has none; that closes, an hour later, those of the keys before it.

    Called before each use of a key, so that no signature is ever older than its key's window.
    """
    windows = store.windows()
    if any(window.key.key_id == key.key_id for window in windows):
        return windows
    store.open_window(key, now)
    for window in windows:
        if window.until is None:
            store.close_window(window.key.key_id, now + ROLL_OUT)
    return store.windows()


def key_set_document(windows: Iterable[KeyWindow]) -> bytes:
    """The JWK Set as published, in a fixed order."""
    keys = [_jwk(window) for window in sorted(windows, key=lambda window: (window.since, window.key.key_id))]
    return json.dumps({"keys": keys}, separators=(",", ":")).encode()


def key_document(window: KeyWindow) -> bytes:
    """One key as published alone."""
    return json.dumps(_jwk(window), separators=(",", ":")).encode()


def _jwk(window: KeyWindow) -> dict[str, str | int]:
    jwk: dict[str, str | int] = {**window.key.jwk(), "nbf": int(window.since.timestamp())}
    return jwk if window.until is None else {**jwk, "exp": int(window.until.timestamp())}
