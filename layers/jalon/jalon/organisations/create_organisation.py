"""Open a school's space, to be activated by its head (docs/domain.md §6)."""

from dataclasses import dataclass
from datetime import datetime

from jalon.kernel.clock import Clock
from jalon.kernel.ids import Uai
from jalon.organisations.organisation import (
    ACTIVATION_VALID_FOR,
    Organisation,
    OrganisationStore,
)
from jalon.organisations.paper_codes import digest_of


@dataclass(frozen=True, slots=True)
class CreateOrganisation:
    """Which school, and the code that will activate its space: ``activation_code`` comes from :func:`paper_codes.paper_code`."""

    uai: Uai
    name: str
    official_email: str
    activation_code: str


@dataclass(frozen=True, slots=True)
class CreatedOrganisation:
    """Until when its code activates the space; only the code's digest is kept."""

    uai: Uai
    expires_at: datetime


def create_organisation(organisations: OrganisationStore, clock: Clock, command: CreateOrganisation) -> CreatedOrganisation:
    """Create a school, or renew the code of one that nobody has activated yet.

    Raises :class:`~jalon.organisations.organisation.OrganisationAlreadyActivatedError`.
    """
    now = clock.now()
    organisation = Organisation(
        uai=command.uai,
        name=command.name,
        official_email=command.official_email,
        created_at=now,
        activation_digest=digest_of(command.activation_code),
        activation_expires_at=now + ACTIVATION_VALID_FOR,
    )
    organisations.create(organisation)
    return CreatedOrganisation(command.uai, organisation.activation_expires_at)
