"""Pupils of whom a test needs one."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount, create_pupil_accounts


def create_pupil_account(accounts: Accounts, pupil: NewPupil) -> PupilAccount:
    """A class of one."""
    (account,) = create_pupil_accounts(accounts, (pupil,))
    assert isinstance(account, PupilAccount), account
    return account
