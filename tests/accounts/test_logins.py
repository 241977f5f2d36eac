"""Usernames as schools make them, and logins however they are typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.accounts.logins import normalise_login, username_base, username_candidates
from jalon.kernel.letters import fold


@pytest.mark.parametrize(
    ("first_name", "last_name", "birth_date", "username"),
    [
        ("Léa", "Martin", date(2010, 3, 12), "lea.martin1203"),
        ("Anne-Lise", "De La Tour", date(2009, 12, 1), "annelise.delatour0112"),
        ("Zoë", "O’Brien", date(2011, 7, 30), "zoe.obrien3007"),
        ("Maëlys", "Lefèvre-Çelik", date(2010, 1, 5), "maelys.lefevrecelik0501"),
        ("Œdipe", "Æsir", date(2010, 1, 5), "oedipe.aesir0501"),
        ("İpek", "Yıldız", date(2010, 1, 5), "ipek.yildiz0501"),
        ("Łukasz", "Weiß", date(2010, 1, 5), "lukasz.weiss0501"),
        ("Ελένη", "Petrova", date(2010, 1, 5), "eleve.petrova0501"),
    ],
)
def test_a_username_is_first_dot_last_and_the_birthday(first_name: str, last_name: str, birth_date: date, username: str) -> None:
    assert username_base(first_name, last_name, birth_date) == username


def next_username(taken: int) -> tuple[str | None, int]:
    """The first candidate that is free when so many namesakes have theirs, and how many were tried or asked about before."""
    names = {1: "lea.martin1203"} | {number: f"lea.martin1203-{number}" for number in range(2, taken + 1)}
    used = {names[number] for number in range(1, taken + 1)}
    asked: list[str] = []

    def is_taken(username: str) -> bool:
        asked.append(username)
        return username in used

    for tried, username in enumerate(username_candidates("Léa", "Martin", date(2010, 3, 12), is_taken)):
        if username not in used:
            return username, tried + len(asked)
    return None, len(asked)


def test_namesakes_get_a_number() -> None:
    assert [next_username(taken) for taken in (0, 1, 2)] == [("lea.martin1203", 0), ("lea.martin1203-2", 1), ("lea.martin1203-3", 2)]


@pytest.mark.parametrize("taken", [9, 10, 11, 12, 98, 99, 100, 512, 4_321, 9_997, 9_998])
def test_the_hundredth_namesake_does_not_wait_for_a_hundred_refusals(taken: int) -> None:
    username, work = next_username(taken)
    assert username == f"lea.martin1203-{taken + 1}"
    assert work <= 10 + 2 * 14


def test_namesakes_have_an_end() -> None:
    assert next_username(9_999)[0] is None


def test_a_number_taken_in_that_very_moment_is_passed_over() -> None:
    given: list[str] = []
    for username in username_candidates("Léa", "Martin", date(2010, 3, 12), lambda _: False):
        given.append(username)
        if len(given) == 12:
            break
    assert given[-3:] == ["lea.martin1203-10", "lea.martin1203-11", "lea.martin1203-12"]


@pytest.mark.parametrize("typed", ["lea.martin1203", " Lea.Martin1203 ", "LÉA.MARTIN1203", "léa.martin1203", "lea. martin1203"])
def test_a_username_is_found_however_it_is_typed(typed: str) -> None:
    assert normalise_login(typed) == "lea.martin1203"


@pytest.mark.parametrize(
    "typed",
    [
        "anne-lise.doeuvre1203",
        "Anne-Lise.D'Œuvre1203",
        "ANNE LISE.D’ŒUVRE 1203",
        "Anne\u2011Lise.D\u02bcOEuvre1203",
        "annelise.doeuvre\u200b1203",
        "anne\u00adlise.doeuvre-1203",
        "anne\u2013lise.doeuvre12-03",
        "\ufeffannelise.doeuvre1203\n",
        "Anne\u2212Lise.D`Œuvre1203",
    ],
)
def test_a_username_is_found_where_the_name_is_typed_as_it_is_written(typed: str) -> None:
    assert normalise_login(typed) == username_base("Anne-Lise", "D’Œuvre", date(2010, 3, 12)) == "annelise.doeuvre1203"


@pytest.mark.parametrize(
    "typed", ["lea.martin1203-2", "Léa.Martin1203\u20132", "lea.martin 1203 - 2", "le-a.mar-tin-12-03-2", "lea.martin1203--2"]
)
def test_a_namesakes_number_stays(typed: str) -> None:
    assert normalise_login(typed) == "lea.martin1203-2"


@pytest.mark.parametrize(
    "typed", ["lea.martin12032", "lea.martin1203.2", "lea.martin1203-2x", "lea.martin1203-\u0662", "lea_martin1203", "1203-2"]
)
def test_what_is_another_name_finds_nobody(typed: str) -> None:
    assert normalise_login(typed) not in {"lea.martin1203", "lea.martin1203-2"}


def test_an_address_keeps_its_accents() -> None:
    assert normalise_login(" Zoé@Example.org") == "zoé@example.org"


@given(st.text(), st.text(), st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)))
def test_every_username_is_plain_and_steady_under_normalising(first_name: str, last_name: str, birth_date: date) -> None:
    username = username_base(first_name, last_name, birth_date)
    assert username.isascii()
    assert "@" not in username
    assert normalise_login(username) == username


NAMES = st.one_of(st.text(), st.text(alphabet="aeé-'’. œŒ1Ω", max_size=6))
USERNAMES = st.builds(
    lambda first, last, born, namesake: username_base(first, last, born) + (f"-{namesake}" if namesake > 1 else ""),
    NAMES,
    NAMES,
    st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)),
    st.integers(min_value=1, max_value=9_999),
)


@given(USERNAMES, USERNAMES)
def test_no_two_usernames_meet(one: str, other: str) -> None:
    """Each is its own form, so that two that differ stay two, those of namesakes too."""
    assert (normalise_login(one), normalise_login(other)) == (one, other)


@given(USERNAMES, st.data())
def test_what_is_typed_beside_the_letters_leads_to_the_same_username(username: str, data: st.DataObject) -> None:
    beside = st.text(alphabet=" \u00a0'’ʼ`\u200b\u200d\u00ad\ufeff", max_size=3)
    base, hyphen, number = username.partition("-")
    written = "".join(symbol + data.draw(beside) for symbol in base.upper().replace("OE", "Œ"))
    assert normalise_login(data.draw(beside) + written + hyphen + number + data.draw(beside)) == username


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise_login(normalise_login(text)) == normalise_login(text)


def test_folding_does_not_raise_on_lone_surrogates() -> None:
    assert fold("\ud800a") == "\ud800a"
