"""How often somebody is looked for on schools' lists: slips cost nothing, a program learns little, nobody is kept out by another."""

from datetime import UTC, date, datetime

import pytest

from jalon.accounts.identity import Identity, Role
from jalon.accounts.look_ups import FREE_GUESSES, FREE_LOOK_UPS, LookedFor, TooManyLookUpsError, one_look_up
from jalon.kernel.errors import NotFoundError, UnavailableError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import World

PUPIL = LookedFor("lea", "martin", date(2012, 3, 1), by_number=False)
BY_NUMBER = LookedFor("lea", "martin", date(2012, 3, 1), by_number=True)
OWN, STRANGER = UserId("usr_own"), UserId("usr_stranger")


def _miss(world: World, user_id: UserId, wanted: LookedFor = PUPIL, account: Identity | None = None) -> None:
    """One look-up that finds nobody; raises :class:`TooManyLookUpsError` where none is allowed."""
    with pytest.raises(NotFoundError), one_look_up(world.accounts, user_id, account, wanted):
        raise NotFoundError("Nobody on this list.")


def _find(world: World, user_id: UserId, wanted: LookedFor = PUPIL, account: Identity | None = None) -> None:
    with one_look_up(world.accounts, user_id, account, wanted):
        pass


def _refused(world: World, user_id: UserId, wanted: LookedFor = PUPIL, account: Identity | None = None) -> TooManyLookUpsError:
    with pytest.raises(TooManyLookUpsError) as refused, one_look_up(world.accounts, user_id, account, wanted):
        pytest.fail("a list was read")
    return refused.value


def _strangers(world: World, wanted: LookedFor) -> None:
    """A few accounts use up what there is for this person."""
    for rank in range(FREE_GUESSES):
        _miss(world, UserId(f"usr_{rank}"), wanted)


def _somebody(**known: object) -> Identity:
    made = {"first_name": "Léa", "last_name": "Martin", "roles": frozenset({Role.PUPIL}), "created_at": datetime(2026, 9, 1, tzinfo=UTC)}
    return Identity(user_id=OWN, **(made | known))  # type: ignore[arg-type]


def test_an_account_is_not_found_ten_times_and_then_once_an_hour(world: World) -> None:
    for rank in range(FREE_LOOK_UPS):
        _miss(world, OWN, LookedFor("somebody", f"else{rank}", date(2012, 3, 1), by_number=False))
    assert _refused(world, OWN).retry_after_s == 3600
    world.pass_time(minutes=59)
    assert _refused(world, OWN).retry_after_s == 60
    world.pass_time(minutes=1)
    _miss(world, OWN)
    assert _refused(world, OWN).retry_after_s == 3600
    _find(world, STRANGER)  # a whole class sits behind one address
    world.pass_time(hours=24)
    for rank in range(FREE_LOOK_UPS):
        _miss(world, OWN, LookedFor("somebody", f"else{rank}", date(2012, 3, 1), by_number=False))


def test_a_person_is_looked_for_five_times_in_vain_and_then_once_an_hour_whoever_asks(world: World) -> None:
    _strangers(world, PUPIL)
    assert _refused(world, STRANGER).retry_after_s == 3600
    _find(world, STRANGER, LookedFor("lea", "durand", date(2012, 3, 1), by_number=False))
    world.pass_time(hours=1)
    _miss(world, STRANGER)
    assert _refused(world, OWN).retry_after_s == 3600


def test_what_is_refused_unread_uses_nothing_of_the_account_up(world: World) -> None:
    _strangers(world, PUPIL)
    for _ in range(FREE_LOOK_UPS + 1):
        _refused(world, OWN)
    _find(world, OWN, BY_NUMBER)


def test_strangers_keep_nobody_out_who_has_the_number_or_of_whom_more_is_known_than_they_say(world: World) -> None:
    _strangers(world, PUPIL)
    _find(world, OWN, BY_NUMBER)
    for known in ({"username": "lea.martin0103"}, {"providers": {"ent": "key"}}, {"email": "lea@exemple.example", "email_verified": True}):
        _find(world, OWN, PUPIL, _somebody(**known))
    _refused(world, OWN, PUPIL, _somebody(email="lea@exemple.example"))


def test_wrong_numbers_are_counted_for_everybody_and_leave_the_way_without_one(world: World) -> None:
    _strangers(world, BY_NUMBER)
    _refused(world, OWN, BY_NUMBER, _somebody(username="lea.martin0103"))
    _find(world, OWN)


def test_what_was_found_and_what_busy_tables_refused_count_for_nothing(world: World) -> None:
    for _ in range(FREE_LOOK_UPS + 1):
        _find(world, OWN)
        with pytest.raises(UnavailableError), one_look_up(world.accounts, OWN, None, PUPIL):
            raise UnavailableError("The service is busy.")
    for _ in range(FREE_GUESSES):
        _miss(world, OWN)
        _find(world, OWN, BY_NUMBER)
    _refused(world, OWN)


def test_no_counter_names_the_person(world: World) -> None:
    _miss(world, OWN)
    assert len(world.store.counts) == 2
    assert [name for name in world.store.counts if any(word in name for word in ("lea", "martin", "2012"))] == []
