"""What the function works with, made once per environment."""

from functools import cache

from jalon.certificates.clients import BucketSite, KmsSigner
from jalon.certificates.sign_status_lists import ListSigning
from jalon.certificates.status_store import TableKeyStore, TableStatusStore
from jalon.certificates.tables import KeyRecord, RevocationRecord
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


@cache
def lists() -> ListSigning:
    """The signing for the environment's settings; ``lists.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, KeyRecord, RevocationRecord)
    return ListSigning(
        statuses=TableStatusStore(),
        keys=TableKeyStore(),
        site=BucketSite(settings.value("SITE_BUCKET")),
        signer=KmsSigner(settings.value("CERTIFICATE_KEY_ID")),
        clock=SystemClock(),
        site_url=settings.value("SITE_URL"),
    )
