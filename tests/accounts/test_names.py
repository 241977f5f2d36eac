"""Names as people paste them, and as they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.accounts.identity import clean_name, name_violations, plain_name
from jalon.kernel.letters import fold
from jalon.organisations.names import name_key


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Anne\u2010Lise", "Anne-Lise"),
        ("Anne\u2011Lise", "Anne-Lise"),
        ("Anne\uff0dLise", "Anne-Lise"),
        ("Mar\u00adtin", "Martin"),
        ("\u200fYa\u200eel\u202c", "Yael"),
        ("\ufeffLe\u0301a\u200b", "Léa"),
        ("Lé\u200da", "Léa"),
        ("Mar\u200ctin\u200c", "Martin"),
        ("  D’Arc\u00a0du\u2009Lac ", "D’Arc du Lac"),
    ],
)
def test_what_comes_along_when_a_name_is_pasted_is_no_reason_to_refuse_it(pasted: str, kept: str) -> None:
    assert clean_name(pasted) == kept
    assert name_violations("/first_name", kept) == ()
    assert plain_name(pasted) == kept
    assert name_key(pasted) == name_key(kept)


@pytest.mark.parametrize("name", ["علی\u200cرضا", "ශ්\u200dරී", "ക്\u200dഷ"])
def test_a_joiner_that_spells_a_name_stays_in_it(name: str) -> None:
    assert clean_name(f"{name}\u200c") == name
    assert name_violations("/first_name", name) == ()
    assert plain_name(name) == name
    assert name_key(name) == name_key(name.replace("\u200c", "").replace("\u200d", ""))


@pytest.mark.parametrize("name", ["", "\u200f\u00ad", "\u200d", "-", "Léa2", "Léa <b>", "Anne—Lise", "a,b", "x\ny\x7f=", "😀"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert name_violations("/first_name", clean_name(name)) != ()


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("YILDIZ", "Yıldız"),
        ("YILDIZ", "YILDIZ"),
        ("DORDEVIC", "Đorđević"),
        ("THORSDOTTIR", "Þórsdóttir"),
        ("STRASSE", "Straße"),
        ("LUKASZ", "Łukasz"),
    ],
)
def test_a_list_in_bare_capitals_knows_the_letters_that_a_child_writes(listed: str, typed: str) -> None:
    assert name_key(typed) == name_key(listed)
    assert fold(typed) == fold(listed)


@given(st.text(max_size=12), st.text(max_size=12))
def test_what_makes_the_same_username_is_the_same_name_on_a_list(one: str, other: str) -> None:
    for left, right in ((one, other), (one, one.upper()), (one, fold(one))):
        if fold(left) == fold(right):
            assert name_key(left) == name_key(right)
