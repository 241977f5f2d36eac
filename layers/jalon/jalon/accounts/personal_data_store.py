"""What accounts hold about a person, in DynamoDB: sign-ins, ways in, the identity, and what the person's own requests were answered."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from pynamodb.exceptions import DoesNotExist

from jalon.accounts.erasure import Trace
from jalon.accounts.family_store import family_of
from jalon.accounts.identity import Role
from jalon.accounts.lockout import attempts_of, attempts_signed_in
from jalon.accounts.look_ups import look_ups_of
from jalon.accounts.mail_allowance import MessageKind, messages_for, messages_to
from jalon.accounts.refresh_token import Family
from jalon.accounts.tables import FamilyItem, IdentityItem, LoginItem
from jalon.edge.batches import batch_read, read_items
from jalon.edge.idempotency import IdempotencyRecord
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.ids import UserId

MODELS = (IdentityItem, LoginItem, FamilyItem, IdempotencyRecord)


class AccountHolding:
    """A :class:`~jalon.accounts.erasure.Holding`; the last of an erasure, and its last item is the identity, by which logins are found."""

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        with translated():
            answers = [record.key for record in IdempotencyRecord.by_owner.query(user_id)]
            families = [item.family_id for item in FamilyItem.by_user.query(user_id)]
            identity = _identity(user_id)
        yield from (Trace("idempotency", partial(_remove_answer, key)) for key in answers)
        yield from (Trace("refresh_tokens", partial(_remove_family, family_id)) for family_id in families)
        yield from _credentials(user_id, identity)
        if identity is not None:
            yield Trace("identities", partial(_remove_identity, user_id))

    def kept(self, user_id: UserId) -> Mapping[str, int]:  # noqa: ARG002 - nothing of any person's is kept here
        return {}


def sign_ins_of(user_id: UserId) -> list[Family]:
    """The person's sign-ins that can still be refreshed, the latest first."""
    with translated():
        keys = [item.family_id for item in FamilyItem.by_user.query(user_id)]
    families = map(family_of, read_items(FamilyItem, keys))
    return sorted(families, key=lambda family: family.ends_at, reverse=True)


def proven_ways_in(user_id: UserId) -> frozenset[str]:
    """The login keys of an account whose address is its owner's, the address's among them; none while the address is only claimed."""
    identity = _identity(user_id)
    claimed = identity is not None and not identity.email_verified and set(identity.roles) == {Role.PUPIL.value}
    return frozenset() if identity is None or identity.email is None or claimed else frozenset(identity.login_keys or ())


def _identity(user_id: UserId) -> IdentityItem | None:
    try:
        return IdentityItem.get(user_id, consistent_read=True)
    except DoesNotExist:
        return None


def _credentials(user_id: UserId, identity: IdentityItem | None) -> Iterator[Trace]:
    """Everything under a key that can be made from the person, then what carries the person's id: logins, flows, devices.

    A login that is free again may have become another person's: it counts, and goes, only while it names this one. Messages sent
    to an address are counted under the address's login key, hence before the logins go.
    """
    login_keys = sorted(identity.login_keys) if identity else []
    written_to = (user_id, *login_keys)
    messages = (messages_for(user_id), *(messages_to(login_key, kind) for login_key in login_keys for kind in MessageKind))
    counters = (attempts_of(user_id), attempts_signed_in(user_id), look_ups_of(user_id), *messages)
    former_counters = (f"attempts#mail#{whom}" for whom in written_to)  # versions before counted messages so
    of_account = (f"password#{user_id}", f"setup#{user_id}", f"recovery#{user_id}", *counters, *former_counters)
    with translated():
        named = {item.key for item in LoginItem.by_user.query(user_id)} | {f"login#{login_key}" for login_key in login_keys}
    own = {item["key"]["S"]: item for item in batch_read(LoginItem, of_account)}
    theirs = sorted(item["key"]["S"] for item in batch_read(LoginItem, named) if item.get("user_id", {}).get("S") == user_id)
    yield from (Trace("credentials", partial(_remove_credential, key)) for key in sorted(own))
    yield from (Trace("credentials", partial(_remove_way_in, key, user_id)) for key in theirs)


def _remove_answer(key: str) -> None:
    with translated():
        IdempotencyRecord(key).delete()


def _remove_family(family_id: str) -> None:
    with translated():
        FamilyItem(family_id).delete()


def _remove_credential(key: str) -> None:
    with translated():
        LoginItem(key).delete()


def _remove_way_in(key: str, user_id: UserId) -> None:
    try:
        with translated():
            LoginItem(key).delete(condition=LoginItem.user_id == user_id)
    except ConditionFailedError:
        return  # gone already, and perhaps another person's by now


def _remove_identity(user_id: UserId) -> None:
    with translated():
        IdentityItem(user_id).delete()


def everybody() -> Iterator[UserId]:
    """Everyone who has an identity: a walk through the table, for a restoration and nothing else."""
    with translated():
        for item in IdentityItem.scan(attributes_to_get=["user_id"]):
            yield UserId(item.user_id)
