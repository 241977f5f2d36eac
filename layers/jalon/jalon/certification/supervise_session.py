"""What the invigilator does in the room: join, authorise, give time, end a test (docs/domain.md §7)."""

import hmac
from dataclasses import dataclass, replace

from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.load_assessment import load_assessment
from jalon.assessment.move_deadline import MAX_EXTENSION_MIN, move_deadline
from jalon.assessment.refusals import not_live
from jalon.assessment.state import EndReason
from jalon.assessment.store import AssessmentStore
from jalon.certification.candidates import Candidate, CandidateStore, extension_of, own_deadline
from jalon.certification.errors import (
    CandidateOfSessionError,
    InvalidExtensionError,
    NotAnInvigilatorError,
    RoomClosedError,
    SessionFinalisedError,
    SessionNotFoundError,
    TestNotStartedError,
    TestOverError,
    TestStartedError,
    WrongInvigilatorCodeError,
)
from jalon.certification.sessions import InvigilatorStore, Session, SessionStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import CandidateId, CertificationId, IdSource, SessionNumber, UserId


@dataclass(frozen=True, slots=True)
class Room:
    """The stores the invigilator's acts need."""

    sessions: SessionStore
    candidates: CandidateStore
    invigilators: InvigilatorStore
    assessments: AssessmentStore
    clock: Clock


def join_as_invigilator(room: Room, number: SessionNumber, code: str, user: UserId) -> Session:
    """Opens the room to this account, whoever's it is (docs/domain.md §1: the role is within one session); joining again changes nothing.

    An unknown session and a wrong code are one answer. Raises :class:`WrongInvigilatorCodeError`, :class:`RoomClosedError`, and
    :class:`CandidateOfSessionError`: who sits a session does not authorise themselves.
    """
    wrong = WrongInvigilatorCodeError("No session has this number and this invigilator code.")
    try:
        session = room.sessions.get(number)
    except SessionNotFoundError:
        raise wrong from None
    if not hmac.compare_digest(code.strip().upper().encode(), session.invigilator_code.encode()):
        raise wrong
    _require_room(session)
    if any(candidate.user_id == user for candidate in room.candidates.of_session(number)):
        raise CandidateOfSessionError("A candidate does not invigilate their own session.", session_number=number)
    room.invigilators.add(number, user, room.clock.now())
    return session


def require_invigilator(room: Room, number: SessionNumber, user: UserId) -> Session:
    """The session, for someone who joined its room and until it is finalised.

    Raises :class:`NotAnInvigilatorError`, for an unknown session too, and :class:`RoomClosedError`.
    """
    if not room.invigilators.has(number, user):
        raise NotAnInvigilatorError("Join this session with its invigilator code first.", session_number=number)
    session = room.sessions.get(number)
    _require_room(session)
    return session


def _require_room(session: Session) -> None:
    if session.finalisation is not None:
        raise RoomClosedError("This session is finalised: its room is closed.", session_number=session.number)


