"""Sessions: their codes, their number, their time, their state."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.certification.change_session import ChangeSession, change_session
from jalon.certification.create_session import NoFreeNumberError, checked_plan
from jalon.certification.errors import (
    InvalidSessionError,
    SessionAlreadyStartedError,
    SessionChangedError,
    SessionFinalisedError,
    SessionNotFoundError,
)
from jalon.certification.sessions import Finalisation, SessionStatus, new_access_code, new_invigilator_code, new_session_number
from jalon.certification.time_zones import FRENCH_ZONES, zone_of_school
from jalon.kernel.ids import SecureIdSource, SessionNumber, Uai
from tests.certification.centre import HEAD, NAMES, NOW, PLAN, SCHOOL, Centre


def test_an_access_code_is_four_letters_and_two_digits_that_cannot_be_misread() -> None:
    for _ in range(200):
        code = new_access_code(SecureIdSource())
        assert len(code) == 6
        assert set(code[:4]) <= set("BCDFGHJKMPQRTVWXY")
        assert set(code[4:]) <= set("2346789")


def test_an_invigilator_code_has_more_symbols_than_a_pupils() -> None:
    codes = {new_invigilator_code(SecureIdSource()) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) >= 6 and set(code) <= set("BCDFGHJKMPQRTVWXY2346789") for code in codes)


def test_a_session_number_is_eight_digits_and_never_begins_with_zero() -> None:
    numbers = [new_session_number(SecureIdSource()) for _ in range(500)]
    assert all(len(number) == 8 and number.isdigit() and number[0] != "0" for number in numbers)


def test_a_session_gets_another_number_when_its_own_is_taken(centre: Centre) -> None:
    first = centre.session()

    class Stubborn(type(centre.ids)):
        """Draws the taken number twice before a fresh one."""

        draws = 0

        def below(self, bound: int) -> int:
            self.draws += 1
            return int(first.number) - 10_000_000 if self.draws < 3 else 7

    centre.ids = Stubborn()
    assert centre.session().number == "10000007"


def test_a_generator_that_only_repeats_itself_is_given_up_on(centre: Centre) -> None:
    first = centre.session()

    class Broken(type(centre.ids)):
        def below(self, bound: int) -> int:
            return int(first.number) - 10_000_000

    centre.ids = Broken()
    with pytest.raises(NoFreeNumberError):
        centre.session()


@pytest.mark.parametrize(
    ("uai", "zone", "utc_hour"),
    [
        ("0750001A", "Europe/Paris", 8),
        ("9740001A", "Indian/Reunion", 5),
        ("9720001A", "America/Martinique", 13),
        ("9840001A", "Pacific/Tahiti", 19),
    ],
)
def test_the_start_time_is_the_wall_clock_of_the_school(centre: Centre, uai: str, zone: str, utc_hour: int) -> None:
    plan = checked_plan(PLAN, Uai(uai), NOW - timedelta(days=1))
    session = replace(centre.session(), time_zone=plan.time_zone)
    assert plan.time_zone == zone
    assert session.starts_at.astimezone(UTC) == datetime(2027, 3, 12, utc_hour, 30, tzinfo=UTC)


def test_summer_time_moves_the_instant_and_not_the_wall(centre: Centre) -> None:
    winter, summer = centre.session(date=date(2027, 3, 26)), centre.session(date=date(2027, 3, 29))
    assert winter.starts_at.astimezone(UTC).hour == 8
    assert summer.starts_at.astimezone(UTC).hour == 7


def test_a_session_may_name_another_zone_of_france_and_no_other() -> None:
    plan = replace(PLAN, time_zone="Pacific/Marquesas")
    assert checked_plan(plan, SCHOOL, NOW - timedelta(days=2)).time_zone == "Pacific/Marquesas"
    with pytest.raises(InvalidSessionError) as refusal:
        checked_plan(replace(PLAN, time_zone="Europe/London"), SCHOOL, NOW)
    assert [violation.pointer for violation in refusal.value.violations] == ["/time_zone"]


@given(uai=st.from_regex(r"[0-9]{7}[A-Z]", fullmatch=True))
def test_every_school_has_a_french_zone(uai: str) -> None:
    assert zone_of_school(Uai(uai)) in FRENCH_ZONES


def test_every_wrong_field_is_named_at_once() -> None:
    plan = replace(PLAN, site=" ", room="x" * 201, date=date(2027, 3, 11), invigilators=(), observation="x" * 2001)
    with pytest.raises(InvalidSessionError) as refusal:
        checked_plan(plan, SCHOOL, NOW)
    assert {violation.pointer for violation in refusal.value.violations} == {"/site", "/room", "/date", "/invigilators", "/observation"}


def test_a_session_today_is_not_past_even_where_today_has_hardly_begun() -> None:
    late_in_paris = datetime(2027, 3, 11, 23, 30, tzinfo=UTC)
    assert checked_plan(PLAN, SCHOOL, late_in_paris).date == date(2027, 3, 12)


def test_the_state_goes_from_created_to_published(centre: Centre) -> None:
    session = centre.session()
    end = session.starts_at + timedelta(minutes=120)
    assert session.status(end - timedelta(seconds=1)) is SessionStatus.CREATED
    assert session.status(end) is SessionStatus.TO_FINALISE
    finalised = replace(session, finalisation=Finalisation(1, NOW, HEAD, ""))
    assert finalised.status(NOW) is SessionStatus.FINALISED
    in_jury = replace(session, finalisation=Finalisation(1, NOW, HEAD, "", in_jury_since=NOW))
    assert in_jury.status(NOW) is SessionStatus.IN_JURY
    published = replace(in_jury, published_at=NOW, published_finalisation=1)
    assert published.status(NOW) is SessionStatus.PUBLISHED
    assert replace(published, finalisation=Finalisation(2, NOW, HEAD, "")).status(NOW) is SessionStatus.FINALISED


def test_a_session_changes_until_it_starts_and_keeps_its_codes(centre: Centre) -> None:
    session = centre.session()
    changed = change_session(centre.sessions, centre.clock, ChangeSession(session.number, room="Salle 13", start_time=time(14, 0)))
    assert (changed.room, changed.start_time, changed.site) == ("Salle 13", time(14, 0), session.site)
    assert (changed.access_code, changed.invigilator_code) == (session.access_code, session.invigilator_code)
    assert changed.revision == session.revision + 1
    centre.begin(session, NAMES[0])
    with pytest.raises(SessionAlreadyStartedError):
        change_session(centre.sessions, centre.clock, ChangeSession(session.number, room="Salle 14"))


def test_a_change_obeys_the_rules_of_a_creation(centre: Centre) -> None:
    session = centre.session()
    with pytest.raises(InvalidSessionError):
        change_session(centre.sessions, centre.clock, ChangeSession(session.number, room="", date=date(2020, 1, 1)))
    with pytest.raises(SessionNotFoundError):
        change_session(centre.sessions, centre.clock, ChangeSession(SessionNumber("1"), room="Salle 1"))


def test_of_two_changes_at_once_one_is_refused(centre: Centre) -> None:
    session = centre.session()
    centre.sessions.change(replace(session, room="A"), session)
    with pytest.raises(SessionChangedError):
        centre.sessions.change(replace(session, room="B"), session)


def test_a_finalised_session_does_not_change(centre: Centre) -> None:
    session = centre.session()
    centre.sessions.finalise(session.number, Finalisation(1, NOW, HEAD, ""))
    with pytest.raises(SessionFinalisedError):
        change_session(centre.sessions, centre.clock, ChangeSession(session.number, room="Salle 14"))
