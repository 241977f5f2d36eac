"""Who gets in, at what cost, and who waits."""

from dataclasses import replace
from datetime import date

import pytest

from jalon.accounts.create_pupil_account import NewPupil, PupilAccount, create_pupil_account
from jalon.accounts.lockout import NONE_YET, AccountWaitsError, Attempts
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.stores import Credentials
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World


@pytest.fixture
def lea(world: World) -> PupilAccount:
    return create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))


def fail(world: World, login: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, login, "wrong")


def test_the_right_password_signs_in_however_the_login_is_typed(world: World, lea: PupilAccount) -> None:
    assert sign_in(world.accounts, " LÉA.Martin1203", lea.initial_password or "").user_id == lea.user_id


def test_a_wrong_password_and_an_unknown_login_are_told_alike(world: World, lea: PupilAccount) -> None:
    told = []
    for login in (lea.username, "nobody.here0101", "nobody@example.org", ""):
        with pytest.raises(WrongCredentialsError) as refused:
            sign_in(world.accounts, login, "wrong")
        told.append((refused.value.detail, refused.value.code, refused.value.facts))
    assert len({str(each) for each in told}) == 1


@pytest.mark.parametrize("login", ["lea.martin1203", "nobody.here0101"])
def test_an_unknown_login_costs_the_same_work_as_a_wrong_password(world: World, lea: PupilAccount, login: str) -> None:
    fail(world, login, 1)
    assert world.hasher.checks == 1
    assert len(world.store.tries) == 1


@pytest.mark.parametrize("login", ["lea.martin1203", "nobody.here0101"])
def test_logins_wait_alike_whether_or_not_they_exist(world: World, lea: PupilAccount, login: str) -> None:
    fail(world, login, 5)
    with pytest.raises(AccountWaitsError) as refused:
        sign_in(world.accounts, login, lea.initial_password or "")
    assert refused.value.retry_after_s == 15
    assert world.hasher.checks == 5, "what is tried during a wait is not looked at"


def test_the_right_password_after_the_wait_wipes_the_slate(world: World, lea: PupilAccount) -> None:
    fail(world, lea.username, 5)
    world.pass_time(seconds=15)
    sign_in(world.accounts, lea.username, lea.initial_password or "")
    fail(world, lea.username, 4)


def test_one_pupil_waiting_lets_the_class_in(world: World, lea: PupilAccount) -> None:
    paul = create_pupil_account(world.accounts, NewPupil(UserId("usr_paul"), "Paul", "Durand", date(2010, 5, 2)))
    fail(world, lea.username, 5)
    sign_in(world.accounts, paul.username, paul.initial_password or "")


def test_an_account_without_a_password_lets_nobody_in(world: World, lea: PupilAccount) -> None:
    world.store.proofs[lea.user_id] = Credentials()
    fail(world, lea.username, 1)
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, lea.username, world.hasher.decoy.split(":", 2)[2])


def test_credentials_without_their_person_let_nobody_in(world: World, lea: PupilAccount) -> None:
    del world.store.people[lea.user_id]
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, lea.username, lea.initial_password or "")


def test_parallel_guesses_are_counted_one_by_one(world: World, lea: PupilAccount) -> None:
    """Another request counts an attempt between every two steps of this one."""
    store, record = world.store, world.store.record_attempt

    def raced(user_id: UserId, before: Attempts, after: Attempts) -> Attempts | None:
        stored = store.tries.get(user_id, NONE_YET)
        store.tries[user_id] = Attempts(stored.failures + 1, world.clock.now())
        return record(user_id, before, after)

    store.record_attempt = raced  # type: ignore[method-assign]
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, lea.initial_password or "")
    assert world.hasher.checks == 0


def test_an_outdated_verifier_is_renewed_when_the_password_is_known(world: World, lea: PupilAccount) -> None:
    password = lea.initial_password or ""
    proof = world.store.proofs[lea.user_id]
    world.store.proofs[lea.user_id] = replace(proof, verifier=f"plain:v1:{password}")
    sign_in(world.accounts, lea.username, password)
    assert world.store.proofs[lea.user_id] == proof
