"""An account for someone who works at a school (its administrator, a teacher): e-mail address and password."""

from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Role, refuse
from jalon.accounts.registrant import Registrant, register
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class NewMember:
    """``user_id`` is the caller's to choose: the same one again, with the same e-mail, is the same account."""

    user_id: UserId
    first_name: str
    last_name: str
    email: str
    password: str


def create_member_account(accounts: Accounts, member: NewMember) -> UserId:
    """Create the account with the role ``teacher`` and return its id; organisations keep who belongs to which school.

    Raises :class:`InvalidInputError` naming every field, :class:`EmailTakenError` if another account has this address:
    its owner signs in and is invited, the password given here being no proof of who they are.
    """
    who = Registrant.cleaned(member.first_name, member.last_name, member.email)
    refuse((*who.violations(), *who.password_violations(member.password)))
    register(accounts, who.identity(accounts, member.user_id, Role.TEACHER), member.password)
    return member.user_id
