"""What the routes work with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.content_links import attachment_links
from jalon.assessment.presentation import AttachmentLink
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.release_store import S3Releases
from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.assessment.tickets import TicketOffice
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.executions import StepFunctionsExecutions
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore
from jalon.certification.finalisations import Executions, OpenFinalisationStore
from jalon.certification.join_certification import Entry
from jalon.certification.session_store import DynamoInvigilatorStore, DynamoSessionStore
from jalon.certification.start_certification import Starting
from jalon.certification.supervise_session import Room
from jalon.certification.tables import (
    CandidateItem,
    CentreSessionItem,
    InvigilatorItem,
    OpenFinalisationItem,
    SessionItem,
    SittingItem,
)
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.idempotency import IdempotencyRecord
from jalon.edge.presigned import addresses_in
from jalon.edge.secrets import secret, versions
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock
from jalon.kernel.ids import IdSource, SecureIdSource
from jalon.organisations.memberships import MemberStore
from jalon.organisations.organisation import OrganisationStore
from jalon.organisations.organisation_store import DynamoMembers, DynamoOrganisations
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.pupils import PupilStore
from jalon.organisations.tables import MemberItem, OrganisationItem, PupilItem

SERVICE = "sessions"


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores and sources of this function."""

    room: Room
    starting: Starting
    members: MemberStore
    organisations: OrganisationStore
    pupils: PupilStore
    open_finalisations: OpenFinalisationStore
    executions: Executions
    tickets: TicketOffice
    link: AttachmentLink
    clock: Clock
    ids: IdSource

    @property
    def entry(self) -> Entry:
        return self.starting.entry


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CentreSessionItem, CandidateItem, SittingItem, InvigilatorItem, OpenFinalisationItem, ErasureMark)
    bind(settings, AssessmentItem, AttemptItem, ProfileItem, OrganisationItem, MemberItem, PupilItem, IdempotencyRecord)
    clock, ids, bucket = SystemClock(), SecureIdSource(), settings.value("CONTENT_BUCKET")
    sessions, candidates, assessments = DynamoSessionStore(), DynamoCandidateStore(), DynamoAssessments()
    releases = S3Releases(lambda: client("s3"), bucket, clock)
    invigilators = DynamoInvigilatorStore()
    entry = Entry(sessions, candidates, assessments, invigilators, clock)
    return Parts(
        room=Room(sessions, candidates, invigilators, assessments, clock),
        starting=Starting(entry, DynamoProfiles(), releases, ids),
        members=DynamoMembers(),
        organisations=DynamoOrganisations(),
        pupils=DynamoPupils(),
        open_finalisations=DynamoOpenFinalisationStore(),
        executions=StepFunctionsExecutions(lambda: client("stepfunctions"), settings.value("FINALISATION_MACHINE_ARN")),
        tickets=TicketOffice(secret(settings, "TICKET_KEY"), versions(settings, "TICKET_KEY")),
        link=attachment_links(addresses_in(bucket), clock),
        clock=clock,
        ids=ids,
    )
