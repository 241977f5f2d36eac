"""Tickets that were not issued so, to this person, for this question, now: one for each check that refuses them."""

import base64
import struct
from collections.abc import Callable
from datetime import timedelta

from jalon.assessment import tickets
from jalon.assessment.errors import TicketExpiredError, TicketInvalidError
from jalon.assessment.record_focus_loss import FocusLoss
from jalon.assessment.refusals import awaits
from jalon.assessment.state import AssessmentState
from jalon.assessment.tickets import Ticket, TicketOffice
from jalon.kernel.errors import JalonError
from jalon.kernel.ids import UserId

_MAC_BYTES = 32
#: The sequence's lower byte: after the format (1) and the assessment's id (16).
_SEQUENCE = 18

Forge = Callable[[TicketOffice, str, UserId], str]
#: What reading a ticket that nothing refuses ends with: a fault of ours, and no refusal.
FAULTS_OF_OURS = (struct.error, IndexError, UnicodeDecodeError)


def _body(ticket: str) -> bytes:
    return base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))[:-_MAC_BYTES]


def _signed(office: TicketOffice, body: bytes, user_id: UserId) -> str:
    return base64.urlsafe_b64encode(body + tickets._mac(office._keys[0], body, user_id)).decode().rstrip("=")


def _changed(_office: TicketOffice, ticket: str, _user_id: UserId) -> str:
    raw = bytearray(base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4)))
    raw[_SEQUENCE] ^= 1
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _other_format(office: TicketOffice, ticket: str, user_id: UserId) -> str:
    body = _body(ticket)
    return _signed(office, bytes([body[0] + 1]) + body[1:], user_id)


def _too_short(office: TicketOffice, ticket: str, user_id: UserId) -> str:
    return _signed(office, _body(ticket)[:_SEQUENCE], user_id)


def _too_long(office: TicketOffice, ticket: str, user_id: UserId) -> str:
    return _signed(office, _body(ticket) + b"0" * 400, user_id)


def _other_spelling(_office: TicketOffice, ticket: str, _user_id: UserId) -> str:
    return ticket + "="


#: Those that change the text; the last three are signed by our own key, as another use of it, or an older version, might have.
CHANGES: dict[str, Forge] = {
    "changed": _changed,
    "other spelling": _other_spelling,
    "other format": _other_format,
    "too short": _too_short,
    "too long": _too_long,
}
#: Those that are a question of time: how long after its issue a ticket is used.
TIMES = {"yesterday": timedelta(hours=25), "tomorrow": timedelta(hours=-1)}
FORGERIES = (*CHANGES, *TIMES, "another test", "another person")


def refused_as_forged(told: object) -> bool:
    """Whether this is what somebody is told whose ticket is not ours, or not theirs, or another test's."""
    return isinstance(told, TicketInvalidError)


def refused_as_old(told: object, state: AssessmentState, ticket: Ticket) -> bool:
    """Whether this is what somebody is told whose ticket is ours and not of this time, and who gives another answer than is stored:
    that it is too old while its question awaits an answer, what became of the question otherwise. A loss of focus that counts nowhere
    is told as that.
    """
    if isinstance(told, FocusLoss):
        return told.counted == (ticket.sequence in state.focus_losses) and not (ticket.certification and awaits(state, ticket))
    return isinstance(told, JalonError) and isinstance(told, TicketExpiredError) == awaits(state, ticket)
