"""Which account is that of a national student number (INE): one person has one account, from school to school.

A number is left on an account in two ways. *Certified*: by the school that makes the account from its list, or by a provider that is
trusted to certify it; a sign-in through such a provider opens the account. *Listed*: the account was found on a school's list by
name and birth date, which a classmate may know too; it keeps schools from making a second account, and opens nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity
from jalon.accounts.same_person import likeness
from jalon.accounts.stores import LoginTakenError
from jalon.kernel.ids import Ine, UserId
from jalon.kernel.ine import has_ine_form


def accounts_of_number(accounts: Accounts, number: Ine) -> tuple[Identity, ...]:
    """The accounts that have this number, the certified one first; at most two."""
    keys = accounts.keyring.number_key(number), accounts.keyring.listed_number_key(number)
    found = {identity.user_id: identity for identity in (account_of_login(accounts.store, key) for key in keys) if identity}
    return tuple(found.values())


def account_on_list(
    accounts: Accounts, number: Ine, first_name: str, last_names: Iterable[str], birth_date: date | None
) -> Identity | None:
    """The account that a school's list means by a number beside these names and this birth date: lists have slips too.

    The school answers for its list (:attr:`~jalon.accounts.same_person.Likeness.on_list`), but not for a number that a provider alone has
    put on an account: that of another first name is a twin's. What a list writes in place of a number names nobody.
    """
    if not has_ine_form(number):
        return None
    key = accounts.keyring.number_key(number)
    for account in accounts_of_number(accounts, number):
        like = likeness(account, first_name, last_names, birth_date)
        if like.on_list and not (like.first_name is False and key in account.certified_numbers.values()):
            return account
    return None


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
