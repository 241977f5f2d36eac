"""What the routes work with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.assessment.release_store import S3Releases
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.status_store import TableStatusStore
from jalon.certificates.stores import CertificateStore, ResultStore, StatusStore
from jalon.certificates.table_store import TableCertificateStore
from jalon.certificates.tables import CertificateRecord, PublishedResultRecord, RevocationRecord
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.executions import StepFunctionsExecutions
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore, DynamoWorklistStore
from jalon.certification.finalisations import OpenFinalisationStore
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.review_session import Bench
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, OpenFinalisationItem, ResultItem, SessionItem, WaitingSessionItem
from jalon.edge.aws import client
from jalon.edge.erasures import ErasureMark
from jalon.edge.idempotency import IdempotencyRecord
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock

SERVICE = "jury"


@dataclass(frozen=True, slots=True)
class Parts:
    """The jury's bench, and the published certificates it may take back."""

    bench: Bench
    certificates: CertificateStore
    published: ResultStore
    statuses: StatusStore
    open_finalisations: OpenFinalisationStore
    clock: Clock


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, SessionItem, CandidateItem, ResultItem, WaitingSessionItem, OpenFinalisationItem)
    bind(settings, CertificateRecord, PublishedResultRecord, RevocationRecord, IdempotencyRecord, ErasureMark)
    clock = SystemClock()
    bench = Bench(
        sessions=DynamoSessionStore(),
        candidates=DynamoCandidateStore(),
        results=DynamoResultStore(),
        worklist=DynamoWorklistStore(),
        executions=StepFunctionsExecutions(lambda: client("stepfunctions"), settings.value("FINALISATION_MACHINE_ARN")),
        releases=S3Releases(lambda: client("s3"), settings.value("CONTENT_BUCKET"), clock),
        clock=clock,
    )
    certificates = TableCertificateStore(lambda: secret(settings, "CERTIFICATE_INDEX_KEY"))
    return Parts(bench, certificates, TableResultStore(), TableStatusStore(), DynamoOpenFinalisationStore(), clock)
