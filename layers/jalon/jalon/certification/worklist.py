"""The jury's worklist: the sessions that wait for it (docs/domain.md §8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jalon.kernel.ids import SessionNumber, Uai


@dataclass(frozen=True, slots=True)
class WaitingSession:
    """``token`` lets the session's workflow go on; ``reminders`` counts how often the jury was reminded."""

    session_number: SessionNumber
    finalisation: int
    token: str
    uai: Uai
    centre: str
    certifications: int
    to_decide: int
    global_comment: bool
    waiting_since: datetime
    reminders: int = 0


class WorklistStore(Protocol):
    def put(self, waiting: WaitingSession) -> None:
        """Adds the session or, when its workflow asks again, replaces its token; ``waiting_since`` stays the first one."""
        ...

    def get(self, number: SessionNumber) -> WaitingSession | None: ...

    def all(self) -> Iterator[WaitingSession]:
        """Every waiting session, shard by shard, by number within a shard."""
        ...

    def page(self, limit: int, after: SessionNumber | None) -> tuple[WaitingSession, ...]:
        """Up to ``limit`` waiting sessions that come after ``after`` in the order of :meth:`all`."""
        ...

    def remove(self, number: SessionNumber, finalisation: int) -> None:
        """Takes the session off; removing again changes nothing."""
        ...
