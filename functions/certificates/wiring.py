"""What the routes work with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from functions.certificates.sealing import Seal, seal_from
from jalon.certificates.archive_store import S3Shelf, SqsOrders
from jalon.certificates.archives import ArchiveShelf, Send
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.stores import CertificateStore, ResultStore
from jalon.certificates.table_store import TableCertificateStore
from jalon.certificates.tables import CertificateRecord, CodeRecord, PublishedResultRecord
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.sessions import SessionStore
from jalon.certification.tables import SessionItem
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock
from jalon.organisations.memberships import MemberStore
from jalon.organisations.organisation_store import DynamoMembers
from jalon.organisations.tables import MemberItem


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores, and the address printed on certificates."""

    certificates: CertificateStore
    results: ResultStore
    sessions: SessionStore
    members: MemberStore
    clock: Clock
    site_url: str
    shelf: ArchiveShelf
    order: Send
    seal: Seal | None


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, CertificateRecord, CodeRecord, PublishedResultRecord, SessionItem, MemberItem)
    return Parts(
        certificates=TableCertificateStore(lambda: secret(settings, "CERTIFICATE_INDEX_KEY")),
        results=TableResultStore(),
        sessions=DynamoSessionStore(),
        members=DynamoMembers(),
        clock=SystemClock(),
        site_url=settings.value("SITE_URL"),
        shelf=S3Shelf(settings.value("ARCHIVE_BUCKET"), SystemClock()),
        order=SqsOrders(settings.value("ARCHIVE_QUEUE_URL")),
        seal=seal_from(settings),
    )


@dataclass(frozen=True, slots=True)
class Printing:
    """What the worker works with: ``tries`` is how often the queue gives an order."""

    certificates: CertificateStore
    shelf: ArchiveShelf
    site_url: str
    tries: int
    seal: Seal | None


@cache
def printing() -> Printing:
    """The same for the worker that prints archives."""
    settings = Settings.from_environment()
    bind(settings, CertificateRecord)
    return Printing(
        certificates=TableCertificateStore(lambda: secret(settings, "CERTIFICATE_INDEX_KEY")),
        shelf=S3Shelf(settings.value("ARCHIVE_BUCKET"), SystemClock()),
        site_url=settings.value("SITE_URL"),
        tries=int(settings.value("ARCHIVE_TRIES")),
        seal=seal_from(settings),
    )
