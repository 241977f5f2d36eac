"""A cursor comes back as it was given, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.edge.paging import decode_cursor, encode_cursor
from jalon.kernel.errors import InvalidInputError


@given(st.dictionaries(st.text(), st.dictionaries(st.sampled_from("SN"), st.text()), min_size=1))
def test_a_position_survives_the_cursor(position: dict[str, dict[str, str]]) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@given(st.dictionaries(st.text(), st.text(), min_size=1), st.sampled_from(["=", "==", "\n", ".", " "]))
def test_a_cursor_has_one_spelling(position: dict[str, str], more: str) -> None:
    with pytest.raises(InvalidInputError):
        decode_cursor(f"{encode_cursor(position)}{more}")


def test_there_is_no_cursor_at_the_end() -> None:
    assert encode_cursor(None) is None
    assert decode_cursor(None) is None
    assert decode_cursor("") is None


@pytest.mark.parametrize("cursor", ["x", "%%%", "bnVsbA", "MTI", "é", "W10", "W1tb" * 250, "eyJhIjoxLCJhIjoxfQ"])
def test_what_we_did_not_make_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInputError):
        decode_cursor(cursor)
