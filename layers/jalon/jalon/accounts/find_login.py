"""Where the account of a login is found, in whichever form the login was kept."""

from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import address_forms
from jalon.accounts.keyring import Keyring
from jalon.accounts.logins import normalise_login
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class Login:
    """A login's key, and whom it belongs to: None when nobody signs in with it, and the key is then the one to keep it under."""

    key: str
    user_id: UserId | None


def find_login(accounts: Accounts, text: str) -> Login:
    """Look a login up; in one read, but for an address with an internationalised domain, which earlier versions kept as it was typed.

    The reads depend on what was typed, never on whether somebody has it.
    """
    found = [Login(key, accounts.store.user_of_login(key)) for key in login_keys(accounts.keyring, text)]
    nobody = Login(accounts.keyring.login_key(normalise_login(text)), None)
    return next((login for login in found if login.user_id is not None), nobody)


def login_keys(keyring: Keyring, text: str) -> tuple[str, ...]:
    """Every key under which this login may be kept."""
    forms = address_forms(text) if "@" in text else (normalise_login(text),)
    return tuple(map(keyring.login_key, forms))
