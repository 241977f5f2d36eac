"""What organisations hold about a person: links to pupils, memberships, invitations. The school's list is the school's."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from jalon.accounts.erasure import Trace
from jalon.accounts.personal_data_store import proven_ways_in
from jalon.edge.batches import read_items
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.clock import from_epoch_ms
from jalon.kernel.ids import Uai, UserId
from jalon.organisations.memberships import Member, MemberRole
from jalon.organisations.reconciliation_store import reconciliation_of
from jalon.organisations.reconciliations import Reconciliation
from jalon.organisations.tables import InvitationItem, MemberItem, ReconciliationItem

MODELS = (MemberItem, InvitationItem, ReconciliationItem)


class OrganisationHolding:
    """A :class:`~jalon.accounts.erasure.Holding`.

    Invitations are the person's that they accepted, and those to an address of which they proved that it is theirs: found by its key,
    as long as there is the identity, which goes last.
    """

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        with translated():
            links = list(ReconciliationItem.query(_subject(user_id), consistent_read=True))
            members = [item.uai for item in MemberItem.by_user.query(user_id)]
            invitations = {item.digest for item in InvitationItem.by_guest.query(user_id)}
            for key in proven_ways_in(user_id):
                invitations |= {item.digest for item in InvitationItem.by_address.query(key)}
        yield from (Trace("reconciliations", partial(_unlink, link.object, link.ine, user_id)) for link in links)
        yield from (Trace("members", partial(_leave, uai, user_id)) for uai in members)
        yield from (Trace("invitations", partial(_forget_invitation, digest)) for digest in sorted(invitations))

    def kept(self, user_id: UserId) -> Mapping[str, int]:  # noqa: ARG002 - the list of pupils is kept, and names no account
        return {}


def memberships_of(user_id: UserId) -> Sequence[Member]:
    """The schools in which the person works, as what."""
    with translated():
        keys = [(item.uai, item.user_id) for item in MemberItem.by_user.query(user_id)]
    items = read_items(MemberItem, keys)
    found = (Member(Uai(item.uai), user_id, MemberRole(item.role), from_epoch_ms(item.since)) for item in items)
    return sorted(found, key=lambda member: member.uai)


def reconciliations_of(user_id: UserId) -> Sequence[Reconciliation]:
    """Which pupils of which schools the account is."""
    with translated():
        items = list(ReconciliationItem.query(_subject(user_id), consistent_read=True))
    return [reconciliation_of(item, Uai(item.object.removeprefix("school#"))) for item in items]


def _subject(user_id: UserId) -> str:
    return f"user#{user_id}"


def _unlink(school: str, ine: str, user_id: UserId) -> None:
    """The school's side first: it is found from the person's."""
    try:
        with translated():
            ReconciliationItem(school, f"ine#{ine}").delete(condition=ReconciliationItem.user_id == user_id)
    except ConditionFailedError:
        pass  # gone already, or another account's by now
    with translated():
        ReconciliationItem(_subject(user_id), school).delete()


def _leave(uai: str, user_id: UserId) -> None:
    with translated():
        MemberItem(uai, user_id).delete()


def _forget_invitation(digest: str) -> None:
    with translated():
        InvitationItem(digest).delete()
