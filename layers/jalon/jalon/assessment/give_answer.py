"""Take one answer, exactly once: check the ticket, grade, and write — one operation, no read before it.

Source: docs/protocol.md, with the proof obligations.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.content import Release
from engine.errors import InvalidAnswerError
from engine.form import require_offered
from engine.grading import Answer, grade, judge
from engine.packing import Answered, Question, pack_answer
from jalon.assessment.abridged_answer import abridged
from jalon.assessment.errors import AnswerFormError, AnswerTooLargeError, AssessmentNotFoundError
from jalon.assessment.expired_ticket import found_with
from jalon.assessment.next_question import NETWORK_GRACE, timer_with_extra_time
from jalon.assessment.refusals import not_taken
from jalon.assessment.releases import Releases
from jalon.assessment.settle import settle
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore, NotWritten, WriteOutcome, Written
from jalon.assessment.tickets import Ticket, TicketOffice, serves
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import AssessmentId, UserId

#: The largest record one answer may take in the item; about 900 bytes of typed text. Larger is refused with 413.
MAX_RECORD_BYTES = 1_000
#: 12 bytes: among the 48 answers of a test, two different requests that look the same are one chance in 10^27.
DIGEST_BYTES = 12


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """What the client sends: the question's ticket, a key of its own choosing, and the answer in the API's form."""

    user_id: UserId
    assessment_id: AssessmentId
    ticket: str
    idempotency_key: str
    answer: Mapping[str, Any]
    focus_lost: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTaken:
    """The stored outcome of one answer.

    ``sequence`` is the number of the question answered; ``state`` the assessment as it stands now, ``due`` its next question;
    ``repeated`` tells that an earlier delivery had stored the answer; ``moved`` that another device has taken the test over
    since, so that this one gets the outcome of its answer but no next question.
    """

    sequence: int
    answered: Answered
    state: AssessmentState
    due: Question | None
    repeated: bool
    moved: bool


def give_answer(*, store: AssessmentStore, releases: Releases, tickets: TicketOffice, clock: Clock, command: GiveAnswer) -> AnswerTaken:
    """Store the answer, or find that it is stored already; acknowledged only once it is.

    A ticket that is too old stores nothing, and is told what is stored: TicketExpiredError only where its question is not answered.

    Raises TicketInvalidError, AnswerFormError, AnswerTooLargeError before anything is written, and AnswerConflictError,
    MovedToAnotherDeviceError, AssessmentEndedError, AssessmentCompletedError, DeadlinePassedError when the write was refused.
    """
    now = clock.now()
    ticket = tickets.open_for(command.assessment_id, command.ticket, command.user_id)
    release = releases.pinned(ticket.release)
    judged = _judged(release, ticket, command, now)
    outcome = _append(store, ticket, judged, now) if serves(ticket, now) else found_with(ticket, store)
    if isinstance(outcome, Written):
        # as the state tells it: a loss of focus recorded before counts, though nothing was read before judging
        state, answered = outcome.state, outcome.state.answers[ticket.sequence - 1]
    else:
        state, answered = stored_before(outcome.state, ticket, judged.digest)
    state, due = settle(store, release, state, now)
    moved = ticket.epoch != state.epoch
    return AnswerTaken(ticket.sequence, answered, state, None if moved else due, isinstance(outcome, NotWritten), moved)


def _append(store: AssessmentStore, ticket: Ticket, answered: Answered, now: datetime) -> WriteOutcome:
    return store.append_answer(
        ticket.assessment_id, epoch=ticket.epoch, sequence=ticket.sequence, answer=answered, at=now, deadline_from=now - NETWORK_GRACE
    )


def stored_before(state: AssessmentState | None, ticket: Ticket, digest: bytes) -> tuple[AssessmentState, Answered]:
    """What a refused write means, read off the item as it stands: the same request again, or the reason it is refused.

    The same request again gets its stored outcome whatever happened since: it was acknowledged, or its response was lost.
    """
    if state is None:
        raise AssessmentNotFoundError("There is no such assessment.")
    stored = state.answers[ticket.sequence - 1] if ticket.sequence < state.sequence else None
    if stored is not None and stored.digest == digest:
        return state, stored
    raise not_taken(state, ticket)


def _judged(release: Release, ticket: Ticket, command: GiveAnswer, now: datetime) -> Answered:
    challenge = release.challenges[ticket.challenge_index]
    elapsed_ms = max(0, (now - ticket.issued_at) // timedelta(milliseconds=1))
    try:
        answer = Answer.parse(command.answer)
        require_offered(challenge.type, challenge.variants[ticket.variant_index], answer)
        graded = grade(release.solution(ticket.challenge_index, ticket.variant_index), answer)
    except InvalidAnswerError as error:
        pointer = f"/answer{error.pointer}"
        raise AnswerFormError("This answer does not fit the question.", (Violation(pointer, error.detail, error.code),)) from None
    result = judge(
        graded,
        elapsed_ms=elapsed_ms,
        timer_s=timer_with_extra_time(challenge.timer_s, ticket.extra_time_percent),
        grace_ms=NETWORK_GRACE // timedelta(milliseconds=1),
        focus_lost=command.focus_lost,
        focused=challenge.focused,
        certification=ticket.certification,
    )
    answered = Answered(
        challenge_index=ticket.challenge_index,
        variant_index=ticket.variant_index,
        result=result,
        elapsed_ms=elapsed_ms,
        at=int(now.timestamp()),
        focus_lost=command.focus_lost,
        answer=abridged(challenge.variants[ticket.variant_index], answer),
        digest=request_digest(ticket, command, answer),
    )
    if len(pack_answer(answered)) > MAX_RECORD_BYTES:
        raise AnswerTooLargeError(
            f"An answer takes {MAX_RECORD_BYTES} bytes at most; shorten the text.",
            (Violation("/answer", "Shorten the text.", "too_large"),),
            limit_bytes=MAX_RECORD_BYTES,
        )
    return answered


def request_digest(ticket: Ticket, command: GiveAnswer, answer: Answer) -> bytes:
    """What tells one request from another on the same question: its key and its payload, never the time or the device."""
    parts = [command.idempotency_key, ticket.challenge_index, ticket.variant_index, answer.as_dict(), command.focus_lost]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]
