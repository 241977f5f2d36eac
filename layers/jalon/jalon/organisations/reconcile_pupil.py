"""Find oneself on a school's list, and keep the link (docs/domain.md §6)."""

from dataclasses import dataclass
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.look_ups import LookedFor, one_look_up
from jalon.accounts.national_number import is_certified, list_number
from jalon.accounts.same_person import BornOnAnotherDayError
from jalon.accounts.sign_in_hint import way_in
from jalon.kernel.clock import Clock
from jalon.kernel.errors import ConflictError, NotFoundError
from jalon.kernel.ids import Ine, Uai, UserId
from jalon.organisations.account_of_pupil import account_from_elsewhere
from jalon.organisations.names import name_key
from jalon.organisations.pupils import Pupil, PupilStore
from jalon.organisations.reconciliations import PupilAlreadyReconciledError, Reconciliation, ReconciliationStore


class PupilNotListedError(NotFoundError):
    """The school's list in force has no pupil with the identity that was given."""

    code = "pupil_not_listed"


class PupilAmbiguousError(ConflictError):
    """The name and the birth date do not tell which pupil of the list this is."""

    code = "pupil_ambiguous"


@dataclass(frozen=True, slots=True)
class ReconcilePupil:
    """Who says to be whom. ``ine`` is needed where two pupils share name and birth date; given, it proves the link."""

    user_id: UserId
    uai: Uai
    first_name: str
    last_name: str
    birth_date: date
    ine: Ine | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The pupil that an account now is; what the list says besides what was typed is for a ``proven`` one alone."""

    pupil: Pupil
    proven: bool


def reconcile_pupil(
    pupils: PupilStore, reconciliations: ReconciliationStore, accounts: Accounts, clock: Clock, command: ReconcilePupil
) -> Found:
    """The pupil this account now is; doing it again gives the same. The pupil's next school finds the account by their number.

    Raises :class:`BornOnAnotherDayError`, which the typed date decides, :class:`~jalon.accounts.look_ups.TooManyLookUpsError` before the
    list is read, :class:`PupilNotListedError`, :class:`PupilAmbiguousError`, and
    :class:`~jalon.organisations.reconciliations.PupilAlreadyReconciledError` or
    :class:`~jalon.organisations.reconciliations.AccountAlreadyReconciledError` when either is taken; the former says how the
    pupil signs in to the account they have here or from elsewhere (``sign_in_with``), never its login.
    """
    account = accounts.store.identity(command.user_id)
    if account and account.birth_date not in {None, command.birth_date}:
        raise BornOnAnotherDayError(
            "This account is of somebody born on another day; sign in to the pupil's own, or ask the school for one."
        )
    wanted = LookedFor(name_key(command.first_name), name_key(command.last_name), command.birth_date, command.ine is not None)
    with one_look_up(accounts, command.user_id, account, wanted):
        pupil = _pupil_named(pupils.born_on(command.uai, command.birth_date), command)
        proven = _link(reconciliations, accounts, clock, command, account, pupil)
    if account:
        list_number(accounts, account.user_id, pupil.ine)
    return Found(pupil, proven)


def _link(
    reconciliations: ReconciliationStore,
    accounts: Accounts,
    clock: Clock,
    command: ReconcilePupil,
    account: Identity | None,
    pupil: Pupil,
) -> bool:
    """Whether the link, new or older, is proven."""
    elsewhere = account_from_elsewhere(accounts, pupil)
    if elsewhere and elsewhere.user_id != command.user_id:
        raise _taken(elsewhere)
    proven = command.ine is not None or (account is not None and is_certified(accounts, account, pupil.ine))
    try:
        reconciliations.link(Reconciliation(command.uai, pupil.ine, command.user_id, clock.now(), proven=proven))
    except PupilAlreadyReconciledError:
        link = reconciliations.of_pupils(command.uai, [pupil.ine]).get(pupil.ine)
        raise _taken(accounts.store.identity(link.user_id) if link else None) from None
    older = None if proven else reconciliations.of_pupils(command.uai, [pupil.ine]).get(pupil.ine)
    return proven or (older is not None and older.proven)


def _taken(account: Identity | None) -> PupilAlreadyReconciledError:
    if account is None:  # about to be made by the school, or just erased
        return PupilAlreadyReconciledError("This pupil already has an account here; ask the school how to sign in to it.")
    way = way_in(account)
    return PupilAlreadyReconciledError(
        f"This pupil already has an account here: sign in to it with {way.in_words}, or ask the school.", sign_in_with=str(way)
    )


def _pupil_named(candidates: tuple[Pupil, ...], command: ReconcilePupil) -> Pupil:
    named = [pupil for pupil in candidates if is_named(pupil, command.first_name, command.last_name)]
    if command.ine is not None:
        named = [pupil for pupil in named if pupil.ine == command.ine]
    if not named:
        raise PupilNotListedError("Nobody on this school's list has this name and birth date; check them as the school wrote them.")
    if len(named) > 1:
        raise PupilAmbiguousError("Two pupils of this school have this name and birth date; give your national number (INE) too.")
    return named[0]


def is_named(pupil: Pupil, first_name: str, last_name: str) -> bool:
    """Whether a pupil goes by this name: family name or name used, spelling and case aside."""
    lasts = {name_key(pupil.last_name), name_key(pupil.used_name or pupil.last_name)}
    return name_key(first_name) == name_key(pupil.first_name) and name_key(last_name) in lasts
