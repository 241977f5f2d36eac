"""What the task works with, made once per environment."""

from functools import cache

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.release_store import S3Releases
from jalon.assessment.tables import AssessmentItem
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.score_candidate import Marking
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, ResultItem, SessionItem
from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


@cache
def marking() -> Marking:
    """The parts for the environment's settings; ``marking.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CandidateItem, ResultItem, AssessmentItem)
    clock = SystemClock()
    return Marking(
        sessions=DynamoSessionStore(),
        candidates=DynamoCandidateStore(),
        results=DynamoResultStore(),
        assessments=DynamoAssessments(),
        releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), clock),
        clock=clock,
    )
