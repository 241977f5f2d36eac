"""Who gets in, at what cost, and who waits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from jalon.accounts.attach_email import confirm_email
from jalon.accounts.change_password import change_password
from jalon.accounts.counts import NONE_YET, Count
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.known_device import counter_of, write_device_token
from jalon.accounts.lockout import AccountWaitsError
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.prove_email import write_code
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_in_code import write_sign_in_code
from jalon.accounts.sign_ins import RefreshRefusedError
from jalon.accounts.sign_out_everywhere import sign_out_everywhere
from jalon.accounts.stores import Credentials, StaleWriteError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World
from tests.accounts.pupils import create_pupil_account

OWN = "un lapin dans la lune"


@pytest.fixture
def lea(world: World) -> PupilAccount:
    return create_pupil_account(world.accounts, NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12)))


def fail(world: World, login: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, login, "wrong")


def test_the_right_password_signs_in_however_the_login_is_typed(world: World, lea: PupilAccount) -> None:
    assert sign_in(world.accounts, " LÉA.Martin1203", lea.initial_password or "").user_id == lea.user_id


@pytest.mark.parametrize(
    "written", [str.upper, lambda password: password.replace("-", ""), lambda password: password.replace("-", "\u2011")]
)
def test_the_schools_password_signs_in_however_it_is_typed(world: World, lea: PupilAccount, written: Callable[[str], str]) -> None:
    typed = written(lea.initial_password or "")
    assert sign_in(world.accounts, lea.username, typed).user_id == lea.user_id
    change_password(world.accounts, world.mailbox, lea.user_id, typed, OWN)
    assert sign_in(world.accounts, lea.username, OWN).user_id == lea.user_id


def test_a_chosen_password_is_its_letters_and_signs(world: World, lea: PupilAccount) -> None:
    """Also one that looks like a school's."""
    change_password(world.accounts, world.mailbox, lea.user_id, lea.initial_password or "", "Kuki-Napa-Buto-5497")
    with pytest.raises(WrongCredentialsError):
        sign_in(world.accounts, lea.username, "kuki-napa-buto-5497")
    assert sign_in(world.accounts, lea.username, "Kuki-Napa-Buto-5497").user_id == lea.user_id


def test_a_schools_password_under_outdated_parameters_is_renewed_as_it_was_handed_out(world: World, lea: PupilAccount) -> None:
    handed_out, kept = lea.initial_password or "", world.store.proofs[lea.user_id]
    world.store.proofs[lea.user_id] = replace(kept, verifier=f"plain:v1:{handed_out}")
    sign_in(world.accounts, lea.username, handed_out.upper())
    assert world.store.proofs[lea.user_id].verifier != f"plain:v1:{handed_out}"
    assert sign_in(world.accounts, lea.username, handed_out).user_id == lea.user_id


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
    assert len(world.store.counts) == 1


