"""Invitations of colleagues into a school's space (docs/domain.md §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jalon.kernel.errors import ConflictError, GoneError, InvalidInputError, NotFoundError, Violation
from jalon.kernel.ids import Uai, UserId
from jalon.organisations.memberships import Member, MemberRole, MemberStore
from jalon.organisations.paper_codes import digest_of

VALID_FOR = timedelta(days=14)


class InvitationInvalidError(InvalidInputError):
    """The code is of no invitation, or the invitation is for another e-mail address."""

    code = "invitation_invalid"


class InvitationExpiredError(GoneError):
    """The invitation was not accepted within its time."""

    code = "invitation_expired"


class InvitationUsedError(ConflictError):
    """An invitation makes one member, and somebody has accepted this one."""

    code = "invitation_used"


class AlreadyAMemberError(ConflictError):
    """Who accepts the invitation belongs to the school's space; the invitation stays unused."""

    code = "already_a_member"


class MemberNotFoundError(NotFoundError):
    """Who is to be removed does not belong to the school's space, or was removed before."""

    code = "member_not_found"


class OwnRemovalError(ConflictError):
    """Administrators do not remove themselves: a school is never left without one."""

    code = "own_removal"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may become a member, as what; ``digest`` stands for the code that the administrator passed on.

    ``address_key`` is the keyed digest of ``email`` under which an account signs in with it; empty in invitations of before there was one.
    """

    digest: str
    uai: Uai
    email: str
    role: MemberRole
    invited_by: UserId
    expires_at: datetime
    used_by: UserId | None = None
    address_key: str = ""


class InvitationStore(Protocol):
    """The ``invitations`` table, by digest."""

    def create(self, invitation: Invitation) -> Invitation:
        """Write the invitation, or return the one that stands under its digest: the request that made it was repeated."""
        ...

    def find(self, digest: str) -> Invitation | None: ...

    def use(self, invitation: Invitation, member: Member) -> None:
        """Use the invitation up and write the member, both or neither.

        Raises :class:`InvitationUsedError` or :class:`AlreadyAMemberError`; the same member again changes nothing.
        """
        ...


class MemberRegister(MemberStore, Protocol):
    """The ``members`` table with what changes it."""

    def of_school(self, uai: Uai) -> Sequence[Member]: ...

    def remove(self, member: Member, by: Member) -> None:
        """Remove a member while ``by`` is an administrator; they are checked and removed in one write.

        Raises :class:`~jalon.organisations.memberships.NotAnAdministratorError`. So of two administrators who remove each
        other at once, one stays.
        """
        ...


def check_invitation(invitations: InvitationStore, code: str, now: datetime) -> Invitation:
    """The invitation that a code stands for, if it can still be used (again, by whoever used it)."""
    invitation = invitations.find(digest_of(code))
    if invitation is None:
        violation = Violation("/invitation_code", "Copy the code as your school's administrator gave it.", "invitation_code")
        raise InvitationInvalidError("There is no such invitation.", (violation,))
    if now >= invitation.expires_at:
        raise InvitationExpiredError("This invitation has expired; ask your school's administrator for another.")
    return invitation


def remove_member(members: MemberRegister, administrator: Member, user_id: UserId) -> None:
    """Remove somebody else from the school. Raises MemberNotFoundError, OwnRemovalError, NotAnAdministratorError."""
    if user_id == administrator.user_id:
        raise OwnRemovalError("Ask another administrator to remove you, so that the school keeps one.")
    member = members.find(administrator.uai, user_id)
    if member is None:
        raise MemberNotFoundError("This person is not a member of the school.", user_id=user_id)
    members.remove(member, administrator)
