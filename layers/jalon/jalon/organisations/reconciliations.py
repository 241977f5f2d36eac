"""Which account is which pupil of which school (docs/domain.md §6): apart from the lists, so that it outlives them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jalon.kernel.errors import ConflictError, ForbiddenError
from jalon.kernel.ids import Ine, Uai, UserId


class PupilAlreadyReconciledError(ConflictError):
    """Another account is linked with this pupil of the school's list."""

    code = "pupil_already_reconciled"


class AccountAlreadyReconciledError(ConflictError):
    """An account is at most one pupil of a school, and this one is linked with somebody else on the list."""

    code = "account_already_reconciled"


class NotReconciledError(ForbiddenError):
    """The account is linked with no pupil of the school that made the campaign."""

    code = "not_reconciled"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One pupil of one school and their account. ``school_made`` when the school made the account for them.

    ``proven`` when more than a name and a birth date, which classmates know too, says that they are one person: the school handed the
    account over, a provider certified the national number, or the person gave it. What the list says besides is shown to no other.
    """

    uai: Uai
    ine: Ine
    user_id: UserId
    since: datetime
    school_made: bool = False
    proven: bool = False


class ReconciliationStore(Protocol):
    """The ``reconciliations`` table: found from the pupil and from the account."""

    def link(self, reconciliation: Reconciliation) -> None:
        """Link both ways or not at all; the same link again changes nothing, or makes a proven one of it.

        Raises :class:`PupilAlreadyReconciledError` or :class:`AccountAlreadyReconciledError`.
        """
        ...

    def unlink(self, reconciliation: Reconciliation) -> None:
        """Undo this very link both ways; nothing changes where it is gone or another one is in its place."""
        ...

    def of_user(self, uai: Uai, user_id: UserId) -> Ine | None:
        """Which pupil of this school the account is."""
        ...

    def schools_of(self, user_id: UserId) -> tuple[Uai, ...]:
        """The schools on whose lists the account was found."""
        ...

    def of_pupils(self, uai: Uai, ines: Iterable[Ine]) -> Mapping[Ine, Reconciliation]:
        """The links of those among these pupils who have one."""
        ...
