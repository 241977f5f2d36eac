"""Attaching an address, and recovering an account with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from jalon.accounts.attach_email import ask_for_email, confirm_email
from jalon.accounts.change_preferences import PreferencesChange, change_preferences
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.identity import AccountNotFoundError, EmailTakenError, Preferences
from jalon.accounts.mail_allowance import MOST_A_DAY, TooManyMessagesError
from jalon.accounts.messages import Message
from jalon.accounts.prove_email import ask_to_sign_up, is_code, write_code
from jalon.accounts.recover_password import recover_password
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.setup_token import SetupTokenError
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_out_everywhere import sign_out_everywhere
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.accounts.typed_codes import CODE_ALPHABET
from jalon.kernel.errors import InvalidInputError, JalonError, UnavailableError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World
from tests.accounts.pupils import create_pupil_account

ADDRESS = "lea@example.org"


@pytest.fixture
def lea(world: World) -> PupilAccount:
    return create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))


def last_word(world: World) -> str:
    """The code or token of the latest message: the line that stands alone."""
    return world.mailbox.sent[-1][1].text.split("\n\n")[1]


def attach(world: World, user_id: UserId, address: str = ADDRESS) -> None:
    ask_for_email(world.accounts, world.mailbox, user_id, address)
    confirm_email(world.accounts, world.mailbox, user_id, address, last_word(world))


def test_a_proven_address_is_a_second_way_in_to_the_same_account(world: World, lea: PupilAccount) -> None:
    ask_for_email(world.accounts, world.mailbox, lea.user_id, " Lea@Example.org")
    assert [address for address, _ in world.mailbox.sent] == [ADDRESS]
    assert world.store.user_of_login(world.keyring.login_key(ADDRESS)) is None, "nothing is kept before it is proven"
    attached = confirm_email(world.accounts, world.mailbox, lea.user_id, "LEA@example.org", f" {last_word(world).lower()} ")
    assert attached.email == ADDRESS
    for login in (lea.username, ADDRESS):
        assert sign_in(world.accounts, login, lea.initial_password or "") == attached
    assert confirm_email(world.accounts, world.mailbox, lea.user_id, ADDRESS, last_word(world)) == attached


def test_another_address_replaces_the_first(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    attach(world, lea.user_id, "new@example.org")
    assert sign_in(world.accounts, "new@example.org", lea.initial_password or "").email == "new@example.org"
    sign_in(world.accounts, lea.username, lea.initial_password or "")
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, ADDRESS, lea.initial_password or "")


@pytest.mark.parametrize("code", ["", "2222222222", "\ud800"])
def test_a_wrong_code_attaches_nothing(world: World, lea: PupilAccount, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        confirm_email(world.accounts, world.mailbox, lea.user_id, ADDRESS, code)
    assert refused.value.violations[0].pointer == "/code"
    assert world.store.people[lea.user_id].email is None


def test_a_code_is_for_one_person_one_address_and_a_day_at_most(world: World, lea: PupilAccount) -> None:
    now, asker = world.clock.now(), world.store.people[lea.user_id]
    code = write_code(world.keyring, asker, ADDRESS, now)
    assert set(code) <= set(CODE_ALPHABET)
    assert is_code(world.keyring, asker, ADDRESS, now, code)
    for other in (
        replace(asker, user_id=UserId("usr_other")),
        replace(asker, sign_in_epoch=1),
        replace(asker, email="x@example.org"),
        None,
    ):
        assert not is_code(world.keyring, other, ADDRESS, now, code)
    assert not is_code(world.keyring, asker, "other@example.org", now, code)
    world.pass_time(hours=12)
    assert is_code(world.keyring, asker, ADDRESS, world.clock.now(), code)
    world.pass_time(hours=12)
    assert not is_code(world.keyring, asker, ADDRESS, world.clock.now(), code)


def test_the_code_of_a_former_address_attaches_it_no_more(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    code = last_word(world)
    attach(world, lea.user_id, "new@example.org")
    with pytest.raises(InvalidInputError):
        confirm_email(world.accounts, world.mailbox, lea.user_id, ADDRESS, code)
    ask_for_email(world.accounts, world.mailbox, lea.user_id, ADDRESS)
    sign_out_everywhere(world.accounts, lea.user_id)
    with pytest.raises(InvalidInputError):
        confirm_email(world.accounts, world.mailbox, lea.user_id, ADDRESS, last_word(world))


@pytest.mark.parametrize(
    ("locale", "subject"), [("fr-simple", "Une autre adresse remplace celle-ci"), ("en", "Another address replaces this one")]
)
def test_an_address_that_is_replaced_is_told_in_its_owners_language(world: World, lea: PupilAccount, locale: str, subject: str) -> None:
    attach(world, lea.user_id)
    change_preferences(world.accounts, lea.user_id, PreferencesChange(locale=locale))
    ask_for_email(world.accounts, world.mailbox, lea.user_id, "new@example.org")
    confirm_email(world.accounts, world.mailbox, lea.user_id, "new@example.org", last_word(world))
    told, message = world.mailbox.sent[-1]
    assert (told, message.subject) == (ADDRESS, subject)
    assert "new@example.org" not in message.text


def test_no_address_is_replaced_while_nobody_can_be_told(world: World, lea: PupilAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    attach(world, lea.user_id)
    ask_for_email(world.accounts, world.mailbox, lea.user_id, "new@example.org")
    code = last_word(world)

    def refuse_with(error: JalonError) -> Callable[..., None]:
        def send(*_: object) -> None:
            raise error

        return send

    monkeypatch.setattr(world.mailbox, "send", refuse_with(UnavailableError("busy")))
    with pytest.raises(UnavailableError):
        confirm_email(world.accounts, world.mailbox, lea.user_id, "new@example.org", code)
    assert world.store.people[lea.user_id].email == ADDRESS
    monkeypatch.setattr(world.mailbox, "send", refuse_with(InvalidInputError("nobody reads this address")))
    assert confirm_email(world.accounts, world.mailbox, lea.user_id, "new@example.org", code).email == "new@example.org"


def test_an_address_that_was_only_claimed_is_told_nothing(world: World) -> None:
    """It may be somebody else's, whom this account does not concern."""
    sign_up(world.accounts, SignUp(UserId("usr_p"), "claimed@example.org", "un lapin dans la lune", "Sam", "Roux", date(2008, 5, 6)))
    attach(world, UserId("usr_p"), "sam@example.org")
    assert {address for address, _ in world.mailbox.sent} == {"sam@example.org"}


