"""Tickets: the proof, handed out with each question, that this person was asked this question on this device.

A ticket carries what the server needs to grade and to write without reading anything first; nothing in it is secret.
It is a fixed binary layout followed by HMAC-SHA256 over the layout **and the user's id**, in base64url without padding:
a ticket is worth nothing in another person's hands. Source: docs/architecture.md §4, docs/protocol.md.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from jalon.assessment.errors import TicketExpiredError, TicketInvalidError
from jalon.kernel.base64url import base64url, from_base64url
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.errors import Violation
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId

#: A ticket serves for a school day and the evening after it; the question itself never expires, ask for it again.
LIFE = timedelta(hours=24)
#: How far ahead of ours the clock of another machine that issued a ticket may be.
CLOCK_SKEW = timedelta(seconds=30)
#: The longest ticket we make is far below this; a longer text is refused unread.
MAX_LENGTH = 400

_FORMAT = 1
_PREFIX = "asm_"
# format, assessment (16 bytes), sequence, challenge, variant, epoch, issued at (ms), certification, extra time %; the release follows
_LAYOUT = struct.Struct(">B16sHHBIQBH")
_MAC_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """One question as it was asked: ``sequence`` is its number from 1, ``epoch`` that of the device it was asked on."""

    assessment_id: AssessmentId
    release: ReleaseVersion
    sequence: int
    challenge_index: int
    variant_index: int
    epoch: int
    issued_at: datetime
    certification: bool
    extra_time_percent: int = 0


class TicketOffice:
    """Issues and checks tickets with one secret key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _MAC_BYTES:
            raise ValueError("a ticket key has at least 32 bytes")
        self._key = key

    def issue(self, ticket: Ticket, user_id: UserId) -> str:
        """The ticket as text, for this user."""
        body = _LAYOUT.pack(
            _FORMAT,
            bytes.fromhex(ticket.assessment_id.removeprefix(_PREFIX)),
            ticket.sequence,
            ticket.challenge_index,
            ticket.variant_index,
            ticket.epoch,
            epoch_ms(ticket.issued_at),
            ticket.certification,
            ticket.extra_time_percent,
        )
        body += ticket.release.encode()
        return base64url(body + self._mac(body, user_id))

    def check(self, text: str, user_id: UserId, now: datetime) -> Ticket:
        """The ticket that this text is.

        Raises :class:`TicketInvalidError` for anything that :meth:`issue` did not give this user, and
        :class:`TicketExpiredError` when it is older than :data:`LIFE`.
        """
        ticket = self._open(text, user_id)
        if not now - LIFE <= ticket.issued_at <= now + CLOCK_SKEW:
            raise TicketExpiredError("This question was asked too long ago: ask for it again, then answer.")
        return ticket

    def check_for(self, assessment_id: AssessmentId, text: str, user_id: UserId, now: datetime) -> Ticket:
        """What :meth:`check` gives and raises, and TicketInvalidError for a ticket of another test than the request names."""
        ticket = self.check(text, user_id, now)
        refuse_another_tests_ticket(ticket, assessment_id)
        return ticket

    def _open(self, text: str, user_id: UserId) -> Ticket:
        raw = _decode(text)
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body, user_id)):
            raise _invalid()
        _refuse_a_part(body)
        _refuse_another_format(body)
        _, assessment, sequence, challenge, variant, epoch, issued_ms, certification, extra_time = _LAYOUT.unpack_from(body)
        return Ticket(
            assessment_id=AssessmentId(_PREFIX + assessment.hex()),
            release=ReleaseVersion(body[_LAYOUT.size :].decode()),
            sequence=sequence,
            challenge_index=challenge,
            variant_index=variant,
            epoch=epoch,
            issued_at=from_epoch_ms(issued_ms),
            certification=bool(certification),
            extra_time_percent=extra_time,
        )

    def _mac(self, body: bytes, user_id: UserId) -> bytes:
        # the length keeps "body | user" from meaning two things
        return hmac.digest(self._key, len(body).to_bytes(2, "big") + body + user_id.encode(), hashlib.sha256)


def refuse_another_tests_ticket(ticket: Ticket, assessment_id: AssessmentId) -> None:
    """Raise :class:`TicketInvalidError` when the ticket is not of the test that the request names."""
    if ticket.assessment_id != assessment_id:
        raise TicketInvalidError("This ticket is another test's.", (Violation("/ticket", "Use this question's ticket.", "ticket_invalid"),))


def _decode(text: str) -> bytes:
    if len(text) > MAX_LENGTH:
        raise _invalid()
    try:
        return from_base64url(text)
    except ValueError:
        raise _invalid() from None


def _refuse_a_part(body: bytes) -> None:
    """Signed by our key, but less than a ticket's layout."""
    if len(body) < _LAYOUT.size:
        raise _invalid()


def _refuse_another_format(body: bytes) -> None:
    """Signed by our key in a layout of another version."""
    if body[0] != _FORMAT:
        raise _invalid()


def _invalid() -> TicketInvalidError:
    return TicketInvalidError(
        "This ticket was not issued for this question to you: ask for the current question again.",
        (Violation("/ticket", "Send the ticket of the question, unchanged.", "ticket_invalid"),),
    )
