"""Finalise a session: every unfinished test has its reason, and the workflow takes over (docs/domain.md §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jalon.assessment.state import AssessmentState
from jalon.certification.candidates import AbortReason, Candidate
from jalon.certification.errors import InvalidFinalisationError, NobodyStartedError, SessionFinalisedError
from jalon.certification.finalisations import Executions, OpenFinalisationStore
from jalon.certification.results import FIRST_FINALISATION
from jalon.certification.run_finalisation import begin_if_reachable
from jalon.certification.score_candidate import is_complete
from jalon.certification.sessions import Finalisation, Session
from jalon.certification.supervise_session import Room
from jalon.certification.watch_session import sitting_tests
from jalon.kernel.errors import Violation
from jalon.kernel.ids import CandidateId, SessionNumber, UserId

_LONGEST_COMMENT = 2000


@dataclass(frozen=True, slots=True)
class FinaliseSession:
    """``abort_reasons`` has one entry for each test that was begun and not finished, and no other."""

    number: SessionNumber
    by: UserId
    abort_reasons: Mapping[CandidateId, AbortReason]
    global_comment: str = ""


def finalise_session(room: Room, open_finalisations: OpenFinalisationStore, executions: Executions, command: FinaliseSession) -> Session:
    """The finalised session, whose scoring has been asked for.

    Raises :class:`SessionFinalisedError`, :class:`NobodyStartedError`, and :class:`InvalidFinalisationError` naming every reason that
    is missing or superfluous. The reasons are written before the session is closed: a crash between leaves a session that can be
    finalised again. If the workflow cannot be reached, the sweep starts it from our record.
    """
    session = room.sessions.get(command.number)
    if session.finalisation is not None:
        raise SessionFinalisedError("This session is finalised already.", session_number=command.number)
    started = [candidate for candidate in room.candidates.of_session(command.number) if candidate.started_at is not None]
    if not started:
        raise NobodyStartedError("Nobody started a test in this session: there is nothing to finalise.", session_number=command.number)
    tests = sitting_tests(room.assessments, started)
    _check(command, [(candidate, tests.get(candidate.candidate_id)) for candidate in started])
    for candidate in started:
        reason = command.abort_reasons.get(candidate.candidate_id)
        if candidate.abort_reason is not reason:
            room.candidates.replace(replace(candidate, abort_reason=reason), candidate)
    finalisation = Finalisation(FIRST_FINALISATION, room.clock.now(), command.by, command.global_comment.strip())
    room.sessions.finalise(command.number, finalisation)
    begin_if_reachable(open_finalisations, executions, room.clock, command.number)
    return room.sessions.get(command.number)


def _check(command: FinaliseSession, started: Sequence[tuple[Candidate, AssessmentState | None]]) -> None:
    unfinished = {candidate.candidate_id for candidate, test in started if test is None or not is_complete(test)}
    missing = [
        Violation(f"/abort_reasons/{candidate_id}", "This test was not finished: say why (candidate or technical).", "abort_reason_missing")
        for candidate_id in sorted(unfinished - set(command.abort_reasons))
    ]
    superfluous = [
        Violation(
            f"/abort_reasons/{candidate_id}", "No unfinished test of this session is this one's: leave it out.", "abort_reason_superfluous"
        )
        for candidate_id in sorted(set(command.abort_reasons) - unfinished)
    ]
    too_long = (
        [Violation("/global_comment", f"At most {_LONGEST_COMMENT} characters.", "length")]
        if len(command.global_comment) > _LONGEST_COMMENT
        else []
    )
    if missing or superfluous or too_long:
        raise InvalidFinalisationError("The session cannot be finalised like this.", (*missing, *superfluous, *too_long))
