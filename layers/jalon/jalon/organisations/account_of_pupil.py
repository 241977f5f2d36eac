"""Which account a pupil of a list has already, made by a former school, through a portal, or by themselves (docs/domain.md §6)."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.national_number import accounts_of_number
from jalon.accounts.same_person import likeness
from jalon.kernel.ine import has_ine_form
from jalon.organisations.pupils import Pupil


def account_from_elsewhere(accounts: Accounts, pupil: Pupil) -> Identity | None:
    """The account that has the pupil's national number, if it may be theirs (:attr:`~jalon.accounts.same_person.Likeness.on_list`): lists
    have slips too. What a list writes in place of a number names its row there, and nobody elsewhere.
    """
    if not has_ine_form(pupil.ine):
        return None
    names = (pupil.last_name, pupil.used_name or "")
    found = (each for each in accounts_of_number(accounts, pupil.ine) if likeness(each, pupil.first_name, names, pupil.birth_date).on_list)
    return next(found, None)
