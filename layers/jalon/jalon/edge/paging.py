"""Opaque cursors for lists."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from jalon.edge.bodies import MalformedBodyError, read_json
from jalon.kernel.errors import InvalidInputError, Violation

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


def encode_cursor(position: Mapping[str, Any] | None) -> str | None:
    """A cursor for the item after which the next page starts (DynamoDB's ``LastEvaluatedKey``), or None at the end."""
    if not position:
        return None
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":"), sort_keys=True).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> dict[str, Any] | None:
    """The position a cursor stands for; raises :class:`InvalidInputError` for one that we did not make."""
    if not cursor:
        return None
    try:
        position = read_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, MalformedBodyError):
        position = None
    if not isinstance(position, dict):
        raise InvalidInputError(
            "This cursor is not one that a previous page gave.",
            (Violation("/cursor", "Use next_cursor of the previous page, unchanged, or leave it out.", "cursor"),),
        )
    return position
