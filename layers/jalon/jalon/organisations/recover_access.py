"""A pupil lost the way in, and the school gives it back (docs/domain.md §3, §6).

Name, birth date and national number must all be those of one row of the list in force: whoever has left the school is out
of its reach, and a slip of one digit names nobody else. The pupil gets a new initial password, and every sign-in begun
before ends. An account that a former school made under this national number, or that the pupil began through a portal, comes along:
it is linked to the school that gives its access back, unless the pupil proved an address that recovers it or the former school still
has them on its list. One that has no username yet gets one: a portal ends with the school that had it.

Whoever had the pupil's slip before may have attached an address or a portal of their own, which outlives every password. The answer names
what is attached; the school may have it all closed in the same write, of an account that it made and that no other school has.
"""

from dataclasses import dataclass
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import PupilAccount
from jalon.accounts.find_account import find_account
from jalon.accounts.give_username import give_username
from jalon.accounts.identity import Identity, Role
from jalon.accounts.messages import Mailer
from jalon.accounts.reset_pupil_password import reset_and_close_ways, reset_pupil_password
from jalon.accounts.ways_in import AttachedWays, attached_ways
from jalon.kernel.clock import Clock
from jalon.kernel.errors import ConflictError, NotFoundError
from jalon.kernel.ids import Ine, Uai
from jalon.organisations.account_of_pupil import account_from_elsewhere
from jalon.organisations.pupils import Pupil, PupilStore
from jalon.organisations.reconcile_pupil import PupilNotListedError, is_named
from jalon.organisations.reconciliations import Reconciliation, ReconciliationStore


class PupilWithoutAccountError(NotFoundError):
    """Nobody signs in as this pupil yet."""

    code = "pupil_without_account"


class PupilOwnAccountError(ConflictError):
    """The pupil's account has an e-mail address of their own, which recovers it, or is no pupil's, or no school may close its ways in."""

    code = "pupil_own_account"


class PupilAtAnotherSchoolError(ConflictError):
    """Another school, which has the pupil on its list in force, is linked with the account."""

    code = "pupil_at_another_school"


@dataclass(frozen=True, slots=True)
class RecoverAccess:
    """Who the pupil is said to be. ``request`` names the request: sent again, it gives the same password.

    ``close_ways`` asks for the ways in that were attached to be closed.
    """

    uai: Uai
    first_name: str
    last_name: str
    birth_date: date
    ine: Ine
    request: str
    close_ways: bool = False


@dataclass(frozen=True, slots=True)
class RecoveredAccess:
    """The pupil's new slip, and what opens the account beside it."""

    pupil: Pupil
    account: PupilAccount
    attached: AttachedWays


def recover_access(
    pupils: PupilStore, reconciliations: ReconciliationStore, accounts: Accounts, mailer: Mailer, clock: Clock, command: RecoverAccess
) -> RecoveredAccess:
    """The pupil's username with a new initial password; another request gives another one and ends the one before.

    The same request gives the same one again, and none once the pupil chose another or a later request gave one; it closes nothing that was
    attached since.

    Raises :class:`~jalon.organisations.reconcile_pupil.PupilNotListedError`, :class:`PupilWithoutAccountError`,
    :class:`PupilOwnAccountError`, :class:`PupilAtAnotherSchoolError`,
    :class:`~jalon.organisations.reconciliations.AccountAlreadyReconciledError`,
    :class:`~jalon.accounts.create_pupil_accounts.NoUsernameLeftError`, :class:`~jalon.accounts.stores.StaleWriteError`, and
    :class:`~jalon.kernel.errors.UnavailableError` while the account's address cannot be told.
    """
    pupil = _pupil(pupils, command)
    link = reconciliations.of_pupils(command.uai, [pupil.ine]).get(pupil.ine)
    identity = accounts.store.identity(link.user_id) if link else account_from_elsewhere(accounts, pupil)
    if identity is None:
        raise PupilWithoutAccountError("This pupil has no account here yet; issue the credentials of the class.")
    if command.close_ways:
        _require_closable(pupils, reconciliations, identity, link, command)
    if link is None or not link.school_made:
        _require_within_reach(pupils, reconciliations, identity, command)
        reconciliations.link(Reconciliation(command.uai, pupil.ine, identity.user_id, clock.now(), proven=True))
    if identity.username is None:
        give_username(accounts, identity, pupil.birth_date)
    if command.close_ways:
        account = reset_and_close_ways(accounts, mailer, identity.user_id, command.request)
    else:
        account = reset_pupil_password(accounts, mailer, identity.user_id, command.request)
    return RecoveredAccess(pupil, account, attached_ways(find_account(accounts.store, identity.user_id)))


def _require_closable(
    pupils: PupilStore, reconciliations: ReconciliationStore, identity: Identity, link: Reconciliation | None, command: RecoverAccess
) -> None:
    """What a person attached to an account of their own, or to one that another school has too, is theirs alone to close."""
    if link is None or not link.school_made:
        raise PupilOwnAccountError("This school did not make the account: its owner closes the ways in to it.")
    _require_pupils(identity)
    _refuse_listed_elsewhere(pupils, reconciliations, identity, command.uai)


def _require_within_reach(pupils: PupilStore, reconciliations: ReconciliationStore, identity: Identity, command: RecoverAccess) -> None:
    """An account that this school did not make is not taken over while somebody nearer can give its access back."""
    if identity.email is not None and not identity.only_claims_email:
        raise PupilOwnAccountError("This pupil's account has an e-mail address of their own: they recover it with that.")
    _require_pupils(identity)
    _refuse_listed_elsewhere(pupils, reconciliations, identity, command.uai)


def _require_pupils(identity: Identity) -> None:
    if identity.roles != {Role.PUPIL}:
        raise PupilOwnAccountError("This account is no pupil's: its owner signs in as before.")


def _refuse_listed_elsewhere(pupils: PupilStore, reconciliations: ReconciliationStore, identity: Identity, here: Uai) -> None:
    for uai in reconciliations.schools_of(identity.user_id):
        ine = reconciliations.of_user(uai, identity.user_id)
        if uai != here and ine is not None and pupils.find(uai, ine) is not None:
            raise PupilAtAnotherSchoolError(
                "Another school still has this pupil on its list: it gives the access back, or takes them off the list first."
            )


def _pupil(pupils: PupilStore, command: RecoverAccess) -> Pupil:
    pupil = pupils.find(command.uai, command.ine)
    if pupil is None or pupil.birth_date != command.birth_date or not is_named(pupil, command.first_name, command.last_name):
        raise PupilNotListedError(
            "Nobody on this school's list has this name, birth date and national number; check them as the list has them."
        )
    return pupil
