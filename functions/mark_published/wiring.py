"""What the task works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.certification.finalisation_store import DynamoOpenFinalisationStore, DynamoWorklistStore
from jalon.certification.finalisations import OpenFinalisationStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.sessions import SessionStore
from jalon.certification.tables import OpenFinalisationItem, SessionItem, WaitingSessionItem
from jalon.certification.worklist import WorklistStore
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores of this task."""

    sessions: SessionStore
    worklist: WorklistStore
    open_finalisations: OpenFinalisationStore
    clock: Clock


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    bind(Settings.from_environment(), SessionItem, WaitingSessionItem, OpenFinalisationItem)
    return Parts(DynamoSessionStore(), DynamoWorklistStore(), DynamoOpenFinalisationStore(), SystemClock())
