"""Open a school's space, to be activated by its head (docs/domain.md §6)."""

from dataclasses import dataclass
from datetime import datetime

from jalon.kernel.clock import Clock
from jalon.kernel.ids import IdSource, Uai
from jalon.organisations.organisation import (
    ACTIVATION_VALID_FOR,
    Organisation,
    OrganisationStore,
)
from jalon.organisations.paper_codes import digest_of, new_paper_code


@dataclass(frozen=True, slots=True)
class CreateOrganisation:
    uai: Uai
    name: str
    official_email: str


@dataclass(frozen=True, slots=True)
class CreatedOrganisation:
    """``activation_code`` is shown this once; only its digest is kept."""

    uai: Uai
    activation_code: str
    expires_at: datetime


def create_organisation(organisations: OrganisationStore, ids: IdSource, clock: Clock, command: CreateOrganisation) -> CreatedOrganisation:
    """Create a school, or renew the code of one that nobody has activated yet.

    Raises :class:`~jalon.organisations.organisation.OrganisationAlreadyActivatedError`.
    """
    now = clock.now()
    code = new_paper_code(ids)
    organisation = Organisation(
        uai=command.uai,
        name=command.name,
        official_email=command.official_email,
        created_at=now,
        activation_digest=digest_of(code),
        activation_expires_at=now + ACTIVATION_VALID_FOR,
    )
    organisations.create(organisation)
    return CreatedOrganisation(command.uai, code, organisation.activation_expires_at)
