"""Routes of a school's members: list, invite, accept, remove."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.campaigns.calling import SERVICE, UaiPath, admin, member
from functions.campaigns.organisation_schemas import (
    AcceptInvitationRequest,
    InvitationView,
    InviteMemberRequest,
    JoinOrganisationRequest,
    MembersView,
    MemberView,
    NamedMemberView,
)
from functions.campaigns.paper_codes import invitation_code
from functions.campaigns.wiring import accounts, parts
from jalon.accounts.look_up_identities import look_up_identities
from jalon.edge.idempotency import idempotent_but_for, request_name
from jalon.edge.observability import logger, metric
from jalon.edge.signed_in import user
from jalon.kernel.ids import UserId
from jalon.organisations.invitations import remove_member
from jalon.organisations.invite_member import AcceptInvitation, accept_with_account, accept_with_new_account, invite_member
from jalon.organisations.memberships import Member, MemberRole

router = Router()


@router.get("/v1/organisations/<uai>/members")
def list_members(uai: UaiPath) -> MembersView:
    """Everyone who works in the school's space."""
    place = member(router, uai)
    members = parts().members.of_school(place.uai)
    names = look_up_identities(accounts().store, [each.user_id for each in members])
    items = [
        NamedMemberView(
            user_id=each.user_id,
            role=each.role.value,
            first_name=names[each.user_id].first_name if each.user_id in names else None,
            last_name=names[each.user_id].last_name if each.user_id in names else None,
            since=each.since,
        )
        for each in members
    ]
    return MembersView(items=items)


@router.post("/v1/organisations/<uai>/invitations", status_code=201, middlewares=[idempotent_but_for(invitation_code=invitation_code)])
def invite(uai: UaiPath, body: InviteMemberRequest) -> InvitationView:
    """Invite a colleague; the administrator passes the code on, and it opens the space once within 14 days."""
    administrator = admin(router, uai)
    code = invitation_code(request_name(router.current_event))
    keyring, role = accounts().keyring, MemberRole(body.role)
    invitation = invite_member(parts().invitations, keyring, parts().clock, administrator, body.email, role, code)
    logger(SERVICE).info("MEMBER_INVITED", uai=administrator.uai, role=body.role)
    metric("MemberInvited")
    return InvitationView(email=invitation.email, role=invitation.role.value, invitation_code=code, expires_at=invitation.expires_at)


@router.post("/v1/accepted-invitations", status_code=201)
def accept(body: AcceptInvitationRequest) -> MemberView:
    """Accept an invitation with a new account. Repeating is safe."""
    command = AcceptInvitation(**body.model_dump())
    return _joined(accept_with_new_account(parts().invitations, accounts(), parts().clock, command))


@router.post("/v1/me/memberships", status_code=201)
def join(body: JoinOrganisationRequest) -> MemberView:
    """Accept an invitation with the account one is signed in with. Repeating is safe."""
    return _joined(accept_with_account(parts().invitations, parts().clock, body.invitation_code, user(router)))


@router.delete("/v1/organisations/<uai>/members/<user_id>", status_code=204)
def remove(uai: UaiPath, user_id: Annotated[str, Path(pattern=r"^usr_[0-9a-f]{32}$")]) -> Response[None]:
    """Remove a colleague. Nobody removes themselves, so that a school always keeps an administrator."""
    administrator = admin(router, uai)
    remove_member(parts().members, administrator, UserId(user_id))
    logger(SERVICE).info("MEMBER_REMOVED", uai=administrator.uai, user_id=user_id)
    metric("MemberRemoved")
    return Response(status_code=204)


def _joined(place: Member) -> MemberView:
    logger(SERVICE).info("MEMBER_JOINED", uai=place.uai, user_id=place.user_id)
    metric("MemberJoined")
    return MemberView(uai=place.uai, user_id=place.user_id, role=place.role.value)
