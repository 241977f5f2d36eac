"""A ticket opens for whom and what it was issued, and for nothing else."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.assessment.errors import TicketExpiredError, TicketInvalidError
from jalon.assessment.tickets import LIFE, MAX_LENGTH, Ticket, TicketOffice
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USER = UserId("usr_" + "1" * 32)
OFFICE = TicketOffice(b"k" * 32)
TICKET = Ticket(
    assessment_id=AssessmentId("asm_" + "0f" * 16),
    release=ReleaseVersion("2026.1-0123456789ab"),
    sequence=48,
    challenge_index=2_999,
    variant_index=3,
    epoch=2,
    issued_at=NOW,
    certification=True,
    extra_time_percent=33,
)

tickets = st.builds(
    Ticket,
    assessment_id=st.binary(min_size=16, max_size=16).map(lambda octets: AssessmentId("asm_" + octets.hex())),
    release=st.text("abcdef0123456789.-", min_size=1, max_size=40).map(ReleaseVersion),
    sequence=st.integers(1, 65_535),
    challenge_index=st.integers(0, 65_535),
    variant_index=st.integers(0, 255),
    epoch=st.integers(1, 2**32 - 1),
    issued_at=st.integers(0, 10**6).map(lambda ms: NOW - timedelta(milliseconds=ms)),
    certification=st.booleans(),
    extra_time_percent=st.integers(0, 1_000),
)


@given(tickets)
def test_what_was_issued_is_read_back(ticket: Ticket) -> None:
    text = OFFICE.issue(ticket, USER)
    assert OFFICE.check(text, USER, NOW) == ticket
    assert len(text) < MAX_LENGTH
    assert text.isascii()


@given(st.data())
def test_a_ticket_with_any_bit_changed_is_refused(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(OFFICE.issue(TICKET, USER) + "=="))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises(TicketInvalidError):
        OFFICE.check(base64.urlsafe_b64encode(raw).decode().rstrip("="), USER, NOW)


@given(tickets, st.sampled_from("=+/-_A \n\u00e9"), st.data())
def test_any_other_spelling_of_a_ticket_is_refused(ticket: Ticket, sign: str, data: st.DataObject) -> None:
    text = OFFICE.issue(ticket, USER)
    place = data.draw(st.integers(0, len(text)))
    for other in (
        text + sign,
        text[:place] + sign + text[place:],
        text + "=" * (-len(text) % 4 or 1),
        text.replace("-", "+").replace("_", "/"),
    ):
        if other != text:
            with pytest.raises(TicketInvalidError):
                OFFICE.check(other, USER, NOW)


@given(tickets)
def test_the_bits_that_fill_up_the_last_sign_are_not_free(ticket: Ticket) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = OFFICE.issue(ticket, USER)
    for sign in alphabet.replace(text[-1], ""):
        with pytest.raises(TicketInvalidError):
            OFFICE.check(text[:-1] + sign, USER, NOW)


@given(st.text(max_size=2 * MAX_LENGTH))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(TicketInvalidError):
        OFFICE.check(text, USER, NOW)


def test_a_ticket_is_worth_nothing_to_another_person_or_under_another_key() -> None:
    text = OFFICE.issue(TICKET, USER)
    with pytest.raises(TicketInvalidError):
        OFFICE.check(text, UserId("usr_" + "2" * 32), NOW)
    with pytest.raises(TicketInvalidError):
        TicketOffice(b"l" * 32).check(text, USER, NOW)


def test_the_end_of_the_release_cannot_be_read_as_the_start_of_the_user() -> None:
    text = OFFICE.issue(replace(TICKET, release=ReleaseVersion("v1u")), UserId("sr"))
    with pytest.raises(TicketInvalidError):
        OFFICE.check(text, UserId("usr"), NOW)


@pytest.mark.parametrize(("age", "valid"), [(LIFE, True), (LIFE + timedelta(milliseconds=1), False), (timedelta(seconds=-31), False)])
def test_a_ticket_serves_a_day_and_not_before_it_was_issued(age: timedelta, valid: bool) -> None:
    text = OFFICE.issue(TICKET, USER)
    if valid:
        assert OFFICE.check(text, USER, NOW + age) == TICKET
    else:
        with pytest.raises(TicketExpiredError):
            OFFICE.check(text, USER, NOW + age)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        TicketOffice(b"short")
