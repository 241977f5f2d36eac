"""What the task works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.candidates import CandidateStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.sessions import SessionStore
from jalon.certification.tables import CandidateItem, SessionItem
from jalon.edge.settings import Settings
from jalon.edge.tables import bind


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores of this task."""

    sessions: SessionStore
    candidates: CandidateStore


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    bind(Settings.from_environment(), SessionItem, CandidateItem)
    return Parts(DynamoSessionStore(), DynamoCandidateStore())
