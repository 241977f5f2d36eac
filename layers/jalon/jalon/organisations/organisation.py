"""A school's space (docs/domain.md §6): known by its UAI, activated once by its head."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from jalon.kernel.errors import ConflictError, GoneError, InvalidInputError, NotFoundError, Violation
from jalon.kernel.ids import Uai
from jalon.organisations.imports import ImportCounts, PupilImport
from jalon.organisations.memberships import Member
from jalon.organisations.paper_codes import digest_of
from jalon.organisations.pupils import ListVersion

ACTIVATION_VALID_FOR = timedelta(days=30)


class OrganisationNotFoundError(NotFoundError):
    """No school with this UAI was given a space."""

    code = "organisation_not_found"


class OrganisationAlreadyActivatedError(ConflictError):
    """A school's space is activated once, by the first administrator."""

    code = "organisation_already_activated"


class ActivationCodeInvalidError(InvalidInputError):
    """The school is known, and the code is not its own."""

    code = "activation_code_invalid"


class ActivationCodeExpiredError(GoneError):
    """The code is the school's, and its time has passed before anybody activated the space."""

    code = "activation_code_expired"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A school as its item holds it.

    ``activation_digest`` stands for the code sent to the official address, which is not kept. ``list_version`` names the
    pupils' list in force and ``classes`` its classes with their sizes; both change in one write.
    """

    uai: Uai
    name: str
    official_email: str
    created_at: datetime
    activation_digest: str
    activation_expires_at: datetime
    activated_at: datetime | None = None
    list_version: ListVersion | None = None
    classes: Mapping[str, int] = field(default_factory=dict)


class OrganisationStore(Protocol):
    """The ``organisations`` table."""

    def create(self, organisation: Organisation) -> None:
        """Write a school that is new or not yet activated; else :class:`OrganisationAlreadyActivatedError`."""
        ...

    def find(self, uai: Uai) -> Organisation | None: ...

    def activate(self, organisation: Organisation, administrator: Member) -> None:
        """Mark the school activated and write its first administrator, both or neither.

        Raises :class:`OrganisationAlreadyActivatedError` if another activation came first.
        """
        ...


class ListRegister(Protocol):
    """Which lists of a school exist, and which one is in force: kept on the school's item."""

    def begin(self, uai: Uai, version: ListVersion) -> None:
        """Note that rows will exist under this version, before the first is written."""
        ...

    def put_in_force(self, pupil_import: PupilImport, classes: Mapping[str, int], counts: ImportCounts, at: datetime) -> ListVersion:
        """Point the school at the import's list and mark the import IMPORTED, both or neither.

        Returns the version in force afterwards: another one when a list asked for later was there first.
        """
        ...

    def superseded(self, uai: Uai) -> Sequence[ListVersion]:
        """The noted versions older than the one in force."""
        ...

    def forget(self, uai: Uai, version: ListVersion) -> None:
        """Strike a version whose rows were retired."""
        ...


def organisation_of(organisations: OrganisationStore, uai: Uai) -> Organisation:
    """The school; raises :class:`OrganisationNotFoundError`."""
    organisation = organisations.find(uai)
    if organisation is None:
        raise OrganisationNotFoundError("This school has no space here.", uai=uai)
    return organisation


def check_activation(organisation: Organisation | None, code: str, now: datetime) -> Organisation:
    """The school this code activates now; an unknown school and a wrong code are the same answer."""
    if organisation is None or not hmac.compare_digest(organisation.activation_digest, digest_of(code)):
        raise ActivationCodeInvalidError(
            "This activation code is not the one sent to this school.",
            (Violation("/activation_code", "Copy the code from the message sent to the school's official address.", "activation_code"),),
        )
    if organisation.activated_at is not None:
        raise OrganisationAlreadyActivatedError("This school's space is activated; ask its administrator to invite you.")
    if now >= organisation.activation_expires_at:
        raise ActivationCodeExpiredError("This activation code has expired; ask the operator of this service for a new one.")
    return organisation
