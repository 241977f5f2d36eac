"""What a client sends back as a cursor, checked before it reaches the store."""

from collections.abc import Mapping
from typing import Any

from jalon.kernel.errors import InvalidInputError, Violation

_LONGEST_TEXT = 900
_LONGEST_NUMBER = 15


def text_of(cursor: Mapping[str, Any], name: str) -> str:
    """A part of a cursor that is a text; raises :class:`InvalidInputError`."""
    value = cursor.get(name)
    if not (isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT):
        raise not_ours()
    return value


def number_of(cursor: Mapping[str, Any], name: str) -> str:
    """A part of a cursor that is a whole number, as text; raises :class:`InvalidInputError`."""
    value = text_of(cursor, name)
    if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER):
        raise not_ours()
    return value


def not_ours() -> InvalidInputError:
    """The refusal of a cursor that no page gave."""
    violation = Violation("/query/cursor", "Use next_cursor of the previous page, unchanged, or leave it out.", "cursor")
    return InvalidInputError("This cursor is not one that a previous page gave.", (violation,))
