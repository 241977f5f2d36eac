"""What the worker works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.release_store import S3Releases
from jalon.assessment.releases import Releases
from jalon.campaigns.participation import ParticipationStore
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.tables import ParticipationItem
from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores of this function."""

    participations: ParticipationStore
    releases: Releases


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, ParticipationItem)
    return Parts(DynamoParticipations(), S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), SystemClock()))
