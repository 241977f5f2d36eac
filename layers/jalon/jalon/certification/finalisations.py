"""Finalisations under way: what must run to the end, whatever dies meanwhile (docs/architecture.md, *What is never lost*)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jalon.kernel.ids import SessionNumber

SHARDS = 8


def shard_of(number: SessionNumber) -> int:
    """The shard a session's rows live in: numbers are random, so their remainder spreads evenly.

    >>> shard_of(SessionNumber("10000009"))
    1
    """
    return int(number) % SHARDS


@dataclass(frozen=True, slots=True)
class OpenFinalisation:
    """``attempt`` counts the executions begun for this finalisation (0: none yet); ``attempted_at`` is when the last one was claimed."""

    session_number: SessionNumber
    finalisation: int
    requested_at: datetime
    attempt: int = 0
    attempted_at: datetime | None = None

    @property
    def execution_name(self) -> str:
        """Session number and finalisation; a later attempt adds its number, since a name that has ended cannot be used again."""
        name = f"{self.session_number}-{self.finalisation}"
        return name if self.attempt <= 1 else f"{name}-{self.attempt}"


class OpenFinalisationStore(Protocol):
    """Our own record of executions: it makes starting them idempotent."""

    def get(self, number: SessionNumber) -> OpenFinalisation | None: ...

    def all(self) -> Iterator[OpenFinalisation]:
        """Every open one, shard by shard."""
        ...

    def claim_attempt(self, entry: OpenFinalisation, at: datetime) -> OpenFinalisation | None:
        """Takes the next attempt; None if someone else took it meanwhile."""
        ...

    def close(self, number: SessionNumber, finalisation: int) -> None:
        """Removes the entry; closing again changes nothing."""
        ...


class ExecutionStatus(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"
    PENDING_REDRIVE = "PENDING_REDRIVE"


class Executions(Protocol):
    """The workflow engine."""

    def start(self, entry: OpenFinalisation) -> None:
        """Starts the entry's execution; one of that name that exists already is left alone."""
        ...

    def status(self, entry: OpenFinalisation) -> ExecutionStatus | None:
        """None if no execution bears that name."""
        ...

    def succeed(self, token: str, output: dict[str, str]) -> bool:
        """Lets the task that waits under ``token`` go on; False if nothing waits there any more."""
        ...

    def heartbeat(self, token: str) -> bool:
        """Tells the task that waits under ``token`` that it is not forgotten; False if nothing waits there any more."""
        ...
