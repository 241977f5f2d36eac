"""A claimed address gives way to whoever proves it, and to nobody else."""

from dataclasses import replace
from datetime import date

import pytest

from jalon.accounts.attach_email import ask_for_email, confirm_email
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.identity import EmailTakenError, Identity
from jalon.accounts.mail_allowance import MOST_A_DAY, TooManyMessagesError
from jalon.accounts.prove_email import NOBODY_YET, ask_to_sign_up, write_code
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World
from tests.accounts.pupils import create_pupil_account

ADDRESS = "lea@example.org"
SQUATTER = SignUp(UserId("usr_squatter"), ADDRESS, "un lapin dans la lune", "Jean", "Personne", date(2008, 5, 6))
OWNER = SignUp(UserId("usr_owner"), ADDRESS, "la lune dans un lapin", "Léa", "Martin", date(2010, 3, 12))


@pytest.fixture
def squatter(world: World) -> Identity:
    return sign_up(world.accounts, SQUATTER)


@pytest.fixture
def lea(world: World) -> PupilAccount:
    return create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))


def last_word(world: World) -> str:
    return world.mailbox.sent[-1][1].text.split("\n\n")[1]


def code_for_sign_up(world: World) -> str:
    ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    return last_word(world)


def test_a_sign_up_with_the_code_takes_the_address_over(world: World, squatter: Identity) -> None:
    owner = sign_up(world.accounts, replace(OWNER, email_code=code_for_sign_up(world)))
    assert (owner.email, owner.email_verified) == (ADDRESS, True)
    assert sign_in(world.accounts, ADDRESS, OWNER.password).user_id == OWNER.user_id
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, ADDRESS, SQUATTER.password)
    assert world.store.identity(SQUATTER.user_id) == replace(squatter, email=None, login_keys=frozenset())


def test_an_address_attached_with_its_code_is_taken_over(world: World, squatter: Identity, lea: PupilAccount) -> None:
    ask_for_email(world.accounts, world.mailbox, lea.user_id, ADDRESS)
    attached = confirm_email(world.accounts, world.mailbox, lea.user_id, ADDRESS, last_word(world))
    assert sign_in(world.accounts, ADDRESS, lea.initial_password or "") == attached
    assert world.store.identity(SQUATTER.user_id) == replace(squatter, email=None, login_keys=frozenset())


def test_the_displaced_account_lives_on_with_another_address(world: World, squatter: Identity) -> None:
    sign_up(world.accounts, replace(OWNER, email_code=code_for_sign_up(world)))
    ask_for_email(world.accounts, world.mailbox, SQUATTER.user_id, "jean@example.org")
    confirm_email(world.accounts, world.mailbox, SQUATTER.user_id, "jean@example.org", last_word(world))
    assert sign_in(world.accounts, "jean@example.org", SQUATTER.password).user_id == SQUATTER.user_id


def test_without_the_code_nobody_is_displaced(world: World, squatter: Identity) -> None:
    with pytest.raises(EmailTakenError):
        sign_up(world.accounts, OWNER)
    with pytest.raises(InvalidInputError) as refused:
        sign_up(world.accounts, replace(OWNER, email_code="2222222222"))
    assert [violation.pointer for violation in refused.value.violations] == ["/email_code"]
    assert sign_in(world.accounts, ADDRESS, SQUATTER.password) == squatter


def test_a_code_to_attach_an_address_signs_nobody_up(world: World, lea: PupilAccount) -> None:
    code = write_code(world.keyring, world.store.people[lea.user_id], ADDRESS, world.clock.now())
    with pytest.raises(InvalidInputError):
        sign_up(world.accounts, replace(OWNER, email_code=code))


def test_a_proven_address_gives_way_to_nobody(world: World, squatter: Identity, lea: PupilAccount) -> None:
    sign_up(world.accounts, replace(OWNER, email_code=code_for_sign_up(world)))
    code = write_code(world.keyring, NOBODY_YET, ADDRESS, world.clock.now())
    with pytest.raises(EmailTakenError):
        sign_up(world.accounts, replace(OWNER, user_id=UserId("usr_third"), email_code=code))
    with pytest.raises(EmailTakenError):
        confirm_email(
            world.accounts,
            world.mailbox,
            lea.user_id,
            ADDRESS,
            write_code(world.keyring, world.store.people[lea.user_id], ADDRESS, world.clock.now()),
        )


def test_the_address_of_a_schools_member_is_no_mere_claim(world: World, lea: PupilAccount) -> None:
    create_member_account(world.accounts, NewMember(UserId("usr_m"), "Claire", "Petit", ADDRESS, SQUATTER.password))
    ask_for_email(world.accounts, world.mailbox, lea.user_id, ADDRESS)
    assert world.mailbox.sent[-1][1].subject == "Cette adresse a déjà un compte"
    with pytest.raises(EmailTakenError):
        confirm_email(
            world.accounts,
            world.mailbox,
            lea.user_id,
            ADDRESS,
            write_code(world.keyring, world.store.people[lea.user_id], ADDRESS, world.clock.now()),
        )


def test_whoever_asks_for_a_code_learns_nothing_and_the_owner_is_told(world: World, squatter: Identity) -> None:
    ask_to_sign_up(world.accounts, world.mailbox, "free@example.org")
    ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    assert [message.subject for _, message in world.mailbox.sent] == ["Créez votre compte"] * 2
    assert "connectez-vous et confirmez-la" in world.mailbox.sent[-1][1].text
    sign_up(world.accounts, replace(OWNER, email_code=last_word(world)))
    ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    told = world.mailbox.sent[-1][1]
    assert told.subject == "Cette adresse a déjà un compte"
    assert write_code(world.keyring, NOBODY_YET, ADDRESS, world.clock.now()) not in told.text


def test_nobody_is_flooded_with_codes_and_no_nonsense_is_written_to(world: World) -> None:
    with pytest.raises(InvalidInputError):
        ask_to_sign_up(world.accounts, world.mailbox, "nowhere")
    for _ in range(MOST_A_DAY):
        ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    with pytest.raises(TooManyMessagesError):
        ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    assert len(world.mailbox.sent) == MOST_A_DAY


def test_a_claim_that_is_proven_meanwhile_wins(world: World, squatter: Identity) -> None:
    """The first to sign up confirms the address between the reading and the writing of the second."""
    code, create = code_for_sign_up(world), world.store.create

    def raced(*arguments: object, **named: object) -> None:
        confirm_email(
            world.accounts,
            world.mailbox,
            SQUATTER.user_id,
            ADDRESS,
            write_code(world.keyring, world.store.people[SQUATTER.user_id], ADDRESS, world.clock.now()),
        )
        create(*arguments, **named)

    world.store.create = raced
    with pytest.raises(EmailTakenError):
        sign_up(world.accounts, replace(OWNER, email_code=code))
    assert sign_in(world.accounts, ADDRESS, SQUATTER.password).email_verified
