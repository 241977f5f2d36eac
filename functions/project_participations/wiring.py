"""What the worker works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.release_store import S3Releases
from jalon.assessment.tables import AssessmentItem, ProfileItem
from jalon.campaigns.campaign_store import DynamoCampaigns
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.project_participation import Following
from jalon.campaigns.tables import CampaignItem, ParticipationItem
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock
from jalon.organisations.organisation_store import DynamoOrganisations
from jalon.organisations.tables import OrganisationItem


@dataclass(frozen=True, slots=True)
class Parts:
    """What is followed, and where it is noted."""

    following: Following
    profiles: ProfileStore


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, CampaignItem, ParticipationItem, OrganisationItem, AssessmentItem, ProfileItem, ErasureMark)
    following = Following(
        campaigns=DynamoCampaigns(),
        participations=DynamoParticipations(),
        schools=DynamoOrganisations().find,
        assessments=DynamoAssessments(),
        releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), SystemClock()),
    )
    return Parts(following, DynamoProfiles())
