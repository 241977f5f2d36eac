"""Time, handed in: nothing in the rules asks the machine what time it is."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the present as an aware UTC ``datetime``."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def epoch_ms(instant: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC, as the tables store instants that are compared by number."""
    return int(instant.timestamp() * 1000)


def from_epoch_ms(milliseconds: float) -> datetime:
    """The instant that :func:`epoch_ms` wrote.

    >>> from_epoch_ms(1_795_253_400_000)
    datetime.datetime(2026, 11, 21, 9, 30, tzinfo=datetime.timezone.utc)
    """
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC with seconds and a ``Z``, as the API writes instants.

    >>> iso(datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
    '2026-11-21T09:30:00Z'
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
