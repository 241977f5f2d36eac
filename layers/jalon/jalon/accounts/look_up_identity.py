"""Names and birth dates for the other contexts, which keep user ids only."""

from collections.abc import Iterable, Mapping

from jalon.accounts.identity import AccountNotFoundError, CivilIdentity, Identity
from jalon.accounts.stores import AccountStore
from jalon.kernel.ids import UserId


def look_up_identity(store: AccountStore, user_id: UserId) -> CivilIdentity:
    """One person's names and birth date; raises :class:`AccountNotFoundError`, also after an erasure."""
    identity = store.identity(user_id)
    if identity is None:
        raise AccountNotFoundError("There is no such account.", user_id=user_id)
    return _civil(identity)


def look_up_identities(store: AccountStore, user_ids: Iterable[UserId]) -> Mapping[UserId, CivilIdentity]:
    """Those of ``user_ids`` that exist; erased accounts are absent."""
    return {user_id: _civil(identity) for user_id, identity in store.identities(user_ids).items()}


def _civil(identity: Identity) -> CivilIdentity:
    return CivilIdentity(identity.user_id, identity.first_name, identity.last_name, identity.birth_date)
