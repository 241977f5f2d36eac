"""Which account a pupil of a list has already, made by a former school, through a portal, or by themselves (docs/domain.md §6)."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.national_number import accounts_of_number
from jalon.organisations.pupils import Pupil


def account_from_elsewhere(accounts: Accounts, pupil: Pupil) -> Identity | None:
    """The account that has the pupil's national number, if it is of somebody born that day: lists have slips too."""
    found = (account for account in accounts_of_number(accounts, pupil.ine) if account.birth_date in {None, pupil.birth_date})
    return next(found, None)
