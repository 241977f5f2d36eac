"""What the worker works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.release_store import S3Releases
from jalon.assessment.releases import Releases
from jalon.assessment.tables import ProfileItem
from jalon.certificates.project_certification import Following
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.tables import PublishedResultRecord
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, SessionItem
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Parts:
    """What is followed, and where it is noted."""

    following: Following
    profiles: ProfileStore
    releases: Releases


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CandidateItem, PublishedResultRecord, ProfileItem, ErasureMark)
    return Parts(
        following=Following(DynamoSessionStore(), DynamoCandidateStore(), TableResultStore()),
        profiles=DynamoProfiles(),
        releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), SystemClock()),
    )