def test_an_address_of_someone_else_is_told_to_its_owner_alone(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    paul = create_pupil_account(world.accounts, NewPupil(UserId("usr_paul"), "Paul", "Durand", date(2010, 5, 2)))
    ask_for_email(world.accounts, world.mailbox, paul.user_id, ADDRESS)
    address, message = world.mailbox.sent[-1]
    assert (address, message.subject) == (ADDRESS, "Cette adresse a déjà un compte")
    code = write_code(world.keyring, world.store.people[paul.user_id], ADDRESS, world.clock.now())
    assert code not in message.text
    with pytest.raises(EmailTakenError):
        confirm_email(world.accounts, world.mailbox, paul.user_id, ADDRESS, code)


def test_impossible_addresses_and_erased_people_get_no_message(world: World, lea: PupilAccount) -> None:
    with pytest.raises(InvalidInputError):
        ask_for_email(world.accounts, world.mailbox, lea.user_id, "nowhere")
    with pytest.raises(InvalidInputError):
        recover_password(world.accounts, world.mailbox, "nowhere")
    with pytest.raises(AccountNotFoundError):
        ask_for_email(world.accounts, world.mailbox, UserId("usr_nobody"), ADDRESS)
    with pytest.raises(AccountNotFoundError):
        confirm_email(world.accounts, world.mailbox, UserId("usr_nobody"), ADDRESS, "x")
    assert world.mailbox.sent == []


def test_the_owner_of_the_address_recovers_the_account(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    recover_password(world.accounts, world.mailbox, " LEA@example.org ")
    assert world.mailbox.sent[-1][0] == ADDRESS
    set_up_password(world.accounts, world.mailbox, last_word(world), "un lapin dans la lune")
    for login in (lea.username, ADDRESS):
        assert sign_in(world.accounts, login, "un lapin dans la lune").sign_in_epoch == 1
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, last_word(world), "un autre lapin la nuit")


def test_a_recovery_lasts_an_hour(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    recover_password(world.accounts, world.mailbox, ADDRESS)
    world.pass_time(hours=1)
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, last_word(world), "un lapin dans la lune")


def test_an_unknown_address_gets_a_message_and_costs_the_same_writes(world: World, lea: PupilAccount) -> None:
    recover_password(world.accounts, world.mailbox, ADDRESS)
    assert world.mailbox.sent[-1][1].subject == "Aucun compte à cette adresse"
    assert (len(world.store.counts), len(world.store.tickets)) == (1, 1)
    assert not any(prefix in world.mailbox.sent[-1][1].text for prefix in ("ps.", "pr."))


def test_the_ticket_of_an_unknown_address_opens_nothing(world: World, lea: PupilAccount) -> None:
    from jalon.accounts.setup_token import write_setup_token

    recover_password(world.accounts, world.mailbox, ADDRESS)
    (ticket,) = world.store.tickets.values()
    nobody = replace(world.store.people[lea.user_id], user_id=ticket.user_id, email=None, sign_in_epoch=0)
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, write_setup_token(world.keyring, ticket, nobody), "un lapin dans la lune")


