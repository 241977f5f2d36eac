"""A ticket opens for whom and what it was issued, and for nothing else."""

import base64
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.assessment.errors import TicketInvalidError
from jalon.assessment.tickets import LIFE, MAX_LENGTH, Ticket, TicketOffice, serves
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
    assert OFFICE.open(text, USER) == ticket
    assert len(text) < MAX_LENGTH
    assert text.isascii()


@given(st.data())
def test_a_ticket_with_any_bit_changed_is_refused(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(OFFICE.issue(TICKET, USER) + "=="))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises(TicketInvalidError):
        OFFICE.open(base64.urlsafe_b64encode(raw).decode().rstrip("="), USER)


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
                OFFICE.open(other, USER)


@given(tickets)
def test_the_bits_that_fill_up_the_last_sign_are_not_free(ticket: Ticket) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = OFFICE.issue(ticket, USER)
    for sign in alphabet.replace(text[-1], ""):
        with pytest.raises(TicketInvalidError):
            OFFICE.open(text[:-1] + sign, USER)


@given(st.text(max_size=2 * MAX_LENGTH))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(TicketInvalidError):
        OFFICE.open(text, USER)


def test_a_ticket_is_worth_nothing_to_another_person_or_under_another_key() -> None:
    text = OFFICE.issue(TICKET, USER)
    with pytest.raises(TicketInvalidError):
        OFFICE.open(text, UserId("usr_" + "2" * 32))
    with pytest.raises(TicketInvalidError):
        TicketOffice(b"l" * 32).open(text, USER)


def test_the_end_of_the_release_cannot_be_read_as_the_start_of_the_user() -> None:
    text = OFFICE.issue(replace(TICKET, release=ReleaseVersion("v1u")), UserId("sr"))
    with pytest.raises(TicketInvalidError):
        OFFICE.open(text, UserId("usr"))


@pytest.mark.parametrize(("age", "valid"), [(LIFE, True), (LIFE + timedelta(milliseconds=1), False), (timedelta(seconds=-31), False)])
def test_a_ticket_serves_a_day_and_not_before_it_was_issued(age: timedelta, valid: bool) -> None:
    assert serves(TICKET, NOW + age) == valid


@dataclass
class Safe:
    """The keys of the secret, the present one first; ``asked`` counts how often they were fetched again."""

    keys: list[bytes]
    asked: int = 0

    def open(self) -> list[bytes]:
        self.asked += 1
        return self.keys

    def office(self) -> TicketOffice:
        return TicketOffice(self.keys[0], self.open)


def test_while_the_key_changes_every_office_opens_the_tickets_of_every_other_one() -> None:
    safe = Safe([b"1" * 32])
    before = safe.office()
    asked = before.issue(TICKET, USER)
    safe.keys = [b"2" * 32, b"1" * 32]
    after = safe.office()
    assert after.open(asked, USER) == TICKET
    assert before.open(after.issue(TICKET, USER), USER) == TICKET
    assert before.open(asked, USER) == TICKET
    assert before.issue(TICKET, USER) == after.issue(TICKET, USER)  # it issues under the new key from then on
    assert safe.asked == 2


def test_a_key_that_was_changed_twice_opens_nothing() -> None:
    safe = Safe([b"1" * 32])
    asked = safe.office().issue(TICKET, USER)
    safe.keys = [b"3" * 32, b"2" * 32]
    with pytest.raises(TicketInvalidError):
        safe.office().open(asked, USER)


def test_the_keys_are_looked_for_again_only_for_a_ticket_that_none_opens() -> None:
    safe = Safe([b"1" * 32])
    office = safe.office()
    office.open(office.issue(TICKET, USER), USER)
    assert safe.asked == 0
    with pytest.raises(TicketInvalidError):
        office.open(TicketOffice(b"0" * 32).issue(TICKET, USER), USER)
    assert safe.asked == 1


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        TicketOffice(b"short")
    changed = TicketOffice(b"1" * 32, lambda: [b"short"])
    with pytest.raises(ValueError, match="32 bytes"):
        changed.open(OFFICE.issue(TICKET, USER), USER)
