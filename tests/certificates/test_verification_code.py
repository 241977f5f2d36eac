"""The printed code: what its check symbol catches."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.certificates.verification_code import ALPHABET, InvalidVerificationCodeError, check_symbol, new_code, parse_code
from jalon.kernel.ids import SecureIdSource

eleven = st.text(ALPHABET, min_size=11, max_size=11)


def is_right(symbols: str) -> bool:
    return check_symbol(symbols[:-1]) == symbols[-1]


def test_the_alphabet_has_no_symbol_taken_for_another():
    assert len(ALPHABET) == 24
    assert not set(ALPHABET) & set("015AEILNOSUZ")


@given(eleven, st.integers(0, 11), st.integers(1, 23))
def test_every_single_wrong_symbol_is_caught(symbols, place, shift):
    code = symbols + check_symbol(symbols)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 24]
    assert not is_right(code[:place] + wrong + code[place + 1 :])


@given(eleven, st.integers(0, 10))
def test_every_swap_of_two_neighbours_is_caught(symbols, place):
    code = symbols + check_symbol(symbols)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_right(swapped) == (code[place] == code[place + 1])


def test_the_scheme_is_totally_anti_symmetric_for_all_pairs():
    """Exhaustive over two neighbours: with the check symbol right for ``ab…``, it is wrong for ``ba…``."""
    for a, b in itertools.permutations(ALPHABET, 2):
        assert check_symbol(f"BCD{a}{b}FGH") != check_symbol(f"BCD{b}{a}FGH")


@given(eleven)
def test_any_typing_habit_gives_the_same_code(symbols):
    code = "P-" + symbols + check_symbol(symbols)
    assert parse_code(code.lower()) == parse_code(code.removeprefix("P-")) == parse_code(f" {code[:6]} {code[6:10]}-{code[10:]} ") == code


@pytest.mark.parametrize("text", ["", "P-", "P-BCDFGHJKMPQ", "P-BCDFGHJKMPQ33", "P-BCDFGHJKMPQ0", "P-BCDFGHJKMPQ2", "ÉBCDFGHJKMPQ3"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(InvalidVerificationCodeError):
        parse_code(text)


def test_new_codes_are_right_and_differ():
    codes = {new_code(SecureIdSource()) for _ in range(200)}
    assert len(codes) == 200
    assert all(parse_code(code) == code for code in codes)
