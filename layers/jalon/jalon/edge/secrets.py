"""Secrets, fetched once per environment from Secrets Manager, or again where their change must be noticed, and never logged."""

import json
import math
import time
from collections.abc import Callable
from functools import cache

from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import translated

#: The labels that Secrets Manager gives to the version that was put last and to the one before it (AWS Secrets Manager User Guide,
#: "What's in a Secrets Manager secret?", *Secret versions*).
_PRESENT, _FORMER = "AWSCURRENT", "AWSPREVIOUS"
#: Seconds. Whatever is sent to a function, it does not fetch a secret again more often.
_LOOK_AGAIN_EVERY_S = 5.0


@cache
def _fetch(arn: str) -> str:
    response = client("secretsmanager").get_secret_value(SecretId=arn)
    return str(response["SecretString"])


def secret(settings: Settings, name: str) -> bytes:
    """The secret whose ARN is in ``SECRET_<name>``, as bytes."""
    return _fetch(settings.value(f"SECRET_{name}")).encode()


def versions(settings: Settings, name: str) -> Callable[[], tuple[bytes, ...]]:
    """What fetches the secret anew: its present value and, if there was one, the value before it; nothing within 5 s of the last time.

    For a secret whose change running environments have to notice. Raises :class:`~jalon.edge.tables.StoreUnavailableError` when Secrets
    Manager is out of reach.
    """
    arn = settings.value(f"SECRET_{name}")
    looked_at = -math.inf

    def look_again() -> tuple[bytes, ...]:
        nonlocal looked_at
        if time.monotonic() - looked_at < _LOOK_AGAIN_EVERY_S:
            return ()
        found = tuple(value for stage in (_PRESENT, _FORMER) if (value := _version(arn, stage)) is not None)
        looked_at = time.monotonic()
        return found

    return look_again


def _version(arn: str, stage: str) -> bytes | None:
    secrets = client("secretsmanager")
    try:
        with translated():
            return str(secrets.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"]).encode()
    except secrets.exceptions.ResourceNotFoundException:
        return None


def secret_json(settings: Settings, name: str) -> dict[str, str]:
    """The same, for a secret that is a JSON object of strings (an identifier with its password)."""
    value = json.loads(_fetch(settings.value(f"SECRET_{name}")))
    return {str(key): str(item) for key, item in value.items()}


def forget_secrets() -> None:
    """Drop what was fetched (tests, and after a rotation)."""
    _fetch.cache_clear()
