"""Which store, signer and site the function works with."""

from jalon.certificates.clients import BucketSite, KmsSigner
from jalon.certificates.sign_status_lists import ListSigning
from jalon.certificates.status_store import TableKeyStore, TableStatusStore
from jalon.certificates.tables import KeyRecord, RevocationRecord
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock


def wire() -> ListSigning:
    """Read the environment, bind the tables."""
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
