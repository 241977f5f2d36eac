"""What the task works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.certificates.clients import BucketSite, KmsSigner
from jalon.certificates.publish_certificate import Publishing
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.status_store import TableKeyStore, TableStatusStore
from jalon.certificates.table_store import TableCertificateStore
from jalon.certificates.tables import (
    CertificateRecord,
    CodeRecord,
    KeyRecord,
    PublishedResultRecord,
    RevocationRecord,
    StatusPlaceRecord,
    StudentRecord,
)
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.handover import Handover
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, ResultItem, SessionItem
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import SecureIdSource


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the outcome comes from and what publishes it."""

    handover: Handover
    publishing: Publishing


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CandidateItem, ResultItem)
    bind(settings, CertificateRecord, CodeRecord, StudentRecord, PublishedResultRecord, StatusPlaceRecord, RevocationRecord, KeyRecord)
    publishing = Publishing(
        certificates=TableCertificateStore(lambda: secret(settings, "CERTIFICATE_INDEX_KEY")),
        results=TableResultStore(),
        statuses=TableStatusStore(),
        keys=TableKeyStore(),
        site=BucketSite(settings.value("SITE_BUCKET")),
        signer=KmsSigner(settings.value("CERTIFICATE_KEY_ID")),
        ids=SecureIdSource(),
        clock=SystemClock(),
        site_url=settings.value("SITE_URL"),
    )
    return Parts(Handover(DynamoSessionStore(), DynamoCandidateStore(), DynamoResultStore()), publishing)
