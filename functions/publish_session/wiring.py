"""What the task works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.certificates.clients import BucketSite, KmsSigner
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.sign_status_lists import ListSigning
from jalon.certificates.status_store import TableKeyStore, TableStatusStore
from jalon.certificates.stores import ResultStore
from jalon.certificates.tables import KeyRecord, PublishedResultRecord, RevocationRecord
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.handover import Handover
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, ResultItem, SessionItem
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Parts:
    """Who is expected in the table, the table, and what signs the lists."""

    handover: Handover
    results: ResultStore
    lists: ListSigning


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CandidateItem, ResultItem, PublishedResultRecord, RevocationRecord, KeyRecord)
    lists = ListSigning(
        statuses=TableStatusStore(),
        keys=TableKeyStore(),
        site=BucketSite(settings.value("SITE_BUCKET")),
        signer=KmsSigner(settings.value("CERTIFICATE_KEY_ID")),
        clock=SystemClock(),
        site_url=settings.value("SITE_URL"),
    )
    return Parts(Handover(DynamoSessionStore(), DynamoCandidateStore(), DynamoResultStore()), TableResultStore(), lists)