def free_seat(room: Room, ids: IdSource, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
    """Gives a candidate's place back that an account has joined and not started: the next account with these names may take it.

    The certification that the account waited for is over for it, and the place has another one, so that a start that is still under way
    finds nothing to begin. Freeing a place that nobody holds changes nothing. Raises :class:`TestStartedError`, :class:`TestOverError`,
    :class:`SessionFinalisedError`, :class:`CandidateChangedError`.
    """
    candidate = _open_candidate(room, number, candidate_id)
    if candidate.started_at is not None:
        raise TestStartedError("This candidate's test has started.", candidate_id=candidate_id)
    if candidate.user_id is None:
        return candidate
    free = replace(
        candidate, certification_id=CertificationId(ids.new("crt")), user_id=None, joined_at=None, authorised_at=None, device_key=""
    )
    return room.candidates.free(free, candidate, room.clock.now())


def authorise_candidate(room: Room, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
    """Lets a candidate start or, after a cut, resume once. Authorising again changes nothing.

    Raises :class:`TestOverError`, :class:`SessionFinalisedError`, :class:`CandidateChangedError`.
    """
    candidate = _open_candidate(room, number, candidate_id)
    now = room.clock.now()
    if candidate.started_at is None:
        wanted = replace(candidate, authorised_at=candidate.authorised_at or now)
    else:
        wanted = replace(candidate, resume_authorised_at=candidate.resume_authorised_at or now)
    return candidate if wanted == candidate else room.candidates.replace(wanted, candidate)


def end_test(room: Room, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
    """Ends a running test at once: from then on its answers are refused. Ending again changes nothing.

    The test first, the row second: if we stop between the two, nobody answers any more and a repetition mends the row.
    """
    candidate = room.candidates.get(number, candidate_id)
    if candidate.ended_at is not None:
        return candidate
    if candidate.started_at is None or candidate.assessment_id is None:
        raise TestNotStartedError("This candidate has not started a test.", candidate_id=candidate_id)
    require_open(room.sessions.get(number))
    end_assessment(room.assessments, room.clock, candidate.assessment_id, EndReason.INVIGILATOR)
    return room.candidates.replace(replace(candidate, ended_at=room.clock.now(), resume_authorised_at=None), candidate)


def extend_time(room: Room, number: SessionNumber, candidate_id: CandidateId, total_min: int) -> Candidate:
    """Sets the minutes this candidate has beyond his or her own time; the same total again changes nothing.

    A total, not an increment, so that a repeated request gives no time twice. The row promises the time and the test's deadline gives it:
    what died between the two is finished first, and the room is shown what the deadline says (:mod:`jalon.certification.watch_session`).

    Raises :class:`TestNotStartedError`, :class:`TestOverError`, and :class:`InvalidExtensionError` outside 0 … 240 minutes or below what
    was given already.
    """
    candidate = _with_promised_time(room, _open_candidate(room, number, candidate_id))
    if not candidate.extension_min <= total_min <= MAX_EXTENSION_MIN:
        detail = f"Between the {candidate.extension_min} minutes given already and {MAX_EXTENSION_MIN} are expected."
        raise InvalidExtensionError("This much time cannot be given.", (Violation("/total_min", detail, "extension"),))
    if total_min == candidate.extension_min:
        return candidate
    return _with_promised_time(room, room.candidates.replace(replace(candidate, extension_min=total_min), candidate))


def _with_promised_time(room: Room, candidate: Candidate) -> Candidate:
    """The candidate, whose test has the time that the row promises.

    Of two invigilators who give time at once, the one who promised less may move the deadline last: hence the row is looked at again.
    """
    if candidate.started_at is None or candidate.assessment_id is None:
        raise TestNotStartedError("This candidate has not started a test.", candidate_id=candidate.candidate_id)
    test = load_assessment(room.assessments, candidate.assessment_id)
    if not test.is_live:
        raise not_live(test)
    start, extra, promised = candidate.started_at, candidate.extra_time_percent, candidate.extension_min
    if test.deadline_at is None or extension_of(start, extra, test.deadline_at) < promised:
        move_deadline(room.assessments, room.clock, candidate.assessment_id, own_deadline(start, extra, promised))
    stored = room.candidates.get(candidate.session_number, candidate.candidate_id)
    return candidate if stored.extension_min == promised else _with_promised_time(room, stored)


def _open_candidate(room: Room, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
    candidate = room.candidates.get(number, candidate_id)
    require_open(room.sessions.get(number))
    if candidate.ended_at is not None:
        raise TestOverError("This candidate's test was ended.", candidate_id=candidate_id)
    return candidate


def require_open(session: Session) -> None:
    """Raises :class:`SessionFinalisedError` once the session is finalised."""
    if session.finalisation is not None:
        raise SessionFinalisedError("This session is finalised.", session_number=session.number)
