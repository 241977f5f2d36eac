"""Usernames as schools make them, and logins however they are typed."""

from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.accounts.logins import fold, normalise_login, username_base, username_candidates


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


def test_namesakes_get_a_number() -> None:
    assert list(islice(username_candidates("Léa", "Martin", date(2010, 3, 12)), 3)) == [
        "lea.martin1203",
        "lea.martin1203-2",
        "lea.martin1203-3",
    ]


@pytest.mark.parametrize("typed", ["lea.martin1203", " Lea.Martin1203 ", "LÉA.MARTIN1203", "léa.martin1203", "lea. martin1203"])
def test_a_username_is_found_however_it_is_typed(typed: str) -> None:
    assert normalise_login(typed) == "lea.martin1203"


def test_an_address_keeps_its_accents() -> None:
    assert normalise_login(" Zoé@Example.org") == "zoé@example.org"


@given(st.text(), st.text(), st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)))
def test_every_username_is_plain_and_steady_under_normalising(first_name: str, last_name: str, birth_date: date) -> None:
    username = username_base(first_name, last_name, birth_date)
    assert username.isascii()
    assert "@" not in username
    assert normalise_login(username) == username


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise_login(normalise_login(text)) == normalise_login(text)


def test_folding_does_not_raise_on_lone_surrogates() -> None:
    assert fold("\ud800a") == "\ud800a"
