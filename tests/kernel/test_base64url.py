"""Bytes and their one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.kernel.base64url import base64url, from_base64url


@given(st.binary())
def test_bytes_survive_their_text_which_has_only_what_an_address_may_carry(data: bytes) -> None:
    assert from_base64url(base64url(data)) == data
    assert base64url(data).replace("-", "").replace("_", "").isalnum() or not data


@pytest.mark.parametrize("text", ["_-8=", "_w==", "_x", "/w", "+w", "_ w", "_w\n", "é", "A", "A.w"])
def test_another_spelling_of_bytes_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        from_base64url(text)
