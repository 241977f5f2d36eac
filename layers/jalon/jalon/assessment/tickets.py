"""Tickets: the proof, handed out with each question, that this person was asked this question on this device.

A ticket carries what the server needs to grade and to write without reading anything first; nothing in it is secret.
It is a fixed binary layout followed by HMAC-SHA256 over the layout **and the user's id**, in base64url without padding:
a ticket is worth nothing in another person's hands. Source: docs/protocol.md.
"""

import hashlib
import hmac
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jalon.assessment.errors import TicketInvalidError
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


def serves(ticket: Ticket, now: datetime) -> bool:
    """Whether a ticket still opens its question: issued within :data:`LIFE`, and not ahead of our clock."""
    return now - LIFE <= ticket.issued_at <= now + CLOCK_SKEW


#: Gives the keys as they are now, the present one first; nothing where they cannot have changed.
LookAgain = Callable[[], Sequence[bytes]]


class TicketOffice:
    """Issues tickets under the present key and opens those made under it or under the former one.

    ``look_again`` is asked when a ticket was made under neither: the key may have been changed since this office was opened.
    """

    def __init__(self, key: bytes, look_again: LookAgain = tuple) -> None:
        self._keys = _long_enough([key])
        self._look_again = look_again

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
        return base64url(body + _mac(self._keys[0], body, user_id))

    def open(self, text: str, user_id: UserId) -> Ticket:
        """The ticket that this text is, however old (:func:`serves`).

        Raises :class:`TicketInvalidError` for anything that :meth:`issue` did not give this user.
        """
        raw = _decode(text)
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not (self._made(body, mac, user_id) or self._made_since(body, mac, user_id)):
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

    def open_for(self, assessment_id: AssessmentId, text: str, user_id: UserId) -> Ticket:
        """What :meth:`open` gives and raises, and TicketInvalidError for a ticket of another test than the request names."""
        ticket = self.open(text, user_id)
        refuse_another_tests_ticket(ticket, assessment_id)
        return ticket

    def _made(self, body: bytes, mac: bytes, user_id: UserId) -> bool:
        return any(hmac.compare_digest(mac, _mac(key, body, user_id)) for key in self._keys)

    def _made_since(self, body: bytes, mac: bytes, user_id: UserId) -> bool:
        """Whether it was made under a key that is newer than this office, which then has it too."""
        keys = self._look_again()
        if not keys:
            return False
        self._keys = _long_enough(keys)
        return self._made(body, mac, user_id)


def _long_enough(keys: Sequence[bytes]) -> Sequence[bytes]:
    if any(len(key) < _MAC_BYTES for key in keys):
        raise ValueError("a ticket key has at least 32 bytes")
    return keys


def _mac(key: bytes, body: bytes, user_id: UserId) -> bytes:
    # the length keeps "body | user" from meaning two things
    return hmac.digest(key, len(body).to_bytes(2, "big") + body + user_id.encode(), hashlib.sha256)


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
