"""The code with which a pupil is told from whoever types nonsense under their username."""

from datetime import date, timedelta

import pytest

from jalon.accounts.change_password import change_password
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.lockout import AccountWaitsError
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_in_code import PERIOD, PERIODS, counter_of_code, sign_in_codes_end, write_sign_in_code
from jalon.accounts.typed_codes import CODE_ALPHABET
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World
from tests.accounts.pupils import create_pupil_account

OWN = "un lapin dans la lune"


@pytest.fixture
def lea(world: World) -> PupilAccount:
    """A pupil who chose a password, and for whose account a stranger's nonsense makes everybody wait."""
    pupil = create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))
    change_password(world.accounts, world.mailbox, pupil.user_id, pupil.initial_password or "", OWN)
    nonsense(world, pupil.username)
    return pupil


def nonsense(world: World, username: str, code: str = "") -> int:
    """How many wrong passwords are looked at before the login waits."""
    for tries in range(100):
        try:
            sign_in(world.accounts, username, "nonsense", sign_in_code=code)
        except AccountWaitsError:
            return tries
        except WrongCredentialsError:
            continue
    raise AssertionError("the login never waits")


def code_of(world: World, pupil: PupilAccount) -> str:
    return write_sign_in_code(world.keyring, pupil.user_id, world.clock.now())


def test_with_the_code_a_pupil_does_not_wait_for_what_others_typed(world: World, lea: PupilAccount) -> None:
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, OWN)
    code = code_of(world, lea)
    for typed in (code, code.lower(), code.replace("-", " "), f" {code.replace('-', '')}"):
        assert sign_in(world.accounts, lea.username, OWN, sign_in_code=typed).user_id == lea.user_id


def test_the_code_opens_nothing_without_the_password(world: World, lea: PupilAccount) -> None:
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, lea.username, code_of(world, lea), sign_in_code=code_of(world, lea))


def test_what_was_counted_for_strangers_stays_and_goes_on(world: World, lea: PupilAccount) -> None:
    sign_in(world.accounts, lea.username, OWN, sign_in_code=code_of(world, lea))
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, OWN)
    world.pass_time(seconds=15)
    assert nonsense(world, lea.username) == 1, "the next wait follows at once, and is longer"


@pytest.mark.parametrize("typed", ["", "-", "FMPQ-47KX", "\ud800", "é" * 1000])
def test_a_code_that_was_not_given_is_like_none(world: World, lea: PupilAccount, typed: str) -> None:
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, OWN, sign_in_code=typed)


def test_a_code_is_one_pupils_alone(world: World, lea: PupilAccount) -> None:
    """A classmate who tries Léa's username with a code of their own keeps her no more out than a stranger."""
    paul = create_pupil_account(world.accounts, NewPupil(UserId("usr_paul"), "Paul", "Durand", date(2010, 5, 2)))
    assert nonsense(world, lea.username, code_of(world, paul)) == 0
    assert sign_in(world.accounts, lea.username, OWN, sign_in_code=code_of(world, lea)).user_id == lea.user_id


def test_whoever_overheard_the_code_uses_it_up_until_there_is_another(world: World, lea: PupilAccount) -> None:
    overheard = code_of(world, lea)
    assert nonsense(world, lea.username, overheard) == 5
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, OWN, sign_in_code=overheard)
    world.pass_time(minutes=5)
    another = code_of(world, lea)
    assert another != overheard
    nonsense(world, lea.username, overheard)
    assert sign_in(world.accounts, lea.username, OWN, sign_in_code=another).user_id == lea.user_id


def test_a_code_is_worth_twenty_guesses(world: World, lea: PupilAccount) -> None:
    code, tries = code_of(world, lea), 0
    while counter_of_code(world.keyring, lea.user_id, code, world.clock.now()):
        try:
            sign_in(world.accounts, lea.username, "guess", sign_in_code=code)
        except WrongCredentialsError:
            tries += 1
        except AccountWaitsError as refused:
            world.pass_time(seconds=refused.retry_after_s)
    assert tries == 20


@pytest.mark.parametrize("begun", [timedelta(0), timedelta(seconds=1), timedelta(minutes=4, seconds=59)])
def test_a_code_ends_when_it_was_said_to(world: World, lea: PupilAccount, begun: timedelta) -> None:
    world.clock.instant += begun
    code, end = code_of(world, lea), sign_in_codes_end(world.clock.now())
    assert PERIOD * (PERIODS - 1) < end - world.clock.now() <= PERIOD * PERIODS == timedelta(hours=1)
    world.clock.instant = end - timedelta(milliseconds=1)
    assert counter_of_code(world.keyring, lea.user_id, code, world.clock.now())
    world.clock.instant = end
    assert counter_of_code(world.keyring, lea.user_id, code, world.clock.now()) is None


def test_a_code_is_typed_without_mistaking_symbols_and_its_counter_names_nobody(world: World, lea: PupilAccount) -> None:
    code = code_of(world, lea)
    assert len(code) == 9
    assert set(code) <= {*CODE_ALPHABET, "-"}
    counter = counter_of_code(world.keyring, lea.user_id, code, world.clock.now())
    assert counter is not None
    assert not any(part in counter for part in (lea.user_id, "lea", code, code.replace("-", "")))
    assert counter == counter_of_code(world.keyring, lea.user_id, code, world.clock.now() + PERIOD)
