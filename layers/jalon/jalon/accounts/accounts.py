"""What every use case of this context works with."""

from dataclasses import dataclass

from jalon.accounts.keyring import Keyring
from jalon.accounts.passwords import PasswordHasher
from jalon.accounts.stores import AccountStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import IdSource


@dataclass(frozen=True, slots=True)
class Accounts:
    """The stores and sources, given by a function's wiring (``accounts_wiring.open_accounts``)."""

    store: AccountStore
    hasher: PasswordHasher
    keyring: Keyring
    ids: IdSource
    clock: Clock
