"""Puts this context together from a function's settings. A function calls it once, when it is wired.

Whoever only looks names up needs the tables ``identities`` and ``credentials`` alone (:func:`open_account_store`).
Whoever creates accounts also needs the secret ``LOGIN_PEPPER`` and argon2-cffi in its package (:func:`open_accounts`).
"""

from jalon.accounts.account_store import MODELS, AccountTable
from jalon.accounts.accounts import Accounts
from jalon.accounts.keyring import Keyring
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock
from jalon.kernel.ids import IdSource, SecureIdSource


def open_account_store(settings: Settings) -> AccountTable:
    """Identities and credentials, for looking names up."""
    bind(settings, *MODELS)
    return AccountTable()


def open_accounts(settings: Settings, clock: Clock | None = None, ids: IdSource | None = None) -> Accounts:
    """What the use cases that create accounts and set passwords work with."""
    from jalon.accounts.argon2_hasher import Argon2Hasher

    return Accounts(
        store=open_account_store(settings),
        hasher=Argon2Hasher(),
        keyring=Keyring(secret(settings, "LOGIN_PEPPER")),
        ids=ids or SecureIdSource(),
        clock=clock or SystemClock(),
    )
