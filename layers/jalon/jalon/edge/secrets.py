"""Secrets, fetched once per environment from Secrets Manager and never logged."""

import json
from functools import cache

from jalon.edge.aws import client
from jalon.edge.settings import Settings


@cache
def _fetch(arn: str) -> str:
    response = client("secretsmanager").get_secret_value(SecretId=arn)
    return str(response["SecretString"])


def secret(settings: Settings, name: str) -> bytes:
    """The secret whose ARN is in ``SECRET_<name>``, as bytes."""
    return _fetch(settings.value(f"SECRET_{name}")).encode()


def secret_json(settings: Settings, name: str) -> dict[str, str]:
    """The same, for a secret that is a JSON object of strings (an identifier with its password)."""
    value = json.loads(_fetch(settings.value(f"SECRET_{name}")))
    return {str(key): str(item) for key, item in value.items()}


def forget_secrets() -> None:
    """Drop what was fetched (tests, and after a rotation)."""
    _fetch.cache_clear()
