"""Refresh tokens rotate; an old one coming back ends the sign-in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jalon.accounts.identity import Identity, Role
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.refresh_token import GRACE, IDLE_LIFETIME, LONGEST_LIFETIME, read_token, write_token
from jalon.accounts.sign_ins import RefreshRefusedError, RefreshTokenReusedError
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import ClientId, UserId
from tests.accounts.fakes import NOON, World


def make_lea(world: World) -> Identity:
    lea = Identity(UserId("usr_lea"), "Léa", "Martin", frozenset({Role.PUPIL}), NOON, login_keys=frozenset({"k"}))
    world.store.create(lea, Credentials("v"))
    return lea


@pytest.fixture
def lea(world: World) -> Identity:
    return make_lea(world)


def test_a_sign_in_gives_both_tokens(world: World, lea: Identity) -> None:
    tokens = world.sign_ins.open(lea, SCREENS)
    assert tokens.expires_in_s == 1200
    (claims,) = world.signer.signed
    assert claims == {
        "iss": "https://jalon.example",
        "aud": "jalon",
        "sub": "usr_lea",
        "client_id": "jalon",
        "scope": "",
        "roles": "pupil",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 1200,
        "jti": claims["jti"],
        "sign_in_epoch": 0,
    }


def test_every_token_of_a_sign_in_says_when_the_person_proved_who_they_are(world: World, lea: Identity) -> None:
    proven_at = NOON - timedelta(minutes=3)
    token = world.sign_ins.open(lea, SCREENS, proven_at).refresh_token
    world.pass_time(minutes=20)
    world.sign_ins.refresh(token, SCREENS)
    assert [claims["auth_time"] for claims in world.signer.signed] == [int(proven_at.timestamp())] * 2


def test_while_nothing_can_be_signed_no_token_is_replaced(world: World, lea: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token

    def down(*_: object) -> str:
        raise UnavailableError("down")

    with monkeypatch.context() as outage:
        outage.setattr(world.signer, "sign", down)
        with pytest.raises(UnavailableError):
            world.sign_ins.refresh(token, SCREENS)
        with pytest.raises(UnavailableError):
            world.sign_ins.open(lea, SCREENS)
    world.pass_time(minutes=10)
    assert world.sign_ins.refresh(token, SCREENS).refresh_token != token
    assert len(world.families.families) == 1


def test_each_refresh_replaces_the_token_and_reads_roles_anew(world: World, lea: Identity) -> None:
    first = world.sign_ins.open(lea, SCREENS).refresh_token
    world.store.people[lea.user_id] = replace(lea, roles=frozenset({Role.PUPIL, Role.JURY}))
    world.pass_time(minutes=20)
    second = world.sign_ins.refresh(first, SCREENS).refresh_token
    assert second != first
    assert world.signer.signed[-1]["roles"] == "jury pupil"
    world.pass_time(minutes=20)
    assert world.sign_ins.refresh(second, SCREENS).refresh_token not in {first, second}


def test_a_lost_answer_is_answered_again_the_same(world: World, lea: Identity) -> None:
    first = world.sign_ins.open(lea, SCREENS).refresh_token
    second = world.sign_ins.refresh(first, SCREENS).refresh_token
    world.pass_time(seconds=GRACE.total_seconds())
    assert world.sign_ins.refresh(first, SCREENS).refresh_token == second


def test_a_replaced_token_that_comes_back_ends_the_family(world: World, lea: Identity) -> None:
    first = world.sign_ins.open(lea, SCREENS).refresh_token
    second = world.sign_ins.refresh(first, SCREENS).refresh_token
    world.pass_time(seconds=GRACE.total_seconds() + 1)
    with pytest.raises(RefreshTokenReusedError):
        world.sign_ins.refresh(first, SCREENS)
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(second, SCREENS)


def test_within_the_grace_only_the_last_replaced_token_is_forgiven(world: World, lea: Identity) -> None:
    first = world.sign_ins.open(lea, SCREENS).refresh_token
    second = world.sign_ins.refresh(first, SCREENS).refresh_token
    world.sign_ins.refresh(second, SCREENS)
    with pytest.raises(RefreshTokenReusedError):
        world.sign_ins.refresh(first, SCREENS)


def test_a_thief_who_shares_the_grace_is_found_out_at_the_next_refresh(world: World, lea: Identity) -> None:
    first = world.sign_ins.open(lea, SCREENS).refresh_token
    mine = world.sign_ins.refresh(first, SCREENS).refresh_token
    stolen = world.sign_ins.refresh(first, SCREENS).refresh_token
    world.pass_time(minutes=20)
    world.sign_ins.refresh(stolen, SCREENS)
    world.pass_time(minutes=20)
    with pytest.raises(RefreshTokenReusedError):
        world.sign_ins.refresh(mine, SCREENS)


def test_losing_the_race_gives_the_winners_token(world: World, lea: Identity) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token
    rotate = world.families.rotate

    def raced(family, now, idle_until):
        rotate(family, now, idle_until)
        return rotate(family, now, idle_until)

    world.families.rotate = raced
    given = world.sign_ins.refresh(token, SCREENS).refresh_token
    assert read_token(world.keyring, given).generation == 1


def test_idleness_ends_a_sign_in(world: World, lea: Identity) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token
    world.pass_time(seconds=IDLE_LIFETIME.total_seconds())
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(token, SCREENS)


def test_no_sign_in_outlives_its_longest_life(world: World, lea: Identity) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token
    while world.clock.now() < NOON + LONGEST_LIFETIME - timedelta(hours=11):
        token = world.sign_ins.refresh(token, SCREENS).refresh_token
        world.pass_time(hours=11)
    token = world.sign_ins.refresh(token, SCREENS).refresh_token
    world.pass_time(hours=11)
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(token, SCREENS)


def test_signing_out_everywhere_ends_every_sign_in(world: World, lea: Identity) -> None:
    here, there = (world.sign_ins.open(lea, SCREENS).refresh_token for _ in range(2))
    world.store.raise_sign_in_epoch(lea.user_id)
    for token in (here, there):
        with pytest.raises(RefreshRefusedError):
            world.sign_ins.refresh(token, SCREENS)
    assert world.families.families == {}
    again = world.sign_ins.open(replace(lea, sign_in_epoch=1), SCREENS).refresh_token
    world.sign_ins.refresh(again, SCREENS)


def test_an_erased_account_is_signed_in_no_longer(world: World, lea: Identity) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token
    del world.store.people[lea.user_id]
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(token, SCREENS)


def test_ending_a_sign_in_takes_an_old_token_too(world: World, lea: Identity) -> None:
    first = world.sign_ins.open(lea, SCREENS).refresh_token
    second = world.sign_ins.refresh(first, SCREENS).refresh_token
    assert world.sign_ins.end(first, SCREENS)
    assert not world.sign_ins.end(first, SCREENS)
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(second, SCREENS)


def test_another_client_can_do_nothing_with_it(world: World, lea: Identity) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token
    other = ClientId("cli_other")
    with pytest.raises(RefreshRefusedError):
        world.sign_ins.refresh(token, other)
    assert not world.sign_ins.end(token, other)
    world.sign_ins.refresh(token, SCREENS)


def test_tokens_we_did_not_make_are_refused_unread(world: World, lea: Identity) -> None:
    token = world.sign_ins.open(lea, SCREENS).refresh_token
    family_id = token.split(".")[1]
    good = token.split(".")[3]
    for forged in (
        "", "rt", "...", token[:-1], token + "A", token.replace("rt.", "xx."), f"rt.{family_id}.1.{good}", f"rt.{family_id}.-0.{good}",
        f"rt.{family_id}.٠.{good}", f"rt.fam_other.0.{good}", f"rt.{family_id}.{'9' * 400}.{good}", "\ud800.a.b.c",
    ):  # fmt: skip
        assert read_token(world.keyring, forged) is None, forged
    assert write_token(world.keyring, family_id, 0) == token


class Rotation(RuleBasedStateMachine):
    """Two parties hold copies of tokens; whoever uses an old one out of the grace ends the family for good."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.issued = [self.world.sign_ins.open(make_lea(self.world), SCREENS).refresh_token]
        self.over = False

    @rule(seconds=st.sampled_from([1, 29, 31, 1200]))
    def wait(self, seconds: int) -> None:
        self.world.pass_time(seconds=seconds)

    @rule(age=st.integers(min_value=0, max_value=3))
    def refresh(self, age: int) -> None:
        age = min(age, len(self.issued) - 1)
        token = self.issued[-1 - age]
        rotated_at = next(iter(self.world.families.families.values())).rotated_at if not self.over else None
        forgiven = rotated_at is not None and age == 1 and self.world.clock.now() - rotated_at <= GRACE
        try:
            given = self.world.sign_ins.refresh(token, SCREENS).refresh_token
        except RefreshRefusedError:
            assert self.over or (age > 0 and not forgiven)
            self.over = True
            return
        assert not self.over
        assert age == 0 or forgiven
        if age:
            assert given == self.issued[-1]
        else:
            self.issued.append(given)

    @invariant()
    def a_family_that_ended_never_comes_back(self) -> None:
        assert bool(self.world.families.families) != self.over


TestRotation = Rotation.TestCase
TestRotation.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