@pytest.fixture
def reset_meanwhile(world: World, lea: PupilAccount, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A teacher hands out another password while the next one to be checked is."""

    def arm() -> None:
        check = world.hasher.verify

        def slowly(verifier: str, password: str) -> bool:
            fits = check(verifier, password)
            monkeypatch.setattr(world.hasher, "verify", check)
            reset_pupil_password(world.accounts, world.mailbox, lea.user_id, "a teacher's")
            return fits

        monkeypatch.setattr(world.hasher, "verify", slowly)

    return arm


def test_a_sign_in_under_way_when_the_password_is_replaced_is_over(
    world: World, lea: PupilAccount, reset_meanwhile: Callable[[], None]
) -> None:
    own_password(world, lea)
    reset_meanwhile()
    tokens = world.sign_ins.open(sign_in(world.accounts, lea.username, OWN), SCREENS)
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(tokens.refresh_token, SCREENS)


def test_a_change_that_rests_on_a_password_replaced_meanwhile_changes_nothing(
    world: World, lea: PupilAccount, reset_meanwhile: Callable[[], None]
) -> None:
    own_password(world, lea)
    reset_meanwhile()
    with pytest.raises(StaleWriteError):
        change_password(world.accounts, world.mailbox, lea.user_id, OWN, "une lune dans le lapin")
    handed_out = reset_pupil_password(world.accounts, world.mailbox, lea.user_id, "a teacher's").initial_password
    assert sign_in(world.accounts, lea.username, handed_out or "").user_id == lea.user_id


def test_a_password_under_outdated_parameters_is_changed(world: World, lea: PupilAccount) -> None:
    world.store.proofs[lea.user_id] = Credentials(f"plain:v1:{OWN}")
    change_password(world.accounts, world.mailbox, lea.user_id, OWN, "une lune dans le lapin")
    assert sign_in(world.accounts, lea.username, "une lune dans le lapin").user_id == lea.user_id


def own_password(world: World, pupil: PupilAccount) -> str:
    """The pupil chooses a password."""
    change_password(world.accounts, world.mailbox, pupil.user_id, pupil.initial_password or "", OWN)
    return OWN


def waits(world: World, login: str) -> bool:
    """Whether six wrong passwords in a row make this login wait."""
    fail(world, login, 5)
    try:
        fail(world, login, 1)
    except AccountWaitsError:
        return True
    return False


def test_after_five_wrong_passwords_the_account_waits(world: World, lea: PupilAccount) -> None:
    password = own_password(world, lea)
    before = world.hasher.checks
    fail(world, lea.username, 5)
    with pytest.raises(AccountWaitsError) as refused:
        sign_in(world.accounts, lea.username, password)
    assert refused.value.retry_after_s == 15
    assert world.hasher.checks - before == 5, "what is tried during a wait is not looked at"


def test_the_right_password_after_the_wait_wipes_the_slate(world: World, lea: PupilAccount) -> None:
    password = own_password(world, lea)
    fail(world, lea.username, 5)
    world.pass_time(seconds=15)
    sign_in(world.accounts, lea.username, password)
    fail(world, lea.username, 4)


def test_whether_a_login_waits_tells_nothing_of_it(world: World, lea: PupilAccount) -> None:
    """A username waits or not as those that nobody has do; an address always does."""
    unknown = {waits(world, f"nobody{number}.here0101") for number in range(12)}
    assert unknown == {True, False}
    assert all(waits(world, f"nobody{number}@example.org") for number in range(12))
    assert not waits(world, lea.username)
    own_password(world, lea)
    assert waits(world, lea.username)


def test_an_attached_address_waits_though_the_password_is_the_schools(world: World, lea: PupilAccount) -> None:
    code = write_code(world.keyring, world.store.people[lea.user_id], "lea@example.org", world.clock.now())
    confirm_email(world.accounts, world.mailbox, lea.user_id, "lea@example.org", code)
    assert waits(world, "lea@example.org")


def test_a_program_that_never_tires_keeps_nobody_out_of_a_lesson(world: World) -> None:
    """A classmate at the school's one address tries everybody's username the moment each wait ends, for an hour."""
    names = [("Léa", "Martin"), ("Paul", "Durand"), ("Noé", "Blanc"), ("Zoé", "Roux")]
    pupils = [
        create_pupil_account(world.accounts, NewPupil(UserId(f"usr_{number}"), first, last, date(2010, 3, 1 + number)))
        for number, (first, last) in enumerate(names)
    ]
    fresh, known, elsewhere, signed_in = pupils
    for pupil in (known, elsewhere, signed_in):
        own_password(world, pupil)
    token = write_device_token(world.accounts, sign_in(world.accounts, known.username, OWN))
    code = write_sign_in_code(world.keyring, elsewhere.user_id, world.clock.now())
    for second in range(3_300):
        for pupil in pupils:
            with pytest.raises((WrongCredentialsError, AccountWaitsError)):
                sign_in(world.accounts, pupil.username, "nonsense")
        assert sign_in(world.accounts, fresh.username, fresh.initial_password or "").user_id == fresh.user_id
        assert sign_in(world.accounts, known.username, OWN, token).user_id == known.user_id
        assert sign_in(world.accounts, elsewhere.username, OWN, sign_in_code=code).user_id == elsewhere.user_id
        if second >= 5:
            with pytest.raises(AccountWaitsError):
                sign_in(world.accounts, elsewhere.username, OWN)
        world.pass_time(seconds=1)
    given = reset_pupil_password(world.accounts, world.mailbox, elsewhere.user_id, "request-1")
    fail(world, elsewhere.username, 50)
    assert sign_in(world.accounts, given.username, given.initial_password or "").user_id == elsewhere.user_id
    change_password(world.accounts, world.mailbox, signed_in.user_id, OWN, "une lune dans le lapin")


def test_a_known_device_has_its_own_few_slips(world: World, lea: PupilAccount) -> None:
    password = own_password(world, lea)
    token = write_device_token(world.accounts, sign_in(world.accounts, lea.username, password))
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, lea.username, "wrong", token)
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, password, token)
    assert sign_in(world.accounts, lea.username, password).user_id == lea.user_id, "elsewhere nothing was tried"


def test_a_device_is_known_to_one_person_until_they_sign_out_everywhere(world: World, lea: PupilAccount) -> None:
    paul = create_pupil_account(world.accounts, NewPupil(UserId("usr_paul"), "Paul", "Durand", date(2010, 5, 2)))
    token = write_device_token(world.accounts, sign_in(world.accounts, lea.username, lea.initial_password or ""))
    assert counter_of(world.accounts, lea.user_id, token) is not None
    assert counter_of(world.accounts, paul.user_id, token) is None
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (forged, "", "dv", "dv.usr_lea.x.n.m", token.replace(".0.", ".00."), token.replace(".0.", ".1."), "\ud800"):
        assert counter_of(world.accounts, lea.user_id, wrong) is None
    sign_out_everywhere(world.accounts, lea.user_id)
    assert counter_of(world.accounts, lea.user_id, token) is None


def test_a_device_is_known_after_any_number_of_sign_outs_that_is_written_in_nine_digits(world: World, lea: PupilAccount) -> None:
    for epoch, known in ((999_999_999, True), (1_000_000_000, False)):
        someone = world.store.people[lea.user_id] = replace(world.store.people[lea.user_id], sign_in_epoch=epoch)
        assert (counter_of(world.accounts, lea.user_id, write_device_token(world.accounts, someone)) is not None) is known


def test_one_pupil_waiting_lets_the_class_in(world: World, lea: PupilAccount) -> None:
    paul = create_pupil_account(world.accounts, NewPupil(UserId("usr_paul"), "Paul", "Durand", date(2010, 5, 2)))
    own_password(world, lea)
    of_paul = own_password(world, paul)
    fail(world, lea.username, 5)
    assert sign_in(world.accounts, paul.username, of_paul).user_id == paul.user_id


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
    own_password(world, lea)
    before = world.hasher.checks
    store, record = world.store, world.store.count

    def raced(counter: str, before: Count, after: Count) -> Count | None:
        stored = store.counts.get(counter, NONE_YET)
        store.counts[counter] = Count(stored.times + 1, world.clock.now())
        return record(counter, before, after)

    store.count = raced
    with pytest.raises(AccountWaitsError):
        sign_in(world.accounts, lea.username, OWN)
    assert world.hasher.checks == before


def test_an_outdated_verifier_is_renewed_when_the_password_is_known(world: World, lea: PupilAccount) -> None:
    password = lea.initial_password or ""
    proof = world.store.proofs[lea.user_id]
    world.store.proofs[lea.user_id] = replace(proof, verifier=f"plain:v1:{password}")
    sign_in(world.accounts, lea.username, password)
    assert world.store.proofs[lea.user_id] == proof
