"""When a number is believed to name the same person."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.accounts.identity import Identity, Role
from jalon.accounts.same_person import Doubt, is_same_first_name, is_same_last_name, likeness
from jalon.kernel.ids import UserId

DAY, ANOTHER = date(2010, 3, 12), date(2011, 5, 5)


def account(first_name: str = "Léa", last_name: str = "Martin", birth_date: date | None = DAY) -> Identity:
    return Identity(UserId("usr_1"), first_name, last_name, frozenset({Role.PUPIL}), datetime(2026, 9, 1, tzinfo=UTC), birth_date)


@pytest.mark.parametrize(
    ("first_name", "last_name", "born", "doubt", "possible", "on_list"),
    [
        ("Léa", "Martin", DAY, None, True, True),
        ("Léa", "Dubois", DAY, None, True, True),  # family names change
        ("", "", DAY, None, True, True),
        ("Léa", "Martin", None, None, True, True),
        ("Tom", "Martin", DAY, Doubt.FIRST_NAME, True, True),  # a twin, or a corrected first name: whoever comes is asked, a school knows
        ("Léa", "Dubois", None, Doubt.NAMES, True, False),
        ("Léa", "", None, Doubt.NAMES, True, False),
        ("", "Martin", None, Doubt.NAMES, True, False),
        ("", "", None, Doubt.NAMES, True, False),
        ("Zoé", "Martin", None, Doubt.FIRST_NAME, False, False),
        ("Léa", "Martin", ANOTHER, Doubt.BIRTH_DATE, False, False),
    ],
)
def test_the_rule(first_name: str, last_name: str, born: date | None, doubt: Doubt | None, possible: bool, on_list: bool) -> None:
    like = likeness(account(), first_name, (last_name,), born)
    assert (like.doubt, like.possible, like.on_list) == (doubt, possible, on_list)
    assert like.whole == ((first_name, last_name, born) == ("Léa", "Martin", DAY))


def test_an_account_without_a_birth_date_is_known_by_its_names() -> None:
    assert likeness(account(birth_date=None), "LEA", ("MARTIN",), DAY).doubt is None
    assert likeness(account(birth_date=None), "Tom", ("Martin",), DAY).doubt is Doubt.FIRST_NAME


def test_whoever_goes_by_another_last_name_is_known_by_either() -> None:
    assert likeness(account(birth_date=None), "Léa", ("Dubois", "Martin"), None).on_list
    assert not likeness(account(birth_date=None), "Léa", ("Dubois", ""), None).on_list


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Léa", "LEA", True),
        ("Anne-Lise", "Annelise", True),
        ("Anne-Lise", "Anne Lise Marie", True),
        ("Anne", "Anne-Lise", True),
        ("Anne\u2011Lise", "Anne-Lise", True),
        ("Mar\u200bie", "Marie", True),
        ("N’Golo", "NGOLO", True),
        ("Œdipe", "Oedipe", True),
        ("Marie-Lou", "Marie-Anne", False),
        ("Jean", "Jeanne", False),
        ("Lise", "Anne-Lise", False),
        ("Élie", "Élise", False),
        ("Ελένη", "ΕΛΕΝΗ", True),
    ],
)
def test_first_names_agree_where_one_is_the_beginning_of_the_other(one: str, other: str, same: bool) -> None:
    assert is_same_first_name(one, other) is is_same_first_name(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("LE GOFF--D'ARC", "Le Goff d’Arc", True),
        ("Martin", "Martin-Dubois", True),
        ("Dubois Martin", "MARTIN (DUBOIS)", True),
        ("Martin", "Martinez", False),
        ("Martin-Durand", "Durand-Petit", False),
    ],
)
def test_last_names_agree_where_one_has_the_words_of_the_other(one: str, other: str, same: bool) -> None:
    assert is_same_last_name(one, other) is is_same_last_name(other, one) is same


@given(st.text(), st.text(), st.one_of(st.none(), st.just(DAY), st.just(ANOTHER)))
def test_what_is_believed_contradicts_nothing(first_name: str, last_name: str, born: date | None) -> None:
    like = likeness(account(), first_name, (last_name,), born)
    if like.doubt is None:
        assert like.birth_date is not False
        assert like.first_name is not False
        assert like.possible
        assert like.on_list