def test_nobody_is_flooded(world: World) -> None:
    """A few at once, then one an hour: whoever spends the messages of others sees to it that they have one that is good."""
    for _ in range(MOST_A_DAY):
        recover_password(world.accounts, world.mailbox, ADDRESS)
    for _ in range(3):
        with pytest.raises(TooManyMessagesError) as refused:
            recover_password(world.accounts, world.mailbox, ADDRESS)
        assert refused.value.retry_after_s == 3600
        world.pass_time(hours=1)
        recover_password(world.accounts, world.mailbox, ADDRESS)
    assert len(world.mailbox.sent) == MOST_A_DAY + 3
    recover_password(world.accounts, world.mailbox, "other@example.org")
    world.pass_time(hours=24)
    for _ in range(MOST_A_DAY):
        recover_password(world.accounts, world.mailbox, ADDRESS)


def test_a_stranger_who_spends_one_kind_of_message_leaves_the_others(world: World, lea: PupilAccount) -> None:
    for _ in range(MOST_A_DAY):
        ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    with pytest.raises(TooManyMessagesError):
        ask_to_sign_up(world.accounts, world.mailbox, ADDRESS)
    recover_password(world.accounts, world.mailbox, ADDRESS)
    ask_for_email(world.accounts, world.mailbox, lea.user_id, ADDRESS)
    assert len(world.mailbox.sent) == MOST_A_DAY + 2


def test_a_message_that_could_not_be_sent_counts_for_nothing(world: World, lea: PupilAccount) -> None:
    class Down:
        def send(self, address: str, message: Message) -> None:
            raise UnavailableError("The mail service is busy.")

    for _ in range(MOST_A_DAY + 1):
        for ask in (recover_password, ask_to_sign_up):
            with pytest.raises(UnavailableError):
                ask(world.accounts, Down(), ADDRESS)
        with pytest.raises(UnavailableError):
            ask_for_email(world.accounts, Down(), lea.user_id, ADDRESS)
    for _ in range(MOST_A_DAY):
        recover_password(world.accounts, world.mailbox, ADDRESS)
        ask_for_email(world.accounts, world.mailbox, lea.user_id, ADDRESS)


def test_one_person_cannot_write_to_the_world(world: World, lea: PupilAccount) -> None:
    for number in range(MOST_A_DAY):
        ask_for_email(world.accounts, world.mailbox, lea.user_id, f"someone{number}@example.org")
    with pytest.raises(TooManyMessagesError):
        ask_for_email(world.accounts, world.mailbox, lea.user_id, "onemore@example.org")


@pytest.mark.parametrize(
    ("locale", "subjects"),
    [
        ("en", ["Confirm your address", "Choose a new password"]),
        ("fr-simple", ["Confirmez votre adresse", "Choisissez un nouveau mot de passe"]),
    ],
)
def test_messages_follow_the_persons_language(world: World, lea: PupilAccount, locale: str, subjects: list[str]) -> None:
    world.store.people[lea.user_id] = replace(world.store.people[lea.user_id], preferences=Preferences(locale=locale))
    attach(world, lea.user_id)
    recover_password(world.accounts, world.mailbox, ADDRESS)
    assert [message.subject for _, message in world.mailbox.sent] == subjects


def test_messages_hold_no_link_and_name_nobody(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    recover_password(world.accounts, world.mailbox, ADDRESS)
    for _, message in world.mailbox.sent:
        assert "http" not in message.text
        assert not {"Léa", "Martin", lea.username} & set(message.text.split())


def test_waiting_for_messages_does_not_keep_anyone_from_signing_in(world: World, lea: PupilAccount) -> None:
    for _ in range(MOST_A_DAY):
        ask_for_email(world.accounts, world.mailbox, lea.user_id, ADDRESS)
    sign_in(world.accounts, lea.username, lea.initial_password or "")


def test_whoever_signs_up_proves_the_address_afterwards(world: World) -> None:
    command = SignUp(UserId("usr_paul"), "paul@example.org", "un lapin dans la lune", "Paul", "Durand", date(2008, 5, 6))
    signed_up = sign_up(world.accounts, command)
    assert not signed_up.email_verified
    with pytest.raises(InvalidInputError):
        confirm_email(world.accounts, world.mailbox, signed_up.user_id, "paul@example.org", "2222222222")
    attach(world, signed_up.user_id, "paul@example.org")
    assert world.store.identity(signed_up.user_id) == replace(signed_up, email_verified=True)
    assert sign_in(world.accounts, "paul@example.org", "un lapin dans la lune").email_verified


def test_the_proof_of_an_address_is_not_the_proof_of_another(world: World, lea: PupilAccount) -> None:
    attach(world, lea.user_id)
    ask_for_email(world.accounts, world.mailbox, lea.user_id, "new@example.org")
    with pytest.raises(InvalidInputError):
        confirm_email(world.accounts, world.mailbox, lea.user_id, "other@example.org", last_word(world))
    assert confirm_email(world.accounts, world.mailbox, lea.user_id, "new@example.org", last_word(world)).email_verified
