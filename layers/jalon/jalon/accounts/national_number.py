"""Which account is that of a national student number (INE): one person has one account, from school to school.

A number is left on an account in two ways. *Certified*: by the school that makes the account from its list, or by a provider that is
trusted to certify it; a sign-in through such a provider opens the account. *Listed*: the account was found on a school's list by
name and birth date, which a classmate may know too; it keeps schools from making a second account, and opens nothing.
"""

from dataclasses import replace

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity
from jalon.accounts.stores import LoginTakenError
from jalon.kernel.ids import Ine, UserId
from jalon.kernel.ine import has_ine_form


def accounts_of_number(accounts: Accounts, number: Ine) -> tuple[Identity, ...]:
    """The accounts that have this number, the certified one first; at most two."""
    keys = accounts.keyring.number_key(number), accounts.keyring.listed_number_key(number)
    found = {identity.user_id: identity for identity in (account_of_login(accounts.store, key) for key in keys) if identity}
    return tuple(found.values())


def is_certified(accounts: Accounts, identity: Identity, number: Ine) -> bool:
    """Whether the account has the number from a school or a provider, and not only from having been found on a list."""
    return accounts.keyring.number_key(number) in identity.login_keys


def list_number(accounts: Accounts, user_id: UserId, number: Ine) -> None:
    """Leave a listed number on an account; nothing changes where it, or another account, has the number already, or where it is none."""
    identity = accounts.store.identity(user_id) if has_ine_form(number) else None
    if identity is None or accounts_of_number(accounts, number):
        return
    listed = replace(identity, login_keys=identity.login_keys | {accounts.keyring.listed_number_key(number)})
    try:
        accounts.store.replace_logins(identity, listed)
    except LoginTakenError:
        return  # somebody was found under this number in the same instant: it stays with the first


def forget_number(accounts: Accounts, identity: Identity, number: Ine) -> None:
    """Take a number off an account, whichever way it got there; done again, nothing changes."""
    keys = {accounts.keyring.number_key(number), accounts.keyring.listed_number_key(number)}
    if keys & identity.login_keys:
        accounts.store.replace_logins(identity, replace(identity, login_keys=identity.login_keys - keys))
