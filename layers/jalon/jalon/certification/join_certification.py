"""A pupil enters a session: number, access code, names and birth date find him or her on the list (docs/domain.md §7)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from jalon.assessment.store import AssessmentStore
from jalon.certification.candidates import Candidate, CandidateStore, Sitting
from jalon.certification.errors import (
    AnotherCertificationLiveError,
    CandidateNotMatchedError,
    CandidateTakenError,
    CertificationNotFoundError,
    InvigilatorOfSessionError,
    SeatFreedError,
    SessionFinalisedError,
    SessionNotFoundError,
    WrongAccessCodeError,
)
from jalon.certification.identities import IdentityClaim
from jalon.certification.sessions import InvigilatorStore, Session, SessionStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import CertificationId, SessionNumber, UserId

#: How long an account does not take a place again that it was taken from: whose place it is needs less to come in.
KEPT_FREE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Entry:
    """The stores a pupil's entry needs."""

    sessions: SessionStore
    candidates: CandidateStore
    assessments: AssessmentStore
    invigilators: InvigilatorStore
    clock: Clock


@dataclass(frozen=True, slots=True)
class JoinCertification:
    user_id: UserId
    number: SessionNumber
    access_code: str
    claim: IdentityClaim


def join_certification(entry: Entry, command: JoinCertification) -> Candidate:
    """Links the account with its candidate, who then waits for the invigilator. Joining again changes nothing.

    Raises :class:`WrongAccessCodeError` (unknown session and wrong code alike), :class:`SessionFinalisedError`,
    :class:`InvigilatorOfSessionError`, :class:`CandidateNotMatchedError`, :class:`CandidateTakenError`, :class:`SeatFreedError`,
    :class:`AnotherCertificationLiveError`.
    """
    session = _session(entry.sessions, command)
    if entry.invigilators.has(session.number, command.user_id):
        raise InvigilatorOfSessionError("Who invigilates this session does not sit it.", session_number=session.number)
    candidate = _find(entry.candidates.of_session(session.number), command)
    live = entry.candidates.sitting_of(command.user_id)
    if live is not None and live.freed_at is not None:
        _require_anothers(entry, live, candidate)
    elif live is not None and live.certification_id != candidate.certification_id:
        _require_over(entry, live)
    if candidate.user_id == command.user_id and live is not None and live.certification_id == candidate.certification_id:
        return candidate
    joined_at = candidate.joined_at or entry.clock.now()
    return entry.candidates.join(replace(candidate, user_id=command.user_id, joined_at=joined_at), candidate, live)


def own_candidate(candidates: CandidateStore, user_id: UserId, certification_id: CertificationId) -> Candidate:
    """The candidate behind the account's present certification.

    Raises :class:`CertificationNotFoundError` for any other id, and :class:`SeatFreedError` once the invigilator gave the place back.
    """
    sitting = candidates.sitting_of(user_id)
    if sitting is None or sitting.certification_id != certification_id:
        raise CertificationNotFoundError("You are not sitting this certification.")
    if sitting.freed_at is not None:
        raise SeatFreedError("The invigilator gave this place back: enter the session under your own name, or call the invigilator.")
    candidate = candidates.get(sitting.session_number, sitting.candidate_id)
    if candidate.user_id != user_id:
        raise CertificationNotFoundError("You are not sitting this certification.")
    return candidate


def _session(sessions: SessionStore, command: JoinCertification) -> Session:
    wrong = WrongAccessCodeError("No session has this number and this access code.")
    try:
        session = sessions.get(command.number)
    except SessionNotFoundError:
        raise wrong from None
    if not hmac.compare_digest(command.access_code.strip().upper().encode(), session.access_code.encode()):
        raise wrong
    if session.finalisation is not None:
        raise SessionFinalisedError("This session is over.", session_number=session.number)
    return session


def _find(listed: Sequence[Candidate], command: JoinCertification) -> Candidate:
    matching = [candidate for candidate in listed if command.claim.matches(candidate.identity)]
    own = [candidate for candidate in matching if candidate.user_id == command.user_id]
    if own:
        return own[0]
    if any(candidate.user_id == command.user_id for candidate in listed):
        raise AnotherCertificationLiveError("This account has joined this session as another candidate: call the invigilator.")
    if not matching:
        raise CandidateNotMatchedError(
            "Nobody on the list has these names and this birth date: check them with the invigilator.", session_number=command.number
        )
    free = [candidate for candidate in matching if candidate.user_id is None]
    if not free:
        raise CandidateTakenError("Another account has joined as this candidate: call the invigilator.")
    return free[0]


def _require_anothers(entry: Entry, freed: Sitting, wanted: Candidate) -> None:
    """Whoever was taken from a place leaves it for a while to whose it is; a mistake mends itself."""
    again = (freed.session_number, freed.candidate_id) == (wanted.session_number, wanted.candidate_id)
    if again and freed.freed_at is not None and entry.clock.now() < freed.freed_at + KEPT_FREE:
        raise SeatFreedError("The invigilator has just given this place back: enter under your own name, or call the invigilator.")


def _require_over(entry: Entry, live: Sitting) -> None:
    """A certification that was begun and is neither complete, ended nor finalised is live."""
    other = entry.candidates.get(live.session_number, live.candidate_id)
    if other.started_at is None or other.ended_at is not None or other.finalisation is not None or other.assessment_id is None:
        return
    test = entry.assessments.get(other.assessment_id)
    expired = test is not None and test.deadline_at is not None and entry.clock.now() >= test.deadline_at
    if test is not None and test.is_live and not expired:
        raise AnotherCertificationLiveError("You are sitting another certification: end it first.", session_number=live.session_number)
