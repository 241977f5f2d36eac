"""What the routes work with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.content_links import attachment_links
from jalon.assessment.presentation import AttachmentLink
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.release_store import S3Releases
from jalon.assessment.releases import Releases
from jalon.assessment.store import AssessmentStore
from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.assessment.tickets import TicketOffice
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.presigned import addresses_in
from jalon.edge.secrets import secret, versions
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock
from jalon.kernel.ids import IdSource, SecureIdSource


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores and sources of this function."""

    store: AssessmentStore
    profiles: ProfileStore
    releases: Releases
    tickets: TicketOffice
    link: AttachmentLink
    clock: Clock
    ids: IdSource
    site_url: str


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, AssessmentItem, AttemptItem, ProfileItem, ErasureMark)
    clock = SystemClock()
    bucket = settings.value("CONTENT_BUCKET")
    return Parts(
        store=DynamoAssessments(),
        profiles=DynamoProfiles(),
        releases=S3Releases(lambda: client("s3"), bucket, clock, with_solutions=True),
        tickets=TicketOffice(secret(settings, "TICKET_KEY"), versions(settings, "TICKET_KEY")),
        link=attachment_links(addresses_in(bucket), clock),
        clock=clock,
        ids=SecureIdSource(),
        site_url=settings.value("SITE_URL"),
    )
