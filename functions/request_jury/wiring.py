"""What the task works with, made once per environment."""

from functools import cache

from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.executions import StepFunctionsExecutions
from jalon.certification.finalisation_store import DynamoWorklistStore
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, ResultItem, SessionItem, WaitingSessionItem
from jalon.certification.workflow_tasks import JuryDesk
from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


@cache
def desk() -> JuryDesk:
    """The parts for the environment's settings; ``desk.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CandidateItem, ResultItem, WaitingSessionItem)
    return JuryDesk(
        sessions=DynamoSessionStore(),
        candidates=DynamoCandidateStore(),
        results=DynamoResultStore(),
        worklist=DynamoWorklistStore(),
        executions=StepFunctionsExecutions(lambda: client("stepfunctions"), settings.value("FINALISATION_MACHINE_ARN")),
        clock=SystemClock(),
    )
