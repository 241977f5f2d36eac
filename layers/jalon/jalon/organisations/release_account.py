"""A school takes a pupil and an account apart again: somebody else was found under this name, or the pupil has another account.

The account keeps its ways in, its results and what was sent to the school; it is this pupil's no longer, here or by the national
number, so that the pupil can be reconciled with another account or gets one from the school.
"""

from jalon.accounts.accounts import Accounts
from jalon.accounts.national_number import forget_number
from jalon.kernel.ids import Ine, Uai
from jalon.organisations.account_of_pupil import account_from_elsewhere
from jalon.organisations.pupils import PupilStore
from jalon.organisations.reconcile_pupil import PupilNotListedError
from jalon.organisations.reconciliations import ReconciliationStore


def release_account(pupils: PupilStore, reconciliations: ReconciliationStore, accounts: Accounts, uai: Uai, ine: Ine) -> bool:
    """Undo the link of a pupil of the list in force; False when there was none. What is cut off half-way is completed by asking again.

    Raises :class:`~jalon.organisations.reconcile_pupil.PupilNotListedError`.
    """
    pupil = pupils.find(uai, ine)
    if pupil is None:
        raise PupilNotListedError("Nobody on this school's list has this national number.")
    link = reconciliations.of_pupils(uai, [ine]).get(ine)
    account = accounts.store.identity(link.user_id) if link else account_from_elsewhere(accounts, pupil)
    if account:
        forget_number(accounts, account, ine)
    if link:
        reconciliations.unlink(link)
    return link is not None or account is not None
