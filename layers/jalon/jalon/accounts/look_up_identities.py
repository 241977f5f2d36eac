"""Names for the other contexts, which keep user ids only."""

from collections.abc import Iterable, Mapping

from jalon.accounts.identity import CivilIdentity
from jalon.accounts.stores import AccountStore
from jalon.kernel.ids import UserId


def look_up_identities(store: AccountStore, user_ids: Iterable[UserId]) -> Mapping[UserId, CivilIdentity]:
    """Those of ``user_ids`` that exist; erased accounts are absent."""
    found = store.identities(user_ids)
    return {user_id: CivilIdentity(identity.first_name, identity.last_name) for user_id, identity in found.items()}
