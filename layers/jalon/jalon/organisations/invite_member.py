"""Invite a colleague, and accept an invitation (docs/domain.md §6)."""

from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.identity import refuse
from jalon.accounts.keyring import Keyring
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import UserId
from jalon.organisations.invitations import VALID_FOR, Invitation, InvitationInvalidError, InvitationStore, check_invitation
from jalon.organisations.memberships import Member, MemberRole
from jalon.organisations.paper_codes import account_opened_by, digest_of


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """For someone without an account: the account to make, under the address that was invited."""

    invitation_code: str
    first_name: str
    last_name: str
    email: str
    password: str


def invite_member(
    invitations: InvitationStore, keyring: Keyring, clock: Clock, administrator: Member, email: str, role: MemberRole, code: str
) -> Invitation:
    """The invitation that ``code`` (:func:`paper_codes.paper_code`) stands for; made already, it is the same.

    Raises :class:`InvalidInputError` for an address that is none.
    """
    address = clean_email(email)
    refuse(email_violations("/email", address))
    invitation = Invitation(
        digest=digest_of(code),
        uai=administrator.uai,
        email=address,
        role=role,
        invited_by=administrator.user_id,
        expires_at=clock.now() + VALID_FOR,
        address_key=keyring.login_key(address),
    )
    return invitations.create(invitation)


def accept_with_new_account(invitations: InvitationStore, accounts: Accounts, clock: Clock, command: AcceptInvitation) -> Member:
    """Make the account, then the member; a request cut off between the two is just repeated.

    Raises what :func:`~jalon.organisations.invitations.check_invitation` and
    :func:`~jalon.accounts.create_member_account.create_member_account` refuse.
    """
    invitation = check_invitation(invitations, command.invitation_code, clock.now())
    if clean_email(command.email) != clean_email(invitation.email):
        violation = Violation("/email", "Give the address that the invitation is for.", "invitation_email")
        raise InvitationInvalidError("This invitation is for another address.", (violation,))
    user_id = account_opened_by(invitation.digest, command.email)
    create_member_account(accounts, NewMember(user_id, command.first_name, command.last_name, command.email, command.password))
    return _accept(invitations, clock, invitation, user_id)


def accept_with_account(invitations: InvitationStore, clock: Clock, code: str, user_id: UserId) -> Member:
    """Make the signed-in person a member: membership, not a role, is what opens a school's routes."""
    invitation = check_invitation(invitations, code, clock.now())
    return _accept(invitations, clock, invitation, user_id)


def _accept(invitations: InvitationStore, clock: Clock, invitation: Invitation, user_id: UserId) -> Member:
    member = Member(invitation.uai, user_id, invitation.role, clock.now())
    invitations.use(invitation, member)
    return member
