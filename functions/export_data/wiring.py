"""What the worker works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from functions.export_data.document import Sources
from jalon.accounts import account_store
from jalon.accounts.export_store import DynamoExports, ExportItem, S3ExportShelf
from jalon.accounts.exports import ExportShelf, ExportStore
from jalon.accounts.personal_data_store import sign_ins_of
from jalon.accounts.tables import FamilyItem
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.release_store import S3Releases
from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.campaigns import acts_store as campaigns
from jalon.campaigns.campaign_store import DynamoCampaigns
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.tables import CampaignItem, ParticipationItem
from jalon.certificates.personal_data_store import certificates_of
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.tables import CertificateRecord, PublishedResultRecord
from jalon.certification import acts_store as certification
from jalon.certification.personal_data_store import DynamoCandidatures, invigilations_of
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, InvigilatorItem, ResultItem, SessionItem
from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock
from jalon.organisations import acts_store as organisations
from jalon.organisations.organisation_store import DynamoOrganisations
from jalon.organisations.personal_data_store import memberships_of, reconciliations_of
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.tables import MemberItem, OrganisationItem, PupilItem, ReconciliationItem


@dataclass(frozen=True, slots=True)
class Parts:
    """``tries`` is how often the queue gives an order."""

    store: ExportStore
    shelf: ExportShelf
    sources: Sources
    tries: int


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, ExportItem, FamilyItem, OrganisationItem, MemberItem, ReconciliationItem, PupilItem, CampaignItem, ParticipationItem)
    bind(settings, AssessmentItem, AttemptItem, ProfileItem, SessionItem, CandidateItem, InvigilatorItem, ResultItem)
    bind(settings, CertificateRecord, PublishedResultRecord, *account_store.MODELS)
    for context in (campaigns, organisations, certification):
        bind(settings, *context.MODELS)
    clock = SystemClock()
    sources = Sources(
        accounts=account_store.AccountTable(),
        sign_ins=sign_ins_of,
        schools=DynamoOrganisations().find,
        pupils=DynamoPupils().find,
        reconciliations=reconciliations_of,
        memberships=memberships_of,
        assessments=DynamoAssessments(),
        profiles=DynamoProfiles(),
        releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), clock),
        campaigns=DynamoCampaigns().find,
        participations=DynamoParticipations(),
        candidatures=DynamoCandidatures(),
        invigilations=invigilations_of,
        sessions=DynamoSessionStore(),
        results=DynamoResultStore(),
        published=TableResultStore(),
        certificates=certificates_of,
        acts=(campaigns.acts_of, organisations.acts_of, certification.acts_of),
        clock=clock,
    )
    return Parts(DynamoExports(), S3ExportShelf(settings.value("EXPORT_BUCKET")), sources, int(settings.value("EXPORT_TRIES")))
