"""The jury reads what waits, decides, and lets sessions be published (docs/domain.md §8)."""

from dataclasses import dataclass, replace

from jalon.assessment.releases import Releases
from jalon.certification.candidates import Candidate, CandidateStore
from jalon.certification.decisions import AnyDecision, decided, details_of, kind_of
from jalon.certification.errors import NotInJuryError, OpenPointsError, ResultChangedError
from jalon.certification.finalisations import Executions
from jalon.certification.results import Decision, ResultStore, ResultVersion, first_version
from jalon.certification.sessions import Session, SessionStore
from jalon.certification.workflow_tasks import APPROVED
from jalon.certification.worklist import WorklistStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import CertificationId, SessionNumber, UserId


@dataclass(frozen=True, slots=True)
class Bench:
    """What the jury works with."""

    sessions: SessionStore
    candidates: CandidateStore
    results: ResultStore
    worklist: WorklistStore
    executions: Executions
    releases: Releases
    clock: Clock


@dataclass(frozen=True, slots=True)
class ReviewedCandidate:
    """A candidate who started, with the versions of the result, oldest first (none while scoring is not done)."""

    candidate: Candidate
    history: tuple[ResultVersion, ...]

    @property
    def result(self) -> ResultVersion | None:
        return self.history[-1] if self.history else None


@dataclass(frozen=True, slots=True)
class Review:
    """A session as the jury sees it."""

    session: Session
    candidates: tuple[ReviewedCandidate, ...]

    @property
    def open_points(self) -> int:
        return sum(len(item.result.open_points) if item.result else 1 for item in self.candidates)


def review_session(bench: Bench, number: SessionNumber) -> Review:
    """A finalised session in full. Raises :class:`SessionNotFoundError`, and :class:`NotInJuryError` before it is finalised."""
    session = bench.sessions.get(number)
    if session.finalisation is None:
        raise NotInJuryError("This session is not finalised.", session_number=number)
    started = (candidate for candidate in bench.candidates.of_session(number) if candidate.started_at is not None)
    return Review(session, tuple(ReviewedCandidate(item, tuple(bench.results.history(item.certification_id))) for item in started))


def record_decision(
    bench: Bench, author: UserId, certification_id: CertificationId, decision: AnyDecision, version: int | None
) -> ResultVersion:
    """Appends the version that follows from ``decision``.

    ``version`` is the one the author had before their eyes (None: whichever is the latest). Raises
    :class:`CertificationNotFoundError`, :class:`InvalidDecisionError`, :class:`ResultChangedError` if another decision came
    first, and :class:`NotInJuryError` before the session is with the jury or after it was let go.
    """
    latest = bench.results.latest(certification_id)
    if version is not None and version != latest.version:
        raise ResultChangedError("Another decision on this certification came first: read it again.", version=latest.version)
    finalisation = bench.sessions.get(latest.session_number).finalisation
    following_number = max(latest.version + 1, first_version(finalisation.number if finalisation else 1))
    now = bench.clock.now()
    after = decided(latest, decision, lambda: bench.releases.pinned(latest.release))
    following = replace(
        after,
        version=following_number,
        author=author,
        at=now,
        decision=Decision(kind_of(decision), author, now, details_of(decision)),
    )
    bench.results.append_decision(following)
    return following


def approve_publication(bench: Bench, author: UserId, number: SessionNumber) -> Session:
    """Lets a session be published. Approving again changes nothing.

    Our record first, the workflow's token second: if the workflow has died meanwhile, its next execution finds the record and goes
    on without asking again. Raises :class:`NotInJuryError`, :class:`OpenPointsError`.
    """
    review = review_session(bench, number)
    finalisation = review.session.finalisation
    if finalisation is None or finalisation.in_jury_since is None:
        raise NotInJuryError("This session does not wait for the jury.", session_number=number)
    if finalisation.approved_at is None and review.open_points:
        raise OpenPointsError("Some points of this session still wait for a decision.", open_points=review.open_points)
    session = bench.sessions.approve(number, finalisation.number, author, bench.clock.now())
    waiting = bench.worklist.get(number)
    if waiting is not None and waiting.finalisation == finalisation.number:
        bench.executions.succeed(waiting.token, dict(APPROVED))
    return session
