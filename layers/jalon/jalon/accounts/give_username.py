"""A school gives a username to an account that it did not make: one whose owner has no other way in left (docs/domain.md §3, §6)."""

from dataclasses import replace
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_pupil_accounts import NoUsernameLeftError, free_usernames
from jalon.accounts.find_login import login_keys
from jalon.accounts.identity import Identity
from jalon.accounts.logins import normalise_login
from jalon.accounts.stores import LoginTakenError


def give_username(accounts: Accounts, identity: Identity, birth_date: date) -> Identity:
    """The account with a username of the owner's name and ``birth_date`` and the login that it is, both or neither.

    An address that was only ever claimed goes with the same write: whoever reads what is sent to it could take the account back. Raises
    :class:`NoUsernameLeftError`, and :class:`StaleWriteError` if the account changed meanwhile: the request is repeated.
    """
    owned = _without_claimed_address(accounts, identity)
    for username in free_usernames(accounts, identity.first_name, identity.last_name, birth_date):
        login_key = accounts.keyring.login_key(normalise_login(username))
        named = replace(owned, username=username, login_keys=owned.login_keys | {login_key})
        try:
            accounts.store.replace_logins(identity, named)
        except LoginTakenError:
            continue
        return named
    raise NoUsernameLeftError("Too many people share this name and birthday.", user_id=identity.user_id)


def _without_claimed_address(accounts: Accounts, identity: Identity) -> Identity:
    if identity.email is None or not identity.only_claims_email:
        return identity
    return replace(identity, email=None, login_keys=identity.login_keys - set(login_keys(accounts.keyring, identity.email)))
