"""What the sweep works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.certification.executions import StepFunctionsExecutions
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore, DynamoWorklistStore
from jalon.certification.finalisations import Executions, OpenFinalisationStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.sessions import SessionStore
from jalon.certification.tables import OpenFinalisationItem, SessionItem, WaitingSessionItem
from jalon.certification.worklist import WorklistStore
from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores of the sweep, and the workflow engine."""

    sessions: SessionStore
    worklist: WorklistStore
    open_finalisations: OpenFinalisationStore
    executions: Executions
    clock: Clock


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, WaitingSessionItem, OpenFinalisationItem)
    return Parts(
        sessions=DynamoSessionStore(),
        worklist=DynamoWorklistStore(),
        open_finalisations=DynamoOpenFinalisationStore(),
        executions=StepFunctionsExecutions(lambda: client("stepfunctions"), settings.value("FINALISATION_MACHINE_ARN")),
        clock=SystemClock(),
    )
