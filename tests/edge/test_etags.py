"""An ETag that a caller knows is recognised however RFC 9110 §13.1.2 lets it be written, and nothing else is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.edge.etags import etag_of, still_holds

TAG = '"0123456789abcdef0123456789abcdef"'
OTHER = '"fedcba9876543210fedcba9876543210"'


@pytest.mark.parametrize(
    "known",
    [
        TAG,
        f"W/{TAG}",
        f"{OTHER}, {TAG}",
        f"{TAG},{OTHER}",
        f'W/{OTHER} , "a,b",\tW/{TAG}',
        f" {TAG} ",
        f",, {TAG} ,",
        "*",
        " * ",
        f'"", {TAG}',
    ],
)
@pytest.mark.parametrize("etag", [TAG, f"W/{TAG}"])
def test_a_tag_that_is_known_holds(known: str, etag: str) -> None:
    assert still_holds(known, etag)


@pytest.mark.parametrize(
    "known",
    [
        None,
        "",
        " ",
        OTHER,
        f"W/{OTHER}",
        TAG.strip('"'),
        f"w/{TAG}",
        f"{TAG} {OTHER}",
        f"{TAG}, x",
        f"*, {TAG}",
        f"{TAG[:-1]}",
        f'"{TAG}"',
        '"*"',
        "**",
    ],
)
def test_whatever_is_no_such_tag_does_not(known: str | None) -> None:
    assert not still_holds(known, TAG)


@given(st.text())
def test_no_header_makes_it_fail(known: str) -> None:
    assert not still_holds(known, TAG) or known.strip(" \t") == "*"


@pytest.mark.parametrize(
    "known", ['"' * 8_000, ", " * 4_000 + "x", '"a",' * 2_000 + "x", "W/" * 4_000], ids=["quotes", "commas", "tags", "weak"]
)
def test_a_long_header_that_is_no_list_is_read_to_its_end(known: str) -> None:
    assert not still_holds(known, TAG)


def test_equal_documents_have_the_same_tag() -> None:
    assert etag_of({"a": 1, "b": date(2026, 11, 22)}) == etag_of({"b": date(2026, 11, 22), "a": 1})
    assert etag_of({"a": 1}) != etag_of({"a": 2})
