"""The owner of an account is told that its password was replaced, and by whom; no change is made which they do not hear of."""

from dataclasses import replace
from datetime import date

import pytest

from jalon.accounts.change_password import change_password
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.create_staff_account import NewStaff, create_staff_account
from jalon.accounts.identity import Role
from jalon.accounts.messages import Message, password_replaced, school_replaced_password
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.sign_in import sign_in
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.accounts.stores import Credentials, TicketPurpose
from jalon.kernel.errors import InvalidInputError, UnavailableError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World
from tests.accounts.pupils import create_pupil_account

ADDRESS = "lea@example.org"
CHOSEN = "un lapin dans la lune"


class Down:
    """A mail service that takes nothing."""

    def send(self, address: str, message: Message) -> None:
        raise UnavailableError("The mail service is busy.")


def _pupil(world: World, **known: object) -> PupilAccount:
    """A school's account with an address, proven unless said otherwise."""
    pupil = create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))
    world.store.people[pupil.user_id] = replace(
        world.store.people[pupil.user_id],
        **({"email": ADDRESS, "email_verified": True} | known),  # type: ignore[arg-type]
    )
    return pupil


def _recovery_of(world: World, user_id: UserId, purpose: TicketPurpose = TicketPurpose.RECOVERY) -> str:
    ticket = new_ticket(world.accounts, user_id, purpose)
    world.store.put_ticket(ticket)
    return write_setup_token(world.keyring, ticket, world.store.people[user_id])


def test_a_schools_new_password_is_told_to_the_pupils_own_address_once(world: World) -> None:
    pupil = _pupil(world)
    for _ in range(2):
        reset_pupil_password(world.accounts, world.mailbox, pupil.user_id, "a teacher's request")
    locale = world.store.people[pupil.user_id].preferences.locale
    assert world.mailbox.sent == [(ADDRESS, school_replaced_password(locale))]


def test_a_password_that_its_owner_changes_is_told_to_them(world: World) -> None:
    pupil = _pupil(world)
    change_password(world.accounts, world.mailbox, pupil.user_id, pupil.initial_password or "", CHOSEN)
    assert [(address, message.subject) for address, message in world.mailbox.sent] == [(ADDRESS, "Votre compte a un nouveau mot de passe")]


def test_a_recovered_password_is_told(world: World) -> None:
    pupil = _pupil(world)
    set_up_password(world.accounts, world.mailbox, _recovery_of(world, pupil.user_id), CHOSEN)
    assert [address for address, _ in world.mailbox.sent] == [ADDRESS]


def test_nobody_is_written_to_where_the_address_is_a_mere_claim_or_there_is_none(world: World) -> None:
    pupil = _pupil(world, email_verified=False)
    reset_pupil_password(world.accounts, world.mailbox, pupil.user_id, "one")
    world.store.people[pupil.user_id] = replace(world.store.people[pupil.user_id], email=None)
    reset = reset_pupil_password(world.accounts, world.mailbox, pupil.user_id, "two")
    change_password(world.accounts, world.mailbox, pupil.user_id, reset.initial_password or "", CHOSEN)
    claimed = sign_up(world.accounts, SignUp(UserId("usr_p"), "sam@example.org", "Tr0ubadour!", "Sam", "Roux", date(2008, 5, 6)))
    change_password(world.accounts, world.mailbox, claimed.user_id, "Tr0ubadour!", CHOSEN)
    assert world.mailbox.sent == []


def test_a_first_password_is_told_to_a_proven_address_alone(world: World) -> None:
    invited = create_staff_account(world.accounts, NewStaff(UserId("usr_j"), Role.JURY, "jury@example.org", "Marc", "Blanc", request="r"))
    set_up_password(world.accounts, world.mailbox, invited.setup_token, CHOSEN)
    assert world.mailbox.sent == []
    change_password(world.accounts, world.mailbox, invited.user_id, CHOSEN, "une lune de lapin")
    assert [address for address, _ in world.mailbox.sent] == ["jury@example.org"]
    pupil = _pupil(world)
    world.store.proofs[pupil.user_id] = Credentials()  # begun through a portal: there was no password
    set_up_password(world.accounts, world.mailbox, _recovery_of(world, pupil.user_id), CHOSEN)
    assert [address for address, _ in world.mailbox.sent] == ["jury@example.org", ADDRESS]


def test_a_members_new_password_is_told_to_the_address_that_their_school_knows(world: World) -> None:
    member = create_member_account(world.accounts, NewMember(UserId("usr_m"), "Claire", "Petit", "claire@example.org", "Tr0ubadour!"))
    change_password(world.accounts, world.mailbox, member, "Tr0ubadour!", CHOSEN)
    assert [address for address, _ in world.mailbox.sent] == ["claire@example.org"]


def test_while_nobody_can_be_told_nothing_is_changed(world: World) -> None:
    pupil = _pupil(world)
    token = _recovery_of(world, pupil.user_id)
    with pytest.raises(UnavailableError):
        reset_pupil_password(world.accounts, Down(), pupil.user_id, "one")
    with pytest.raises(UnavailableError):
        change_password(world.accounts, Down(), pupil.user_id, pupil.initial_password or "", CHOSEN)
    with pytest.raises(UnavailableError):
        set_up_password(world.accounts, Down(), token, CHOSEN)
    assert sign_in(world.accounts, pupil.username, pupil.initial_password or "").user_id == pupil.user_id
    assert set_up_password(world.accounts, world.mailbox, token, CHOSEN) == pupil.user_id


def test_what_is_refused_is_told_to_nobody(world: World) -> None:
    pupil = _pupil(world)
    with pytest.raises(InvalidInputError):
        change_password(world.accounts, world.mailbox, pupil.user_id, "wrong", CHOSEN)
    with pytest.raises(InvalidInputError):
        change_password(world.accounts, world.mailbox, pupil.user_id, pupil.initial_password or "", "short")
    with pytest.raises(InvalidInputError):
        set_up_password(world.accounts, world.mailbox, _recovery_of(world, pupil.user_id), "short")
    assert world.mailbox.sent == []


@pytest.mark.parametrize("write", [password_replaced, school_replaced_password])
@pytest.mark.parametrize(("locale", "word"), [("fr-FR", "mot de passe"), ("fr-simple", "mot de passe"), ("en", "password")])
def test_notices_speak_the_owners_language_and_hold_no_link(write: object, locale: str, word: str) -> None:
    message = write(locale)  # type: ignore[operator]
    assert word in message.subject
    assert word in message.text
    assert "http" not in message.text
