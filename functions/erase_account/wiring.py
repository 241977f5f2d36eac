"""What the worker works with, made once per environment: every context's part, in the order in which they are removed."""

from functools import cache

from jalon.accounts import export_store
from jalon.accounts import personal_data_store as accounts
from jalon.accounts.erase_account import Erasing
from jalon.accounts.erasure_store import DynamoErasures, ErasureItem, SqsReminders
from jalon.assessment import personal_data_store as assessment
from jalon.campaigns import personal_data_store as campaigns
from jalon.certificates import personal_data_store as certificates
from jalon.certification import personal_data_store as certification
from jalon.certification.candidatures import unpublished_certifications
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import SessionItem
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock
from jalon.organisations import personal_data_store as organisations


@cache
def erasing() -> Erasing:
    """The parts for the environment's settings; ``erasing.cache_clear()`` wires anew (tests).

    The identity goes last, with accounts: by it a person's ways in are found.
    """
    settings = Settings.from_environment()
    for context in (organisations, campaigns, assessment, certification, certificates, accounts):
        bind(settings, *context.MODELS)
    bind(settings, SessionItem, ErasureItem, export_store.ExportItem)
    candidatures, sessions = certification.DynamoCandidatures(), DynamoSessionStore()
    return Erasing(
        erasures=DynamoErasures(),
        holdings=(
            export_store.ExportHolding(export_store.S3ExportShelf(settings.value("EXPORT_BUCKET"))),
            campaigns.CampaignHolding(),
            assessment.AssessmentHolding(),
            certification.CertificationHolding(),
            certificates.CertificateHolding(),
            organisations.OrganisationHolding(),
            accounts.AccountHolding(),
        ),
        runs=lambda user_id: any(unpublished_certifications(candidatures, sessions, user_id)),
        remind=SqsReminders(settings.value("ERASURE_QUEUE_URL")),
        clock=SystemClock(),
    )
