"""Identifiers, instants and school numbers."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jalon.kernel.clock import SystemClock, epoch_ms, iso
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import SecureIdSource
from jalon.kernel.uai import parse_uai
from tests.sources import FixedClock, SequenceIdSource


def test_instants_are_written_in_utc_whatever_zone_they_came_in() -> None:
    paris = timezone(timedelta(hours=2))
    assert iso(datetime(2026, 6, 21, 10, 30, tzinfo=paris)) == "2026-06-21T08:30:00Z"
    assert epoch_ms(datetime(1970, 1, 1, 2, tzinfo=paris)) == 0


def test_a_clock_takes_no_naive_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive value is what is refused
    assert SystemClock().now().tzinfo is UTC


def test_identifiers_do_not_repeat_and_codes_keep_to_their_alphabet() -> None:
    ids = SecureIdSource()
    assert len({ids.new("usr") for _ in range(1000)}) == 1000
    assert set(ids.pick("AB", 200)) == {"A", "B"}
    assert all(0 <= ids.below(3) < 3 for _ in range(100))
    assert SequenceIdSource().new("usr") == SequenceIdSource().new("usr")


@pytest.mark.parametrize(("typed", "uai"), [("1234567W", "1234567W"), (" 0000000a ", "0000000A")])
def test_a_uai_is_read_as_people_type_it(typed: str, uai: str) -> None:
    assert parse_uai(typed) == uai


@pytest.mark.parametrize("typed", ["", "123456W", "12345678", "1234567X", "١٢٣٤٥٦٧W", "1234567I"])
def test_a_wrong_uai_is_refused_with_its_field(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_uai(typed, "/school/uai")
    assert refused.value.violations[0].pointer == "/school/uai"
