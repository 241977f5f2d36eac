"""A person takes the e-mail address off their account: whose it is may be somebody else, who attached it with the person's slip."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import find_account
from jalon.accounts.messages import Mailer, address_removed
from jalon.accounts.tell_owner import tell_owner
from jalon.accounts.ways_in import require_way_in, without_address
from jalon.kernel.ids import UserId


def detach_email(accounts: Accounts, mailer: Mailer, user_id: UserId) -> bool:
    """Close the way in through the address, which is told first; False where there is none, so that repeating it changes nothing.

    Codes and recoveries sent there end with it; sign-ins begun with it go on until they end or their owner signs out everywhere. Raises
    :class:`~jalon.accounts.ways_in.OnlyWayInError`, :class:`StaleWriteError`, :class:`AccountNotFoundError`, and
    :class:`UnavailableError` while the address cannot be told.
    """
    identity = find_account(accounts.store, user_id)
    if identity.email is None:
        return False
    detached = without_address(accounts.keyring, identity)
    require_way_in(detached, accounts.store.credentials(user_id))
    tell_owner(mailer, identity, address_removed)
    accounts.store.replace_logins(identity, detached)
    return True
