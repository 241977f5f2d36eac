"""Who may act for a school (docs/domain.md §1, §6).

A token says who the caller is; only the ``members`` table says which schools they belong to, and every route of a
school asks here before it answers. An administrator of the school's Orga space also has access to Certif.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jalon.kernel.errors import ForbiddenError
from jalon.kernel.ids import Uai, UserId


class MemberRole(StrEnum):
    """What a member may do: an ``admin`` also invites, imports and runs certification sessions."""

    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """One person's place in one school."""

    uai: Uai
    user_id: UserId
    role: MemberRole
    since: datetime


class MemberStore(Protocol):
    """The ``members`` table, by school and person."""

    def find(self, uai: Uai, user_id: UserId) -> Member | None: ...


class NotAMemberError(ForbiddenError):
    """The caller does not belong to this school's space: they never joined it, or were removed."""

    code = "not_a_member"


class NotAnAdministratorError(ForbiddenError):
    """The caller is a member of the school's space, with a role that does not do this."""

    code = "not_an_administrator"


def require_member(members: MemberStore, uai: Uai, user_id: UserId) -> Member:
    """The caller's membership of the school; raises :class:`NotAMemberError` when there is none.

    A school that does not exist gets the same refusal, so that nothing can be learnt by trying numbers.
    """
    member = members.find(uai, user_id)
    if member is None:
        raise NotAMemberError("You are not a member of this school's space; ask one of its administrators to invite you.", uai=uai)
    return member


def require_admin(members: MemberStore, uai: Uai, user_id: UserId) -> Member:
    """Like :func:`require_member`, for what only an administrator may do."""
    member = require_member(members, uai, user_id)
    if member.role is not MemberRole.ADMIN:
        raise NotAnAdministratorError("Only an administrator of the school's space may do this.", uai=uai)
    return member
