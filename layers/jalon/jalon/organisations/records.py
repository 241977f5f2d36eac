"""How this context's tables write instants and states."""

from datetime import UTC, datetime

from jalon.organisations.imports import ImportStatus

ENDED = tuple(status.value for status in ImportStatus if status.is_final)


def instant(milliseconds: float) -> datetime:
    """An aware instant from milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def optional_instant(milliseconds: float | None) -> datetime | None:
    """The same where the attribute may be absent."""
    return None if milliseconds is None else instant(milliseconds)
