"""A candidate of a session and how far he or she is; one row each, written on enrol, join, authorise, start, report and end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from jalon.certification.identities import Identity
from jalon.certification.reports import Report
from jalon.certification.sessions import DURATION_MIN
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, Ine, SessionNumber, UserId


class CandidateStatus(StrEnum):
    ENROLLED = "enrolled"  # on the list
    WAITING = "waiting"  # joined, waits for the invigilator
    AUTHORISED = "authorised"  # may start
    STARTED = "started"
    RESUME_AUTHORISED = "resume_authorised"  # started, may resume once on another device
    ENDED = "ended"  # ended by the invigilator


class AbortReason(StrEnum):
    """Why a test was not finished; asked for when the session is finalised."""

    CANDIDATE = "candidate"  # gave up: unanswered questions count as skipped
    TECHNICAL = "technical"  # a technical problem: unanswered questions are neutralised


@dataclass(frozen=True, slots=True)
class Candidate:
    """``certification_id`` is given on enrolment, so that every later step has a natural key; another one when the place is given back.

    ``started_at`` is the instant at which the test was made (its assessment's), from which this candidate's time runs.
    ``epoch`` is the number of devices that were allowed to write (1 at the start, one more at each resume).
    ``finalisation`` is set once the session's finalisation froze the row; ``revision`` rises at each write.
    """

    session_number: SessionNumber
    candidate_id: CandidateId
    certification_id: CertificationId
    identity: Identity
    ine: Ine | None = None
    class_name: str = ""
    external_id: str = ""
    extra_time_percent: int = 0
    user_id: UserId | None = None
    joined_at: datetime | None = None
    authorised_at: datetime | None = None
    assessment_id: AssessmentId | None = None
    started_at: datetime | None = None
    epoch: int = 0
    resume_authorised_at: datetime | None = None
    device_key: str = ""
    extension_min: int = 0
    ended_at: datetime | None = None
    abort_reason: AbortReason | None = None
    reports: tuple[Report, ...] = ()
    finalisation: int | None = None
    revision: int = 1

    @property
    def status(self) -> CandidateStatus:
        if self.ended_at is not None:
            return CandidateStatus.ENDED
        if self.started_at is not None:
            return CandidateStatus.RESUME_AUTHORISED if self.resume_authorised_at else CandidateStatus.STARTED
        if self.user_id is None:
            return CandidateStatus.ENROLLED
        return CandidateStatus.AUTHORISED if self.authorised_at else CandidateStatus.WAITING


@dataclass(frozen=True, slots=True)
class Sitting:
    """The one certification an account sits at present. ``freed_at`` is when the invigilator gave its place back: then it sits none."""

    user_id: UserId
    certification_id: CertificationId
    session_number: SessionNumber
    candidate_id: CandidateId
    freed_at: datetime | None = None


def own_duration(extra_time_percent: int, extension_min: int) -> timedelta:
    """A candidate's time: 105 minutes × (1 + extra time) + what the invigilator gave; never a global constant (docs/domain.md §5).

    >>> str(own_duration(20, 10))
    '2:16:00'
    """
    return timedelta(minutes=DURATION_MIN) * (100 + extra_time_percent) / 100 + timedelta(minutes=extension_min)


def own_deadline(started_at: datetime, extra_time_percent: int, extension_min: int) -> datetime:
    """When a candidate's own time is over.

    >>> own_deadline(datetime(2027, 3, 12, 9), 20, 10)
    datetime.datetime(2027, 3, 12, 11, 16)
    """
    return started_at + own_duration(extra_time_percent, extension_min)


def extension_of(started_at: datetime, extra_time_percent: int, deadline_at: datetime) -> int:
    """The minutes that a deadline has beyond a candidate's own time: the inverse of :func:`own_deadline`.

    >>> extension_of(datetime(2027, 3, 12, 9), 20, datetime(2027, 3, 12, 11, 16))
    10
    """
    return round((deadline_at - own_deadline(started_at, extra_time_percent, 0)) / timedelta(minutes=1))


class CandidateStore(Protocol):
    """The candidates of sessions."""

    def add(self, candidates: Iterable[Candidate]) -> None:
        """Keeps new candidates (up to a few hundred)."""
        ...

    def get(self, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
        """Raises :class:`CandidateNotFoundError`."""
        ...

    def of_session(self, number: SessionNumber) -> Sequence[Candidate]:
        """All of a session, by last name, first name."""
        ...

    def replace(self, candidate: Candidate, previous: Candidate) -> Candidate:
        """Writes ``candidate`` over ``previous`` and returns it with its next revision.

        Raises :class:`SessionFinalisedError` once the row is frozen, :class:`CandidateChangedError` if ``previous`` is not the
        present revision.
        """
        ...

    def join(self, candidate: Candidate, previous: Candidate, live: Sitting | None) -> Candidate:
        """Like :meth:`replace`, and makes the candidate the account's one sitting, in one transaction of these two rows.

        ``live`` is the account's sitting as read before; raises :class:`AnotherCertificationLiveError` if it changed since, and
        :class:`InvigilatorOfSessionError` if the account has joined the session's room as invigilator.
        """
        ...

    def free(self, candidate: Candidate, previous: Candidate, at: datetime) -> Candidate:
        """Like :meth:`replace`, and in the same transaction ends the sitting of ``previous``'s account, if it is this one."""
        ...

    def freeze(self, number: SessionNumber, candidate_id: CandidateId, finalisation: int) -> Candidate:
        """Closes the row to everyone but this finalisation and later ones; freezing again changes nothing.

        Raises :class:`FinalisationSupersededError` if a later one has closed it.
        """
        ...

    def remove(self, candidate: Candidate) -> None:
        """Takes a candidate who has not joined off the list; raises :class:`CandidateChangedError`."""
        ...

    def sitting_of(self, user: UserId) -> Sitting | None: ...
