"""Accounts that a school makes: a class in one call, safely repeated."""

from dataclasses import replace
from datetime import date
from threading import Thread

import pytest

from jalon.accounts.create_pupil_accounts import LARGEST_BATCH, NewPupil, NoUsernameLeftError, create_pupil_accounts
from jalon.accounts.identity import AccountExistsError, AccountNotFoundError, CivilIdentity, Identity, Role
from jalon.accounts.look_up_identities import look_up_identities
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import NOON, World
from tests.accounts.pupils import create_pupil_account

LEA = NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12))


def class_of(size: int) -> list[NewPupil]:
    return [
        NewPupil(UserId(f"usr_{number}"), f"Élève{chr(97 + number)}", "Exemple", date(2010, 1, 1 + number % 28)) for number in range(size)
    ]


def test_a_class_gets_usernames_and_passwords_that_work(world: World) -> None:
    pupils = [replace(pupil, first_name=name) for pupil, name in zip(class_of(3), ["Anaïs", "Jean-Noël", "Chloé"], strict=True)]
    made = create_pupil_accounts(world.accounts, pupils)
    assert [account.username for account in made] == ["anais.exemple0101", "jeannoel.exemple0201", "chloe.exemple0301"]
    for pupil, account in zip(pupils, made, strict=True):
        identity = sign_in(world.accounts, account.username, account.initial_password or "")
        assert (identity.user_id, identity.first_name, identity.roles) == (pupil.user_id, pupil.first_name, {Role.PUPIL})
    assert len({account.initial_password for account in made}) == 3


def test_namesakes_born_on_one_day_get_a_suffix(world: World) -> None:
    twins = [replace(LEA, user_id=UserId(f"usr_{number}")) for number in range(3)]
    made = create_pupil_accounts(world.accounts, twins)
    assert [account.username for account in made] == ["lea.martin1203", "lea.martin1203-2", "lea.martin1203-3"]


def test_a_name_that_can_be_no_username_ends_with_a_clear_error(world: World) -> None:
    for number in range(99):
        create_pupil_account(world.accounts, replace(LEA, user_id=UserId(f"usr_{number}")))
    with pytest.raises(NoUsernameLeftError):
        create_pupil_account(world.accounts, LEA)


def test_the_same_call_again_gives_the_same_slips(world: World) -> None:
    pupils = class_of(4)
    first = create_pupil_accounts(world.accounts, pupils[:2])
    assert create_pupil_accounts(world.accounts, pupils)[:2] == first
    assert create_pupil_accounts(world.accounts, pupils) == create_pupil_accounts(world.accounts, pupils)


def test_the_same_pupil_twice_in_one_call_is_one_account(world: World) -> None:
    one, two = create_pupil_accounts(world.accounts, [LEA, LEA])
    assert one == two
    assert len(world.store.people) == 1


def test_a_password_the_pupil_chose_is_never_shown(world: World) -> None:
    create_pupil_account(world.accounts, LEA)
    world.store.set_password(LEA.user_id, "v", None)
    assert create_pupil_account(world.accounts, LEA).initial_password is None


def test_the_same_call_at_the_same_time_gives_one_account(world: World) -> None:
    """The other call writes the account after this one saw that there was none."""
    create, made = world.store.create, []

    def raced(identity: Identity, credentials: Credentials, ticket: object = None) -> None:
        world.store.create = create
        made.append(create_pupil_account(world.accounts, LEA))
        create(identity, credentials)

    world.store.create = raced
    assert create_pupil_account(world.accounts, LEA) == made[0]


def test_every_wrong_field_is_named_and_nothing_is_written(world: World) -> None:
    wrong = [LEA, replace(LEA, user_id=UserId("usr_2"), first_name=" ", birth_date=date(2031, 1, 1)), replace(LEA, last_name="4<script>")]
    with pytest.raises(InvalidInputError) as refused:
        create_pupil_accounts(world.accounts, wrong)
    assert [violation.pointer for violation in refused.value.violations] == ["/1/first_name", "/1/birth_date", "/2/last_name"]
    assert world.store.people == {}


def test_someone_elses_account_is_not_taken_for_a_pupils(world: World) -> None:
    world.store.create(Identity(LEA.user_id, "Paul", "Durand", frozenset({Role.TEACHER}), NOON), Credentials("v"))
    with pytest.raises(AccountExistsError):
        create_pupil_account(world.accounts, LEA)


def test_a_batch_has_a_limit(world: World) -> None:
    with pytest.raises(ValueError, match="at most"):
        create_pupil_accounts(world.accounts, [LEA] * (LARGEST_BATCH + 1))


def test_a_reset_hands_out_a_new_password_and_lifts_the_wait(world: World) -> None:
    old = create_pupil_account(world.accounts, LEA)
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, old.username, "wrong")
    new = reset_pupil_password(world.accounts, LEA.user_id, "request-1")
    assert new.initial_password != old.initial_password
    assert sign_in(world.accounts, old.username, new.initial_password or "").sign_in_epoch == 1
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, old.username, old.initial_password or "")
    assert create_pupil_account(world.accounts, LEA) == new


def test_only_school_made_accounts_are_reset(world: World) -> None:
    world.store.create(Identity(LEA.user_id, "Paul", "Durand", frozenset({Role.TEACHER}), NOON), Credentials("v"))
    for user_id in (LEA.user_id, UserId("usr_nobody")):
        with pytest.raises(AccountNotFoundError):
            reset_pupil_password(world.accounts, user_id, "request-1")


def test_other_contexts_look_names_up(world: World) -> None:
    create_pupil_account(world.accounts, LEA)
    assert look_up_identities(world.store, [LEA.user_id, UserId("usr_nobody")]) == {LEA.user_id: CivilIdentity("Léa", "Martin")}


def test_no_thread_of_the_pool_outlives_the_call() -> None:
    from threading import enumerate as threads

    from jalon.accounts.argon2_hasher import Argon2Hasher

    list(Argon2Hasher().hash_each(["Password-1", "Password-2", "Password-3"]))
    assert not [thread for thread in threads() if isinstance(thread, Thread) and thread.name.startswith("argon2")]
