"""Opaque cursors for lists."""

import json
from collections.abc import Mapping
from typing import Any

from jalon.edge.bodies import MalformedBodyError, read_json
from jalon.kernel.base64url import base64url, from_base64url
from jalon.kernel.cursors import not_ours

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


def encode_cursor(position: Mapping[str, Any] | None) -> str | None:
    """A cursor for the item after which the next page starts (DynamoDB's ``LastEvaluatedKey``), or None at the end."""
    if not position:
        return None
    return base64url(json.dumps(position, separators=(",", ":"), sort_keys=True).encode())


def decode_cursor(cursor: str | None) -> dict[str, Any] | None:
    """The position a cursor stands for; raises :class:`~jalon.kernel.errors.InvalidInputError` for one that we did not make."""
    if not cursor:
        return None
    try:
        position = read_json(from_base64url(cursor))
    except (ValueError, MalformedBodyError):
        position = None
    if not isinstance(position, dict):
        raise not_ours()
    return position
