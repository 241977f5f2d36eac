"""The signed token: small, read back as written, written in one way only."""

from datetime import date

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.certificates.certificate import SignedFacts, levels_in_order, printed_name
from jalon.certificates.status_list import PLACES, status_index, year_and_place
from jalon.certificates.token import (
    MalformedTokenError,
    fragment_of,
    read_token,
    sign_token,
    token_from_fragment,
    verification_address,
)
from jalon.certificates.verification_code import ALPHABET
from jalon.kernel.ids import VerificationCode
from tests.certificates.fakes import LEVELS, SoftwareSigner
from tests.certificates.test_signing import verifies

FACTS = SignedFacts(
    code=VerificationCode("P-BCDFGHJKMPQ3"),
    name="Élève-Test Numéro Un",
    issued_on=date(2026, 11, 21),
    validity_days=1096,
    score=312,
    max_score=895,
    max_level=7,
    levels=levels_in_order(LEVELS),
    status_index=status_index(2026, 123_456),
)

facts = st.builds(
    SignedFacts,
    code=st.text(ALPHABET, min_size=12, max_size=12).map(lambda symbols: VerificationCode("P-" + symbols)),
    name=st.text(min_size=1, max_size=60),
    issued_on=st.dates(date(2020, 1, 1), date(2100, 1, 1)),
    validity_days=st.integers(0, 5000),
    score=st.integers(0, 1024),
    max_score=st.integers(0, 1024),
    max_level=st.integers(1, 8),
    levels=st.lists(st.integers(0, 8), min_size=16, max_size=16).map(tuple),
    status_index=st.integers(0, 100 * PLACES),
)


@given(facts)
def test_a_token_reads_back_as_written_and_verifies(written):
    signer = SoftwareSigner()
    token = sign_token(signer, written)
    read, key_id, signed, signature = read_token(token)
    assert read == written
    assert key_id == signer.public_key().key_id
    assert verifies(signer.public_key(), signature, signed)
    assert token_from_fragment(fragment_of(token)) == token


def test_a_token_is_about_150_bytes():
    assert len(sign_token(SoftwareSigner(), FACTS)) < 155


def test_the_address_carries_the_token_in_its_fragment():
    token = sign_token(SoftwareSigner(), FACTS)
    address = verification_address("https://jalon.example/", token)
    assert address.startswith("https://jalon.example/v#2KCE")
    assert token_from_fragment(address.split("#")[1]) == token


@pytest.mark.parametrize("text", ["a", "ABC1", "AB", "ME======", "mfrgg"])
def test_another_writing_of_a_fragment_is_refused(text):
    with pytest.raises(MalformedTokenError):
        token_from_fragment(text)


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"\xff",
        cbor2.dumps([1, 2, 3]),
        cbor2.dumps(cbor2.CBORTag(17, [b"", {}, b"", b""])),
        cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: b"abcd"}), {}, cbor2.dumps([2] * 10), bytes(64)])),
    ],
)
def test_what_is_no_token_is_refused(spoilt):
    with pytest.raises(MalformedTokenError):
        read_token(spoilt)


@given(st.integers(2020, 2200), st.integers(0, PLACES - 1))
def test_a_status_index_names_year_and_place(year, place):
    assert year_and_place(status_index(year, place)) == (year, place)


def test_names_are_composed_and_spaced_once():
    assert printed_name("E\u0301lodie ", " D’A\u0301vila\u00a0 y Test") == "Élodie D’Ávila y Test"


def test_a_competence_outside_the_framework_is_refused():
    with pytest.raises(ValueError, match="outside the framework"):
        levels_in_order({"6.1": 3})
