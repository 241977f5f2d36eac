"""What the routes work with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.accounts.accounts import Accounts
from jalon.accounts.messages import Mailer
from jalon.accounts.ses_mailer import SesMailer
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.release_store import S3Releases
from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.campaigns.campaign_stats import CampaignStatsStore
from jalon.campaigns.campaign_store import DynamoCampaigns
from jalon.campaigns.made_to_measure import TargetProfileStore
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.start_participation import TakingPart
from jalon.campaigns.stats_store import DynamoCampaignStats
from jalon.campaigns.tables import CampaignCodeItem, CampaignItem, CampaignStatsItem, ParticipationItem, TargetProfileItem
from jalon.campaigns.target_profile_store import DynamoTargetProfiles
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.idempotency import IdempotencyRecord
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock
from jalon.kernel.ids import IdSource, SecureIdSource
from jalon.organisations.import_store import DynamoImports
from jalon.organisations.imports import ImportStore
from jalon.organisations.invitation_store import DynamoInvitations
from jalon.organisations.invitations import InvitationStore, MemberRegister
from jalon.organisations.organisation import OrganisationStore
from jalon.organisations.organisation_store import DynamoMembers, DynamoOrganisations
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.pupils import PupilStore
from jalon.organisations.reconciliation_store import DynamoReconciliations
from jalon.organisations.reconciliations import ReconciliationStore
from jalon.organisations.request_import import Uploads
from jalon.organisations.tables import ImportItem, InvitationItem, MemberItem, OrganisationItem, PupilItem, ReconciliationItem
from jalon.organisations.upload_store import S3Uploads

_MODELS = (
    OrganisationItem,
    MemberItem,
    InvitationItem,
    PupilItem,
    ReconciliationItem,
    ImportItem,
    CampaignItem,
    CampaignCodeItem,
    ParticipationItem,
    CampaignStatsItem,
    TargetProfileItem,
    AssessmentItem,
    AttemptItem,
    ProfileItem,
    IdempotencyRecord,
    ErasureMark,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores and sources of this function."""

    organisations: OrganisationStore
    members: MemberRegister
    invitations: InvitationStore
    pupils: PupilStore
    reconciliations: ReconciliationStore
    imports: ImportStore
    uploads: Uploads
    stats: CampaignStatsStore
    target_profiles: TargetProfileStore
    taking_part: TakingPart
    mailer: Mailer
    clock: Clock
    ids: IdSource


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, *_MODELS)
    clock, ids = SystemClock(), SecureIdSource()
    organisations, pupils, reconciliations = DynamoOrganisations(), DynamoPupils(), DynamoReconciliations()
    return Parts(
        organisations=organisations,
        members=DynamoMembers(),
        invitations=DynamoInvitations(),
        pupils=pupils,
        reconciliations=reconciliations,
        imports=DynamoImports(),
        uploads=S3Uploads(lambda: client("s3"), settings.value("UPLOAD_BUCKET")),
        stats=DynamoCampaignStats(),
        target_profiles=DynamoTargetProfiles(),
        taking_part=TakingPart(
            campaigns=DynamoCampaigns(),
            organisations=organisations,
            participations=DynamoParticipations(),
            pupils=pupils,
            reconciliations=reconciliations,
            assessments=DynamoAssessments(),
            profiles=DynamoProfiles(),
            releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), clock),
            clock=clock,
            ids=ids,
        ),
        mailer=SesMailer(settings.value("MAIL_SENDER")),
        clock=clock,
        ids=ids,
    )


@cache
def accounts() -> Accounts:
    """What makes accounts; apart from the rest, since few requests need it and it brings argon2."""
    from jalon.accounts.accounts_wiring import open_accounts

    return open_accounts(Settings.from_environment())
