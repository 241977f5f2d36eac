"""What the finalisation's state machine asks between scoring and publication; each task is safe to repeat.

Source: docs/architecture.md, *What is never lost*.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jalon.certification.candidates import Candidate, CandidateStore
from jalon.certification.finalisations import Executions, OpenFinalisationStore
from jalon.certification.results import ResultStore, ResultVersion
from jalon.certification.score_candidate import current_session
from jalon.certification.sessions import Session, SessionStore
from jalon.certification.worklist import WaitingSession, WorklistStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import SessionNumber

#: What the waiting task gets when the jury lets the session go on.
APPROVED = {"decision": "publish"}


@dataclass(frozen=True, slots=True)
class LoadedSession:
    """A finalised session and the candidates who started; ``published`` when nothing is left to do."""

    session: Session
    finalisation: int
    global_comment: bool
    started: tuple[Candidate, ...]

    @property
    def published(self) -> bool:
        return self.session.is_published


def load_session(sessions: SessionStore, candidates: CandidateStore, number: SessionNumber, finalisation: int) -> LoadedSession:
    """What the workflow goes through; from now on nobody starts in this session.

    Every row is frozen before it is asked who started. A start that had read the session just before it was finalised has either written
    its row by then, and is scored with the others, or never gets a test (:func:`~jalon.certification.start_certification`): no answer is
    acknowledged that would not be published. Raises :class:`FinalisationSupersededError` if this is not the session's finalisation.
    """
    session = current_session(sessions, number, finalisation)
    frozen = [candidates.freeze(number, candidate.candidate_id, finalisation) for candidate in candidates.of_session(number)]
    return LoadedSession(session, finalisation, _is_commented(session), _started(frozen))


@dataclass(frozen=True, slots=True)
class JuryDesk:
    """What asking the jury works with."""

    sessions: SessionStore
    candidates: CandidateStore
    results: ResultStore
    worklist: WorklistStore
    executions: Executions
    clock: Clock


def request_jury(desk: JuryDesk, number: SessionNumber, finalisation: int, token: str, reminders: int) -> bool:
    """Puts the session on the jury's worklist under the task's token; False if the jury had agreed already and the task goes on at once.

    An execution that was lost after the jury's agreement thus does not ask it a second time.
    """
    now = desk.clock.now()
    session = desk.sessions.enter_jury(number, finalisation, now)
    results = [desk.results.latest(candidate.certification_id) for candidate in _started(desk.candidates.of_session(number))]
    waiting = WaitingSession(
        session_number=number,
        finalisation=finalisation,
        token=token,
        uai=session.uai,
        centre=session.centre,
        certifications=len(results),
        to_decide=sum(bool(result.open_points) for result in results),
        global_comment=_is_commented(session),
        waiting_since=now,
        reminders=reminders,
    )
    desk.worklist.put(waiting)
    # Read after the token is on the list: an agreement before it finds no token to use, one after it does.
    if _is_approved(desk.sessions.get(number)):
        desk.executions.succeed(token, dict(APPROVED))
        return False
    return True


def is_clean(result: ResultVersion) -> bool:
    """Whether nothing about this result waits for the jury."""
    return not result.open_points


def mark_published(
    sessions: SessionStore,
    worklist: WorklistStore,
    open_finalisations: OpenFinalisationStore,
    clock: Clock,
    number: SessionNumber,
    finalisation: int,
) -> Session:
    """Locks the session and takes it off both lists; last, so that whatever died before is begun again."""
    session = sessions.mark_published(number, finalisation, clock.now())
    worklist.remove(number, finalisation)
    open_finalisations.close(number, finalisation)
    return session


def _started(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate in candidates if candidate.started_at is not None)


def _is_commented(session: Session) -> bool:
    return session.finalisation is not None and bool(session.finalisation.global_comment)


def _is_approved(session: Session) -> bool:
    return session.finalisation is not None and session.finalisation.approved_at is not None
