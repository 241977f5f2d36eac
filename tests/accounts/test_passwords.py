"""Passwords people choose, and those that schools hand out."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jalon.accounts.argon2_hasher import Argon2Hasher
from jalon.accounts.common_passwords import is_guessable
from jalon.accounts.passwords import initial_password, normalise_password, password_violations, typed_initial_password


@pytest.mark.parametrize("password", ["Tr0ubadour", "kuki-napa-4656", "un lapin dans la lune", "Été-2031!"])
def test_good_passwords_are_taken(password: str) -> None:
    assert password_violations("/password", password, "lea.martin1203", "Léa", "Martin") == ()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_weak"),
        ("Court1!", "password_too_weak"),
        ("minuscules", "password_too_weak"),
        ("aaaaaaaaaaaaaaaa", "password_too_weak"),
        ("aA1aA1aA1", "password_too_weak"),
        ("x" * 129, "password_too_long"),
        ("Martin-2010!", "password_personal"),
        ("Lea.Martin1203!", "password_personal"),
        ("L3a.M@rt1n", "password_personal"),
        ("Léa!2024$", "password_personal"),
        ("Azerty123", "password_common"),
        ("12345678901234", "password_common"),
    ],
)
def test_bad_passwords_are_refused_with_a_reason(password: str, code: str) -> None:
    (violation,) = password_violations("/password", password, "lea.martin1203", "Léa", "Martin")
    assert (violation.pointer, violation.code) == ("/password", code)


@pytest.mark.parametrize("typed", ["12/03/2010", "12032010", "2010-03-12", "12 3 2010", "120310", "100312", "03.12.2010"])
def test_the_day_when_one_was_born_is_no_password(typed: str) -> None:
    password = f"Zut {typed} {typed}"
    (violation,) = password_violations("/password", password, born=date(2010, 3, 12))
    assert violation.code == "password_personal"
    assert password_violations("/password", password, born=date(2009, 11, 5)) == ()


def test_a_name_of_several_parts_is_looked_for_whole_and_part_by_part() -> None:
    for password in ("Annelise-2024", "La belle Lise!", "D'Oeuvre2024!", "x0euvre-x-2024"):
        (violation,) = password_violations("/password", password, "annelise.doeuvre1203", "Anne-Lise", "D'Œuvre")
        assert violation.code == "password_personal", password


@given(st.binary(min_size=32, max_size=32))
def test_an_initial_password_may_always_be_kept(entropy: bytes) -> None:
    password = initial_password(entropy)
    assert len(password) == 19
    assume(len(set(password)) >= 5)  # all but one in ten million
    assert password_violations("/password", password, "username9999", born=date(2010, 3, 12)) == ()
    assert not set(password) & set("lqxywhc01")


def test_an_initial_password_may_be_kept_though_the_keyboard_has_it_in_rows() -> None:
    assert is_guessable("reza-reza-reza-5432")
    assert password_violations("/password", "reza-reza-reza-5432") == ()


@pytest.mark.parametrize(
    "typed",
    ["KUKI-NAPA-BUTO-5497", "kukinapabuto5497", "Kuki napa buto 5497", "kuki\u2011napa\u2011buto\u20115497 ", "kuki\u200bnapa–buto.5497"],
)
def test_an_initial_password_is_typed_as_one_reads_it(typed: str) -> None:
    assert typed_initial_password(typed) == "kuki-napa-buto-5497"


@pytest.mark.parametrize("typed", ["", "Kuki-napa-buto-549", "kuki-napa-buto-54977", "kuki-napa-5497-buto", "e\u0301te\u0301"])
def test_what_is_no_initial_password_stays_as_it_is(typed: str) -> None:
    assert typed_initial_password(typed) == normalise_password(typed)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_no_two_initial_passwords_meet(one: bytes, other: bytes) -> None:
    first, second = initial_password(one), initial_password(other)
    assert typed_initial_password(first.upper().replace("-", "")) == first
    assert (typed_initial_password(first) == typed_initial_password(second)) is (first == second)


def test_initial_passwords_are_spread_evenly() -> None:
    firsts = [initial_password(number.to_bytes(32, "big")) for number in range(14 * 5 * 4)]
    assert len(set(firsts)) == len(firsts)
    assert all(one != other for one, other in pairwise(firsts))


def test_the_same_keys_give_the_same_password_on_every_system() -> None:
    assert normalise_password("e\u0301te\u0301") == normalise_password("été")


def test_argon2id_at_the_agreed_cost() -> None:
    hasher = Argon2Hasher()
    verifier = hasher.hash("Tr0ubadour")
    assert verifier.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify(verifier, "Tr0ubadour")
    assert not hasher.verify(verifier, "tr0ubadour")
    assert not hasher.is_outdated(verifier)
    assert hasher.is_outdated("$argon2id$v=19$m=19456,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaA")


def test_the_decoy_costs_what_any_verifier_costs_and_fits_nothing() -> None:
    hasher = Argon2Hasher()
    assert not hasher.is_outdated(hasher.decoy)
    assert not hasher.verify(hasher.decoy, "")


def test_passwords_are_hashed_in_their_order() -> None:
    hasher = Argon2Hasher()
    passwords = [f"Password-{number}" for number in range(5)]
    assert all(hasher.verify(v, p) for v, p in zip(hasher.hash_each(passwords), passwords, strict=True))
