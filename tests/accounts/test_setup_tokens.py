"""Invitations and recoveries: neither ends the other, and a request sent again spoils no message."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jalon.accounts.attach_email import ask_for_email, confirm_email
from jalon.accounts.change_password import change_password
from jalon.accounts.create_pupil_accounts import NewPupil
from jalon.accounts.create_staff_account import NewStaff, create_staff_account
from jalon.accounts.identity import Identity, Role
from jalon.accounts.mail_allowance import MOST_A_DAY, TooManyMessagesError
from jalon.accounts.recover_password import recover_password
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.setup_token import SetupTokenError, new_ticket, write_setup_token
from jalon.accounts.sign_in import sign_in
from jalon.accounts.sign_out_everywhere import sign_out_everywhere
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.accounts.stores import TicketPurpose
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World
from tests.accounts.pupils import create_pupil_account

ADDRESS = "sam@example.org"
STAFF = NewStaff(UserId("usr_j"), Role.JURY, "jury@example.org", "Marc", "Blanc", request="digest")


def attach_email(world: World, user_id: UserId, address: str) -> None:
    ask_for_email(world.accounts, world.mailbox, user_id, address)
    confirm_email(world.accounts, world.mailbox, user_id, address, world.mailbox.sent[-1][1].text.split("\n\n")[1])


@pytest.fixture
def sam(world: World) -> Identity:
    return sign_up(world.accounts, SignUp(UserId("usr_p"), ADDRESS, "Tr0ubadour!", "Sam", "Roux", date(2008, 5, 6)))


def recovery(world: World, address: str = ADDRESS) -> str:
    recover_password(world.accounts, world.mailbox, address)
    return world.mailbox.sent[-1][1].text.split("\n\n")[1]


def test_a_stranger_who_asks_for_a_recovery_ends_no_invitation(world: World) -> None:
    invitation = create_staff_account(world.accounts, STAFF)
    for _ in range(MOST_A_DAY):
        recovery(world, STAFF.email)
    world.pass_time(hours=71)
    assert set_up_password(world.accounts, world.mailbox, invitation.setup_token, "un lapin dans la lune") == STAFF.user_id


def test_whoever_was_invited_recovers_too_and_the_invitation_is_over(world: World) -> None:
    invitation = create_staff_account(world.accounts, STAFF)
    set_up_password(world.accounts, world.mailbox, recovery(world, STAFF.email), "un lapin dans la lune")
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, invitation.setup_token, "un autre lapin la nuit")
    assert sign_in(world.accounts, STAFF.email, "un lapin dans la lune").user_id == STAFF.user_id


def test_an_invitation_repeated_after_a_lost_answer_is_the_same_while_it_is_good(world: World) -> None:
    first = create_staff_account(world.accounts, STAFF)
    world.pass_time(hours=71)
    assert create_staff_account(world.accounts, STAFF) == first
    world.pass_time(hours=1)
    later = create_staff_account(world.accounts, STAFF)
    assert later.setup_token != first.setup_token
    assert set_up_password(world.accounts, world.mailbox, later.setup_token, "un lapin dans la lune") == STAFF.user_id


def test_a_recovery_asked_for_again_sends_the_same_token_good_for_another_hour(world: World, sam: Identity) -> None:
    first = recovery(world)
    world.pass_time(minutes=59)
    assert recovery(world) == first
    world.pass_time(minutes=59)
    assert set_up_password(world.accounts, world.mailbox, first, "un lapin dans la lune") == sam.user_id
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, first, "un autre lapin la nuit")


def test_after_an_hour_without_asking_the_token_is_another(world: World, sam: Identity) -> None:
    first = recovery(world)
    world.pass_time(hours=1)
    second = recovery(world)
    assert second != first
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, first, "un lapin dans la lune")
    set_up_password(world.accounts, world.mailbox, second, "un lapin dans la lune")


def test_the_same_token_again_counts_as_a_message(world: World, sam: Identity) -> None:
    assert len({recovery(world) for _ in range(MOST_A_DAY)}) == 1
    with pytest.raises(TooManyMessagesError):
        recovery(world)


def test_a_password_set_another_way_ends_the_recovery(world: World, sam: Identity) -> None:
    token = recovery(world)
    change_password(world.accounts, world.mailbox, sam.user_id, "Tr0ubadour!", "un lapin dans la lune")
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "un autre lapin la nuit")
    assert recovery(world) != token


def test_a_password_that_the_school_resets_ends_the_recovery(world: World) -> None:
    lea = create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))
    ticket = world.store.offer_ticket(new_ticket(world.accounts, lea.user_id, TicketPurpose.RECOVERY), world.clock.now())
    reset_pupil_password(world.accounts, world.mailbox, lea.user_id, "request-1")
    token = write_setup_token(world.keyring, ticket, world.store.people[lea.user_id])
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "un lapin dans la lune")


def test_a_recovery_ends_with_the_address_it_was_sent_to(world: World, sam: Identity) -> None:
    token = recovery(world)
    attach_email(world, sam.user_id, "autre@example.org")
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "un lapin dans la lune")
    assert set_up_password(world.accounts, world.mailbox, recovery(world, "autre@example.org"), "un lapin dans la lune") == sam.user_id


def test_a_recovery_ends_when_its_account_signs_out_everywhere(world: World, sam: Identity) -> None:
    token = recovery(world)
    sign_out_everywhere(world.accounts, sam.user_id)
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "un lapin dans la lune")
    assert set_up_password(world.accounts, world.mailbox, recovery(world), "un lapin dans la lune") == sam.user_id


def test_a_token_of_one_kind_is_none_of_the_other(world: World, sam: Identity) -> None:
    token = recovery(world)
    ticket = world.store.ticket(sam.user_id, TicketPurpose.RECOVERY)
    assert ticket is not None
    world.store.put_ticket(replace(ticket, purpose=TicketPurpose.INVITATION, expires_at=ticket.expires_at + timedelta(hours=71)))
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token.replace("pr.", "ps."), "un lapin dans la lune")
    set_up_password(world.accounts, world.mailbox, token, "un lapin dans la lune")
