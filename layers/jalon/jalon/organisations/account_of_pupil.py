"""Which account a pupil of a list has already, made by a former school, through a portal, or by themselves (docs/domain.md §6)."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.national_number import account_on_list
from jalon.organisations.pupils import Pupil


def account_from_elsewhere(accounts: Accounts, pupil: Pupil) -> Identity | None:
    """The account that has the pupil's national number, if it is theirs (:func:`~jalon.accounts.national_number.account_on_list`)."""
    return account_on_list(accounts, pupil.ine, pupil.first_name, (pupil.last_name, pupil.used_name or ""), pupil.birth_date)
