"""Invitations in DynamoDB; an expired one goes by its TTL."""

from pynamodb.exceptions import DoesNotExist

from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import ConditionFailedError, transaction, translated
from jalon.kernel.clock import from_epoch_ms
from jalon.kernel.ids import Uai, UserId
from jalon.organisations.invitations import AlreadyAMemberError, Invitation, InvitationUsedError
from jalon.organisations.memberships import Member, MemberRole
from jalon.organisations.organisation_store import member_item
from jalon.organisations.tables import InvitationItem, MemberItem


class DynamoInvitations:
    """An :class:`~jalon.organisations.invitations.InvitationStore`."""

    def create(self, invitation: Invitation) -> Invitation:
        item = InvitationItem(
            invitation.digest,
            uai=invitation.uai,
            email=invitation.email,
            role=invitation.role.value,
            invited_by=invitation.invited_by,
            address_key=invitation.address_key or None,
            expires_at=int(invitation.expires_at.timestamp()),
        )
        try:
            with translated():
                item.save(condition=InvitationItem.digest.does_not_exist())
        except ConditionFailedError:
            standing = self.find(invitation.digest)
            if standing is not None:
                return standing
            raise  # it expired, and went, in this very instant
        return invitation

    def find(self, digest: str) -> Invitation | None:
        try:
            with translated():
                item = InvitationItem.get(digest, consistent_read=True)
        except DoesNotExist:
            return None
        return Invitation(
            digest=item.digest,
            uai=Uai(item.uai),
            email=item.email,
            role=MemberRole(item.role),
            invited_by=UserId(item.invited_by),
            expires_at=from_epoch_ms(item.expires_at * 1000),
            used_by=UserId(item.used_by) if item.used_by else None,
            address_key=item.address_key or "",
        )

    def use(self, invitation: Invitation, member: Member) -> None:
        refuse_erased(member.user_id)
        try:
            with transaction(InvitationItem) as write:
                write.update(
                    InvitationItem(invitation.digest),
                    actions=[InvitationItem.used_by.set(member.user_id)],
                    condition=InvitationItem.digest.exists() & InvitationItem.used_by.does_not_exist(),
                )
                write.save(member_item(member), condition=MemberItem.user_id.does_not_exist())
        except ConditionFailedError:
            self._explain(invitation, member)

    def _explain(self, invitation: Invitation, member: Member) -> None:
        """Return when this member used the invitation already; else say what stands in the way."""
        stored = self.find(invitation.digest)
        if stored is not None and stored.used_by == member.user_id:
            return
        if stored is None or stored.used_by is not None:
            raise InvitationUsedError("This invitation was used; ask your school's administrator for another.")
        raise AlreadyAMemberError("You are a member of this school already.", uai=invitation.uai)
