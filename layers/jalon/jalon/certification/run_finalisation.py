"""See every finalisation to its end: begin its execution, begin another where one was lost, keep the jury's tokens alive.

Starting is idempotent by our own record: an attempt is claimed before its execution starts, and the execution's name follows from
the claim. Whatever runs twice finds its work done (docs/architecture.md, *What is never lost*).
"""

import contextlib
from dataclasses import dataclass
from datetime import timedelta

from jalon.certification.errors import SessionNotFoundError
from jalon.certification.finalisations import Executions, ExecutionStatus, OpenFinalisation, OpenFinalisationStore
from jalon.certification.sessions import SessionStore
from jalon.certification.worklist import WorklistStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import SessionNumber

#: After so many executions of one finalisation a human must look; the sweep goes on counting it as stuck.
MAX_ATTEMPTS = 8
#: How long a claimed attempt may go without an execution before the sweep takes its starter for dead.
CLAIM_LIFE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep found and did; ``failed`` could not be looked at, because a part we depend on did not answer."""

    open: int = 0
    begun: int = 0
    closed: int = 0
    stuck: int = 0
    failed: int = 0

    def __add__(self, other: "Sweep") -> "Sweep":
        return Sweep(
            self.open + other.open,
            self.begun + other.begun,
            self.closed + other.closed,
            self.stuck + other.stuck,
            self.failed + other.failed,
        )


def begin_execution(store: OpenFinalisationStore, executions: Executions, clock: Clock, entry: OpenFinalisation) -> bool:
    """Claims the entry's next attempt and starts it; False if someone else claimed it meanwhile."""
    claimed = store.claim_attempt(entry, clock.now())
    if claimed is None:
        return False
    executions.start(claimed)
    return True


def begin_if_reachable(store: OpenFinalisationStore, executions: Executions, clock: Clock, number: SessionNumber) -> None:
    """Begins the session's open finalisation now; if something does not answer, its entry stands and the sweep begins it."""
    with contextlib.suppress(UnavailableError):
        entry = store.get(number)
        if entry is not None:
            begin_execution(store, executions, clock, entry)


def resume_finalisations(sessions: SessionStore, store: OpenFinalisationStore, executions: Executions, clock: Clock) -> Sweep:
    """Looks at every open finalisation and gets the lost ones going again; one that cannot be looked at does not stop the others."""
    total = Sweep()
    for entry in list(store.all()):
        try:
            total += _resume(sessions, store, executions, clock, entry)
        except UnavailableError:
            total += Sweep(open=1, failed=1)
    return total


def keep_jury_waiting(worklist: WorklistStore, executions: Executions) -> int:
    """Sends a heartbeat for each session on the jury's worklist; returns how many workflows heard it.

    A workflow that hears nothing for half an hour, because its session fell off the list or we could not reach it, asks again.
    """
    heard = 0
    for waiting in list(worklist.all()):
        with contextlib.suppress(UnavailableError):
            heard += executions.heartbeat(waiting.token)
    return heard


def _resume(sessions: SessionStore, store: OpenFinalisationStore, executions: Executions, clock: Clock, entry: OpenFinalisation) -> Sweep:
    if _is_published(sessions, entry):
        store.close(entry.session_number, entry.finalisation)
        return Sweep(closed=1)
    return Sweep(open=1) + _get_going(store, executions, clock, entry)


def _get_going(store: OpenFinalisationStore, executions: Executions, clock: Clock, entry: OpenFinalisation) -> Sweep:
    """Begins what has not begun or was lost; leaves alone what runs and what failed just now."""
    if entry.attempted_at is None:
        return Sweep(begun=int(begin_execution(store, executions, clock, entry)))
    waited = clock.now() - entry.attempted_at
    status = executions.status(entry)
    if status is None and waited >= CLAIM_LIFE:
        executions.start(entry)  # the claim's starter died between the claim and the start
        return Sweep(begun=1)
    if status is None or status is ExecutionStatus.RUNNING:
        return Sweep()
    if entry.attempt >= MAX_ATTEMPTS:
        return Sweep(stuck=1)
    begun = waited >= pause_before(entry.attempt + 1) and begin_execution(store, executions, clock, entry)
    return Sweep(begun=int(begun))


def pause_before(attempt: int) -> timedelta:
    """How long after an attempt began the next may: doubling from one minute to an hour.

    >>> [int(pause_before(attempt).total_seconds()) for attempt in (2, 3, 8)]
    [60, 120, 3600]
    """
    doublings: int = 2 ** (attempt - 2)
    return min(_FIRST_PAUSE * doublings, _LONGEST_PAUSE)


def _is_published(sessions: SessionStore, entry: OpenFinalisation) -> bool:
    try:
        return (sessions.get(entry.session_number).published_finalisation or 0) >= entry.finalisation
    except SessionNotFoundError:
        return False
