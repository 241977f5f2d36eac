"""What the worker works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.release_store import S3Releases
from jalon.assessment.releases import Releases
from jalon.assessment.tables import AssessmentItem, ProfileItem
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores of this worker; its content comes without solutions."""

    store: DynamoAssessments
    profiles: ProfileStore
    releases: Releases
    clock: Clock


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, AssessmentItem, ProfileItem, ErasureMark)
    clock = SystemClock()
    return Parts(
        store=DynamoAssessments(),
        profiles=DynamoProfiles(),
        releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), clock),
        clock=clock,
    )
