"""Accounts that a school makes: a class in one call, safely repeated."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from threading import Thread

import pytest

from jalon.accounts.create_pupil_accounts import (
    LARGEST_BATCH,
    NewPupil,
    NotMade,
    NoUsernameLeftError,
    NumberTakenError,
    PupilAccount,
    create_pupil_accounts,
)
from jalon.accounts.give_username import give_username
from jalon.accounts.identity import AccountExistsError, AccountNotFoundError, CivilIdentity, Identity, Role
from jalon.accounts.logins import normalise_login
from jalon.accounts.look_up_identities import look_up_identities
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import NOON, World
from tests.accounts.pupils import create_pupil_account

LEA = NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12))


def accounts_of(made: Sequence[PupilAccount | NotMade]) -> list[PupilAccount]:
    assert all(isinstance(each, PupilAccount) for each in made), made
    return [each for each in made if isinstance(each, PupilAccount)]


def class_of(size: int) -> list[NewPupil]:
    return [
        NewPupil(UserId(f"usr_{number}"), f"Élève{chr(97 + number)}", "Exemple", date(2010, 1, 1 + number % 28)) for number in range(size)
    ]


def test_a_class_gets_usernames_and_passwords_that_work(world: World) -> None:
    pupils = [replace(pupil, first_name=name) for pupil, name in zip(class_of(3), ["Anaïs", "Jean-Noël", "Chloé"], strict=True)]
    made = accounts_of(create_pupil_accounts(world.accounts, pupils))
    assert [account.username for account in made] == ["anais.exemple0101", "jeannoel.exemple0201", "chloe.exemple0301"]
    for pupil, account in zip(pupils, made, strict=True):
        identity = sign_in(world.accounts, account.username, account.initial_password or "")
        assert (identity.user_id, identity.first_name, identity.roles) == (pupil.user_id, pupil.first_name, {Role.PUPIL})
    assert len({account.initial_password for account in made}) == 3


def test_namesakes_born_on_one_day_get_a_suffix(world: World) -> None:
    twins = [replace(LEA, user_id=UserId(f"usr_{number}")) for number in range(3)]
    made = create_pupil_accounts(world.accounts, twins)
    assert [account.username for account in accounts_of(made)] == ["lea.martin1203", "lea.martin1203-2", "lea.martin1203-3"]


def every_username_of_lea_is_taken(world: World, up_to: int) -> None:
    usernames = ["lea.martin1203", *(f"lea.martin1203-{number}" for number in range(2, up_to + 1))]
    world.store.logins |= {world.keyring.login_key(normalise_login(username)): UserId("usr_namesake") for username in usernames}


def test_the_hundredth_namesake_of_the_country_gets_a_username_too(world: World) -> None:
    every_username_of_lea_is_taken(world, 99)
    assert create_pupil_account(world.accounts, LEA).username == "lea.martin1203-100"


def test_one_pupil_who_gets_no_account_stops_nobody_elses(world: World) -> None:
    every_username_of_lea_is_taken(world, 9_999)
    before, after = class_of(2)
    for _ in range(2):  # asked again, the same
        first, none, last = create_pupil_accounts(world.accounts, [before, LEA, after])
        assert [account.user_id for account in accounts_of((first, last))] == [before.user_id, after.user_id]
        assert isinstance(none, NotMade)
        assert isinstance(none.error, NoUsernameLeftError)
    assert set(world.store.people) == {before.user_id, after.user_id}


def test_an_account_made_meanwhile_under_the_number_is_left_alone_and_no_second_one_made(world: World) -> None:
    numbered = replace(LEA, national_number="123456789AB")
    create_pupil_account(world.accounts, replace(numbered, user_id=UserId("usr_other_school")))
    (none,) = create_pupil_accounts(world.accounts, [numbered])
    assert isinstance(none, NotMade)
    assert isinstance(none.error, NumberTakenError)
    assert set(world.store.people) == {"usr_other_school"}


def test_a_number_that_is_somebody_elses_by_a_slip_is_left_to_them(world: World) -> None:
    numbered = replace(LEA, national_number="123456789AB")
    create_pupil_account(world.accounts, replace(numbered, user_id=UserId("usr_tom"), birth_date=date(2011, 5, 5)))
    create_pupil_account(world.accounts, numbered)
    assert world.store.user_of_login(world.keyring.number_key("123456789AB")) == "usr_tom"


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


def test_every_wrong_field_is_named_and_the_others_get_theirs(world: World) -> None:
    wrong = replace(LEA, user_id=UserId("usr_2"), first_name=" ", birth_date=date(2031, 1, 1))
    other = replace(LEA, user_id=UserId("usr_3"), last_name="4<script>")
    made, *refused = create_pupil_accounts(world.accounts, [LEA, wrong, other])
    assert isinstance(made, PupilAccount)
    pointers = [
        [violation.pointer for violation in each.error.violations]
        for each in refused
        if isinstance(each, NotMade) and isinstance(each.error, InvalidInputError)
    ]
    assert pointers == [["/first_name", "/birth_date"], ["/last_name"]]
    assert set(world.store.people) == {LEA.user_id}


def test_someone_elses_account_is_not_taken_for_a_pupils(world: World) -> None:
    world.store.create(Identity(LEA.user_id, "Paul", "Durand", frozenset({Role.TEACHER}), NOON), Credentials("v"))
    (none,) = create_pupil_accounts(world.accounts, [LEA])
    assert isinstance(none, NotMade)
    assert isinstance(none.error, AccountExistsError)


def test_a_batch_has_a_limit(world: World) -> None:
    with pytest.raises(ValueError, match="at most"):
        create_pupil_accounts(world.accounts, [LEA] * (LARGEST_BATCH + 1))


def test_a_reset_hands_out_a_new_password_and_lifts_the_wait(world: World) -> None:
    old = create_pupil_account(world.accounts, LEA)
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, old.username, "wrong")
    new = reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1")
    assert new.initial_password != old.initial_password
    assert sign_in(world.accounts, old.username, new.initial_password or "").sign_in_epoch == 1
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, old.username, old.initial_password or "")
    assert create_pupil_account(world.accounts, LEA) == new


def test_a_request_sent_again_after_the_pupil_chose_a_password_changes_nothing(world: World) -> None:
    create_pupil_account(world.accounts, LEA)
    given = reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1")
    assert reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1") == given
    world.store.set_password(LEA.user_id, world.hasher.hash("un lapin dans la lune"), None)
    before = world.store.identity(LEA.user_id)
    assert reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1") == replace(given, initial_password=None)
    assert world.store.identity(LEA.user_id) == before
    assert sign_in(world.accounts, given.username, "un lapin dans la lune")


def test_a_request_sent_again_after_a_later_one_leaves_the_later_password(world: World) -> None:
    create_pupil_account(world.accounts, LEA)
    first = reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1")
    second = reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-2")
    assert reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1") == replace(first, initial_password=None)
    assert sign_in(world.accounts, second.username, second.initial_password or "")


def test_the_same_reset_twice_at_once_sets_the_password_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    create_pupil_account(world.accounts, LEA)
    hashed = world.hasher.hash
    other: list[PupilAccount | None] = []

    def raced(password: str) -> str:
        if not other:
            other.append(None)
            other.append(reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1"))
        return hashed(password)

    monkeypatch.setattr(world.hasher, "hash", raced)
    assert reset_pupil_password(world.accounts, world.mailbox, LEA.user_id, "request-1") == other[1]
    assert world.store.people[LEA.user_id].sign_in_epoch == 1


def test_an_account_without_a_username_is_given_one_and_loses_what_it_only_claims(world: World) -> None:
    create_pupil_account(world.accounts, LEA)
    claimed = world.keyring.login_key("lea@example.org")
    own = Identity(
        UserId("usr_portal"),
        "Léa",
        "Martin",
        frozenset({Role.PUPIL}),
        NOON,
        email="lea@example.org",
        login_keys=frozenset({"portal", claimed}),
        providers={"ent": "portal"},
    )
    world.store.create(own, Credentials())
    named = give_username(world.accounts, own, LEA.birth_date)
    assert (named.username, named.email, named.providers) == ("lea.martin1203-2", None, {"ent": "portal"})
    assert world.store.identity(own.user_id) == named
    assert world.store.user_of_login(claimed) is None
    recovered = reset_pupil_password(world.accounts, world.mailbox, own.user_id, "request-1")
    assert sign_in(world.accounts, "lea.martin1203-2", recovered.initial_password or "").user_id == own.user_id


def test_only_accounts_with_a_username_are_reset(world: World) -> None:
    world.store.create(Identity(LEA.user_id, "Paul", "Durand", frozenset({Role.TEACHER}), NOON), Credentials("v"))
    for user_id in (LEA.user_id, UserId("usr_nobody")):
        with pytest.raises(AccountNotFoundError):
            reset_pupil_password(world.accounts, world.mailbox, user_id, "request-1")


def test_other_contexts_look_names_up(world: World) -> None:
    create_pupil_account(world.accounts, LEA)
    assert look_up_identities(world.store, [LEA.user_id, UserId("usr_nobody")]) == {LEA.user_id: CivilIdentity("Léa", "Martin")}


def test_no_thread_of_the_pool_outlives_the_call() -> None:
    from threading import enumerate as threads

    from jalon.accounts.argon2_hasher import Argon2Hasher

    list(Argon2Hasher().hash_each(["Password-1", "Password-2", "Password-3"]))
    assert not [thread for thread in threads() if isinstance(thread, Thread) and thread.name.startswith("argon2")]
