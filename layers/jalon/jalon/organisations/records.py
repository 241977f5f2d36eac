"""How this context's tables write instants and states."""

from datetime import datetime

from jalon.kernel.clock import from_epoch_ms
from jalon.organisations.imports import ImportStatus

ENDED = tuple(status.value for status in ImportStatus if status.is_final)


def optional_instant(milliseconds: float | None) -> datetime | None:
    """An aware instant from milliseconds since 1970, where the attribute may be absent."""
    return None if milliseconds is None else from_epoch_ms(milliseconds)
