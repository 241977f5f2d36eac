"""Accounts that a school makes for a class: usernames and initial passwords to hand out (docs/domain.md §6).

The link between pupil and account is written first, under an id chosen here; the account follows, and repeating the request
completes what was cut off. A pupil who came with an account of their own keeps it, and no credentials are shown. So does one whose
national number has an account already, made by a former school, through a portal or by themselves: it is theirs for life, and they
link it themselves (:mod:`jalon.organisations.reconcile_pupil`), or have its access given back
(:mod:`jalon.organisations.recover_access`). For a pupil who gets no account, the link goes again: nothing half-made stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import LARGEST_BATCH, NewPupil, NotMade, NumberTakenError, PupilAccount, create_pupil_accounts
from jalon.accounts.identity import AccountExistsError, plain_name
from jalon.kernel.clock import Clock
from jalon.kernel.errors import ConflictError, NotFoundError
from jalon.kernel.ids import IdSource, Ine, Uai, UserId
from jalon.organisations.account_of_pupil import account_from_elsewhere
from jalon.organisations.pupils import Pupil, PupilStore
from jalon.organisations.reconciliations import PupilAlreadyReconciledError, Reconciliation, ReconciliationStore


class ClassNotFoundError(NotFoundError):
    """No pupil on the list in force is in a class of this name."""

    code = "class_not_found"


class ClassTooLargeError(ConflictError):
    """The class has more pupils than one sheet of credentials is made for; nothing was made."""

    code = "class_too_large"


@dataclass(frozen=True, slots=True)
class PupilCredentials:
    """What a pupil's slip says. ``account`` is None for a pupil who has an account that this school did not make.

    So it is where none could be made, and ``not_made`` is the code of the error that says why.
    """

    pupil: Pupil
    account: PupilAccount | None
    not_made: str | None = None


def issue_pupil_credentials(
    pupils: PupilStore,
    reconciliations: ReconciliationStore,
    accounts: Accounts,
    ids: IdSource,
    clock: Clock,
    uai: Uai,
    class_name: str,
) -> tuple[PupilCredentials, ...]:
    """The credentials of every pupil of a class, by name; the same ones when asked again. A pupil who gets none stops no other.

    Raises :class:`ClassNotFoundError`, :class:`ClassTooLargeError`.
    """
    listed = pupils.of_class(uai, class_name)
    if not listed:
        raise ClassNotFoundError("There is no such class on the school's list.", class_name=class_name)
    if len(listed) > LARGEST_BATCH:
        raise ClassTooLargeError(f"Credentials are made for at most {LARGEST_BATCH} pupils at once.", class_name=class_name)
    links = _links(reconciliations, accounts, ids, clock, uai, listed)
    made = [pupil for pupil in listed if pupil.ine in links and links[pupil.ine].school_made]
    created = create_pupil_accounts(
        accounts,
        [_new(pupil, links[pupil.ine].user_id) for pupil in made],
    )
    slips = {pupil.ine: _slip(reconciliations, links[pupil.ine], pupil, each) for pupil, each in zip(made, created, strict=True)}
    return tuple(slips.get(pupil.ine) or PupilCredentials(pupil, None) for pupil in listed)


def _slip(reconciliations: ReconciliationStore, link: Reconciliation, pupil: Pupil, outcome: PupilAccount | NotMade) -> PupilCredentials:
    if isinstance(outcome, PupilAccount):
        return PupilCredentials(pupil, outcome)
    if not isinstance(outcome.error, AccountExistsError):
        reconciliations.unlink(link)
    elsewhere = isinstance(outcome.error, NumberTakenError)
    return PupilCredentials(pupil, None, None if elsewhere else outcome.error.code)


def _new(pupil: Pupil, user_id: UserId) -> NewPupil:
    return NewPupil(user_id, plain_name(pupil.first_name), plain_name(pupil.last_name), pupil.birth_date, pupil.ine)


def _links(
    reconciliations: ReconciliationStore, accounts: Accounts, ids: IdSource, clock: Clock, uai: Uai, pupils: Sequence[Pupil]
) -> dict[Ine, Reconciliation]:
    """The link of each pupil, or a new one to an account that is about to be made; none for an account made elsewhere."""
    links = dict(reconciliations.of_pupils(uai, [pupil.ine for pupil in pupils]))
    for pupil in pupils:
        if pupil.ine in links or account_from_elsewhere(accounts, pupil):
            continue
        link = Reconciliation(uai, pupil.ine, UserId(ids.new("usr")), clock.now(), school_made=True, proven=True)
        try:
            reconciliations.link(link)
        except PupilAlreadyReconciledError:  # the pupil, or the same request sent twice, was faster
            link = reconciliations.of_pupils(uai, [pupil.ine])[pupil.ine]
        links[pupil.ine] = link
    return links
