"""Before an erasure, an administrator leaves every school, and none without another administrator."""

from collections.abc import Callable, Sequence

from jalon.accounts.erasure import LastAdministratorError
from jalon.kernel.ids import UserId
from jalon.organisations.invitations import MemberRegister
from jalon.organisations.memberships import Member, MemberRole, NotAnAdministratorError

Memberships = Callable[[UserId], Sequence[Member]]


def require_not_last(register: MemberRegister, memberships: Memberships, user_id: UserId) -> None:
    """Raise :class:`LastAdministratorError`, naming the first such school, if the person is the only administrator of one."""
    for own in _administrations(memberships, user_id):
        if not _others(register, own):
            raise _last(own)


def leave_administrations(register: MemberRegister, memberships: Memberships, user_id: UserId) -> None:
    """Remove the person from the schools they administer, each while another administrator is one, checked in the same write.

    So of two last administrators who leave at once one is refused. Raises :class:`LastAdministratorError`.
    """
    for own in _administrations(memberships, user_id):
        _leave(register, own)


def _leave(register: MemberRegister, own: Member) -> None:
    for other in _others(register, own):
        try:
            register.remove(own, other)
        except NotAnAdministratorError:
            continue  # this one left in the same moment
        return
    raise _last(own)


def _administrations(memberships: Memberships, user_id: UserId) -> list[Member]:
    return [member for member in memberships(user_id) if member.role is MemberRole.ADMIN]


def _others(register: MemberRegister, own: Member) -> list[Member]:
    return [member for member in register.of_school(own.uai) if member.role is MemberRole.ADMIN and member.user_id != own.user_id]


def _last(own: Member) -> LastAdministratorError:
    return LastAdministratorError(
        "You are the only administrator of a school's space: invite another one first, then ask again.", uai=own.uai
    )
