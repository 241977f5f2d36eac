"""Activate a school's space: its head becomes the first administrator (docs/domain.md §6)."""

from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.kernel.clock import Clock
from jalon.kernel.ids import Uai
from jalon.organisations.memberships import Member, MemberRole
from jalon.organisations.organisation import OrganisationStore, check_activation
from jalon.organisations.paper_codes import account_opened_by


@dataclass(frozen=True, slots=True)
class ActivateOrganisation:
    uai: Uai
    activation_code: str
    first_name: str
    last_name: str
    email: str
    password: str


def activate_organisation(organisations: OrganisationStore, accounts: Accounts, clock: Clock, command: ActivateOrganisation) -> Member:
    """The administrator's membership.

    The account comes first, under an id that follows from the code and the e-mail: a request cut off between the two writes is
    just repeated. An account whose activation lost the race belongs to no school and opens nothing.

    Raises ActivationCodeInvalidError, ActivationCodeExpiredError, OrganisationAlreadyActivatedError, and what
    :func:`~jalon.accounts.create_member_account.create_member_account` refuses.
    """
    organisation = check_activation(organisations.find(command.uai), command.activation_code, clock.now())
    user_id = account_opened_by(organisation.activation_digest, command.email)
    create_member_account(accounts, NewMember(user_id, command.first_name, command.last_name, command.email, command.password))
    administrator = Member(command.uai, user_id, MemberRole.ADMIN, clock.now())
    organisations.activate(organisation, administrator)
    return administrator
