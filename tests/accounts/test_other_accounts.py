"""Accounts with an e-mail address: school members, people on their own, the jury; and their passwords."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from jalon.accounts.change_password import change_password
from jalon.accounts.client_secret import (
    ClientEndedError,
    ClientNotFoundError,
    SecretSupersededError,
    end_client,
    is_client_secret,
    renew_client_secret,
)
from jalon.accounts.create_client import ClientExistsError, NewClient, create_client
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.accounts.create_staff_account import NewStaff, create_staff_account
from jalon.accounts.identity import AccountExistsError, EmailTakenError, Role
from jalon.accounts.lockout import AccountWaitsError
from jalon.accounts.oauth_client import OPERATOR, Scope
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.setup_token import SetupTokenError
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import ClientId, UserId
from jalon.kernel.uai import EVERY_SCHOOL
from tests.accounts.fakes import MemoryClients, World

MEMBER = NewMember(UserId("usr_m"), "Claire", "Petit", "Claire.Petit@Example.org", "Tr0ubadour!")
PERSON = SignUp(UserId("usr_p"), "sam@example.org", "Tr0ubadour!", "Sam", "Roux", date(2008, 5, 6), request="digest")
STAFF = NewStaff(UserId("usr_j"), Role.JURY, "jury@example.org", "Marc", "Blanc", request="digest")


def test_a_member_signs_in_as_a_teacher(world: World) -> None:
    assert create_member_account(world.accounts, MEMBER) == MEMBER.user_id
    identity = sign_in(world.accounts, " claire.petit@EXAMPLE.org ", "Tr0ubadour!")
    assert (identity.roles, identity.email) == ({Role.TEACHER}, "claire.petit@example.org")


def test_a_person_signs_up_as_a_pupil(world: World) -> None:
    identity = sign_up(world.accounts, PERSON)
    assert sign_in(world.accounts, "sam@example.org", "Tr0ubadour!") == identity
    assert (identity.roles, identity.birth_date) == ({Role.PUPIL}, date(2008, 5, 6))


@pytest.mark.parametrize(("create", "command"), [(create_member_account, MEMBER), (sign_up, PERSON)], ids=["member", "person"])
def test_the_same_request_again_is_the_same_account(world: World, create: Callable[..., Any], command: Any) -> None:
    assert create(world.accounts, command) == create(world.accounts, command)
    assert len(world.store.people) == 1


@pytest.mark.parametrize(("create", "command"), [(create_member_account, MEMBER), (sign_up, PERSON)], ids=["member", "person"])
def test_an_address_in_use_is_a_clear_error(world: World, create: Callable[..., Any], command: Any) -> None:
    create(world.accounts, command)
    with pytest.raises(EmailTakenError):
        create(world.accounts, replace(command, user_id=UserId("usr_other"), email=command.email.upper()))


@pytest.mark.parametrize("change", [{"email": "other@example.org"}, {"request": "other"}])
def test_another_request_under_the_same_id_is_refused(world: World, change: dict[str, str]) -> None:
    sign_up(world.accounts, PERSON)
    with pytest.raises(AccountExistsError):
        sign_up(world.accounts, replace(PERSON, **change))


@pytest.mark.parametrize(
    ("create", "command", "pointers"),
    [
        (
            create_member_account,
            replace(MEMBER, first_name="", last_name="\x00", email="nowhere", password="short"),
            ["/first_name", "/last_name", "/email", "/password"],
        ),
        (
            sign_up,
            replace(PERSON, first_name="9", email="a@b", birth_date=date(1899, 12, 31), password="sam@example"),
            ["/first_name", "/email", "/birth_date", "/password"],
        ),
        (create_staff_account, replace(STAFF, last_name="x" * 101, email="a@@example.org"), ["/last_name", "/email"]),
    ],
    ids=["member", "person", "staff"],
)
def test_every_wrong_field_is_named(world: World, create: Callable[..., Any], command: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        create(world.accounts, command)
    assert [violation.pointer for violation in refused.value.violations] == pointers
    assert world.store.people == {}


def test_staff_set_their_password_with_the_token_once(world: World) -> None:
    invitation = create_staff_account(world.accounts, STAFF)
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, "jury@example.org", "")
    with pytest.raises(InvalidInputError):
        set_up_password(world.accounts, world.mailbox, invitation.setup_token, "weak")
    assert set_up_password(world.accounts, world.mailbox, invitation.setup_token, "Tr0ubadour!") == STAFF.user_id
    assert sign_in(world.accounts, "jury@example.org", "Tr0ubadour!").roles == {Role.JURY}
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, invitation.setup_token, "An0ther-one!")


def test_two_uses_of_a_token_at_once_set_one_password(world: World) -> None:
    token = create_staff_account(world.accounts, STAFF).setup_token
    hash_password = world.hasher.hash

    def raced(password: str) -> str:
        world.hasher.hash = hash_password
        set_up_password(world.accounts, world.mailbox, token, "Tr0ubadour!")
        return hash_password(password)

    world.hasher.hash = raced
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "An0ther-one!")
    sign_in(world.accounts, "jury@example.org", "Tr0ubadour!")


def test_a_setup_token_expires(world: World) -> None:
    invitation = create_staff_account(world.accounts, STAFF)
    world.pass_time(hours=72)
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, invitation.setup_token, "Tr0ubadour!")


def test_a_second_invitation_replaces_the_first(world: World) -> None:
    first = create_staff_account(world.accounts, STAFF)
    again = create_staff_account(world.accounts, replace(STAFF, user_id=UserId("usr_k"), request="other"))
    assert again.user_id == first.user_id
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, first.setup_token, "Tr0ubadour!")
    set_up_password(world.accounts, world.mailbox, again.setup_token, "Tr0ubadour!")
    with pytest.raises(EmailTakenError):
        create_staff_account(world.accounts, replace(STAFF, user_id=UserId("usr_l"), request="third"))


def test_an_invitation_under_a_used_key_is_refused(world: World) -> None:
    create_staff_account(world.accounts, STAFF)
    with pytest.raises(AccountExistsError):
        create_staff_account(world.accounts, replace(STAFF, first_name="Marie", request="other"))


def test_an_invitation_does_not_take_over_another_kind_of_account(world: World) -> None:
    sign_up(world.accounts, PERSON)
    world.store.proofs.clear()
    with pytest.raises(EmailTakenError):
        create_staff_account(world.accounts, replace(STAFF, email=PERSON.email))


@pytest.mark.parametrize("token", ["", "ps", "ps.usr_j.x", "ps.usr_nobody.x", "ps.other.x", "xx.usr_j.x", "ps.usr_j.\ud800"])
def test_tokens_we_did_not_make_set_nothing(world: World, token: str) -> None:
    create_staff_account(world.accounts, STAFF)
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "Tr0ubadour!")


def test_a_token_of_an_erased_account_is_over(world: World) -> None:
    token = create_staff_account(world.accounts, STAFF).setup_token
    del world.store.people[STAFF.user_id]
    with pytest.raises(SetupTokenError):
        set_up_password(world.accounts, world.mailbox, token, "Tr0ubadour!")


def test_changing_a_password_needs_the_present_one(world: World) -> None:
    sign_up(world.accounts, PERSON)
    with pytest.raises(InvalidInputError) as refused:
        change_password(world.accounts, world.mailbox, PERSON.user_id, "wrong", "An0ther-one!")
    assert refused.value.violations[0].pointer == "/current_password"
    with pytest.raises(InvalidInputError) as refused:
        change_password(world.accounts, world.mailbox, PERSON.user_id, "Tr0ubadour!", "weak")
    assert refused.value.violations[0].pointer == "/new_password"
    change_password(world.accounts, world.mailbox, PERSON.user_id, "Tr0ubadour!", "An0ther-one!")
    assert sign_in(world.accounts, PERSON.email, "An0ther-one!").sign_in_epoch == 1


def test_a_borrowed_screen_is_no_oracle_for_the_password(world: World) -> None:
    sign_up(world.accounts, PERSON)
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            change_password(world.accounts, world.mailbox, PERSON.user_id, "wrong", "An0ther-one!")
    with pytest.raises(AccountWaitsError):
        change_password(world.accounts, world.mailbox, PERSON.user_id, "Tr0ubadour!", "An0ther-one!")


CLIENT = NewClient(ClientId("cli_1"), "  Export   LSU ", frozenset({"lsu:read"}), "digest", OPERATOR, b"nonce", ("0990001n",))


def test_a_client_gets_a_secret_that_the_same_request_gives_again(world: World) -> None:
    clients = MemoryClients()
    client, secret = create_client(clients, world.keyring, world.clock, CLIENT)
    assert (client.name, client.scopes, client.created_by) == ("Export LSU", {Scope.LSU_READ}, OPERATOR)
    assert client.schools == {"0990001N"}
    assert is_client_secret(world.keyring, client, secret, world.clock.now())
    assert not is_client_secret(world.keyring, client, secret[:-1], world.clock.now())
    assert create_client(clients, world.keyring, world.clock, replace(CLIENT, nonce=b"fresh")) == (client, secret)
    with pytest.raises(ClientExistsError):
        create_client(clients, world.keyring, world.clock, replace(CLIENT, request="other"))


def opens(world: World, clients: MemoryClients, secret: str) -> bool:
    client = clients.get(CLIENT.client_id)
    assert client is not None
    return is_client_secret(world.keyring, client, secret, world.clock.now())


def test_a_renewed_secret_and_the_one_before_open_the_client_while_they_overlap(world: World) -> None:
    clients, keyring, clock = MemoryClients(), world.keyring, world.clock
    _, first = create_client(clients, keyring, clock, CLIENT)
    client, second = renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-2", timedelta(hours=24))
    assert client.former_until == clock.now() + timedelta(hours=24)
    assert (opens(world, clients, first), opens(world, clients, second)) == (True, True)
    clock.instant += timedelta(hours=24)
    assert (opens(world, clients, first), opens(world, clients, second)) == (False, True)


def test_a_leaked_secret_ends_at_once_and_an_earlier_one_does_not_come_back(world: World) -> None:
    clients, keyring, clock = MemoryClients(), world.keyring, world.clock
    _, first = create_client(clients, keyring, clock, CLIENT)
    _, second = renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-2", timedelta(0))
    assert (opens(world, clients, first), opens(world, clients, second)) == (False, True)
    _, third = renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-3", timedelta(days=7))
    assert [opens(world, clients, secret) for secret in (first, second, third)] == [False, True, True]


def test_a_renewal_repeated_gives_the_same_secret_and_one_that_was_overtaken_is_refused(world: World) -> None:
    clients, keyring, clock = MemoryClients(), world.keyring, world.clock
    create_client(clients, keyring, clock, CLIENT)
    told = renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-2", timedelta(hours=1))
    clock.instant += timedelta(minutes=30)
    assert renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-2", timedelta(hours=1)) == told
    renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-3", timedelta(hours=1))
    with pytest.raises(SecretSupersededError):
        renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-2", timedelta(hours=1))
    with pytest.raises(SecretSupersededError):
        create_client(clients, keyring, clock, CLIENT)


def test_an_ended_client_opens_nothing_and_gets_no_secret(world: World) -> None:
    clients, keyring, clock = MemoryClients(), world.keyring, world.clock
    _, secret = create_client(clients, keyring, clock, CLIENT)
    end_client(clients, clock, CLIENT.client_id)
    ended_at = clients.clients[CLIENT.client_id].ended_at
    clock.instant += timedelta(days=1)
    end_client(clients, clock, CLIENT.client_id)
    assert clients.clients[CLIENT.client_id].ended_at == ended_at
    assert not opens(world, clients, secret)
    with pytest.raises(ClientEndedError):
        renew_client_secret(clients, keyring, clock, CLIENT.client_id, "key-2", timedelta(0))
    with pytest.raises(ClientEndedError):
        create_client(clients, keyring, clock, CLIENT)


def test_a_client_that_is_not_there_is_neither_renewed_nor_ended(world: World) -> None:
    with pytest.raises(ClientNotFoundError):
        renew_client_secret(MemoryClients(), world.keyring, world.clock, CLIENT.client_id, "key", timedelta(0))
    with pytest.raises(ClientNotFoundError):
        end_client(MemoryClients(), world.clock, CLIENT.client_id)


def test_a_client_of_every_school_is_so_in_so_many_words(world: World) -> None:
    client, _ = create_client(MemoryClients(), world.keyring, world.clock, replace(CLIENT, schools=("*",)))
    assert client.schools == {EVERY_SCHOOL}
    unbound = replace(CLIENT, scopes=frozenset({"certificates:verify"}), schools=())
    assert create_client(MemoryClients(), world.keyring, world.clock, unbound)[0].schools == frozenset()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"scopes": frozenset(), "schools": ()}, "/scopes"),
        ({"schools": ()}, "/schools"),
        ({"schools": ("*", "0990001N")}, "/schools/0"),
        ({"schools": ("0990001N", "0990001A")}, "/schools/1"),
        ({"schools": ("0990001N",) * 101}, "/schools"),
        ({"scopes": frozenset({"certificates:verify"})}, "/schools"),
        ({"scopes": frozenset({"clients:write"}), "schools": ()}, "/scopes"),
        ({"scopes": frozenset({"lsu:read", "everything"})}, "/scopes"),
    ],
)
def test_a_client_cannot_ask_for_everything(world: World, change: dict[str, Any], pointer: str) -> None:
    clients = MemoryClients()
    with pytest.raises(InvalidInputError) as refused:
        create_client(clients, world.keyring, world.clock, replace(CLIENT, **change))
    assert [violation.pointer for violation in refused.value.violations] == [pointer]
    assert clients.clients == {}
