"""What an import works with, made once per environment."""

from datetime import date
from functools import cache

from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import Uai
from jalon.organisations.import_pupils import Importing
from jalon.organisations.import_store import DynamoImports
from jalon.organisations.organisation_store import DynamoOrganisations
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.siecle_file import open_siecle
from jalon.organisations.siecle_rows import PupilList, pupils_of
from jalon.organisations.siecle_xml import read_siecle
from jalon.organisations.tables import ImportItem, OrganisationItem, PupilItem
from jalon.organisations.upload_store import S3Uploads


@cache
def importing() -> Importing:
    """The parts for the environment's settings; ``importing.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    bind(settings, OrganisationItem, PupilItem, ImportItem)
    return Importing(
        imports=DynamoImports(),
        register=DynamoOrganisations(),
        pupils=DynamoPupils(),
        uploads=S3Uploads(lambda: client("s3"), settings.value("UPLOAD_BUCKET")),
        clock=SystemClock(),
        read_list=_read_siecle,
    )


def tries() -> int:
    """How often the queue delivers a message before it gives it up."""
    return int(Settings.from_environment().value("IMPORT_TRIES"))


def _read_siecle(upload: bytes, uai: Uai, today: date) -> PupilList:
    with open_siecle(upload) as document:
        return pupils_of(read_siecle(document), uai, today)
