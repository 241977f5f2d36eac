"""Score one candidate of a finalised session: freeze, end, mark, settle, score, write the version. Safe to repeat at any point.

The version's number is ``1000 × finalisation``, so that scoring a second time finds the first and answers the same.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from engine.errors import EngineError
from engine.outcome import Ending
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import AssessmentNotFoundError, ReleaseNotFoundError
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState, EndReason, Status
from jalon.assessment.store import AssessmentStore
from jalon.certification.candidates import AbortReason, Candidate, CandidateStore
from jalon.certification.errors import CertificationNotFoundError, FinalisationSupersededError, ScoringError
from jalon.certification.results import FIRST_FINALISATION, SYSTEM, Outcome, ResultStore, ResultVersion, first_version, version_before
from jalon.certification.scoring import equipment_of, levels_of, marks_of, scored
from jalon.certification.sessions import Session, SessionStore
from jalon.certification.settle_reports import settle_reports
from jalon.kernel.clock import Clock
from jalon.kernel.ids import AssessmentId, CandidateId, ReleaseVersion, SessionNumber, UserId

_ENDINGS = {AbortReason.CANDIDATE: Ending.GAVE_UP, AbortReason.TECHNICAL: Ending.TECHNICAL}


@dataclass(frozen=True, slots=True)
class Marking:
    """The stores that scoring works with."""

    sessions: SessionStore
    candidates: CandidateStore
    results: ResultStore
    assessments: AssessmentStore
    releases: Releases
    clock: Clock


@dataclass(frozen=True, slots=True)
class ScoreCandidate:
    number: SessionNumber
    finalisation: int
    candidate_id: CandidateId


def score_candidate(marking: Marking, command: ScoreCandidate) -> ResultVersion:
    """The candidate's result by rule or, in a correction, as it was published; by rule, too, where an earlier version published none.

    Raises :class:`FinalisationSupersededError` for another finalisation's candidate, and :class:`ScoringError` when the content
    or the test cannot be read: then :func:`set_aside` gives the case to the jury.
    """
    session = current_session(marking.sessions, command.number, command.finalisation)
    candidate = marking.candidates.freeze(command.number, command.candidate_id, command.finalisation)
    if command.finalisation > FIRST_FINALISATION:
        # a correction begins from what was published, with the jury's decisions in it; earlier versions let starts through too late for it
        with suppress(CertificationNotFoundError):
            return version_before(marking.results, candidate.certification_id, command.finalisation)
    try:
        result = _by_rule(marking, session, candidate, command.finalisation)
    except (EngineError, ReleaseNotFoundError, AssessmentNotFoundError) as error:
        raise ScoringError("This test cannot be scored by rule.", cause=type(error).__name__) from error
    return marking.results.append(result)


def set_aside(marking: Marking, command: ScoreCandidate) -> ResultVersion:
    """A version without a score, which waits for the jury."""
    session = current_session(marking.sessions, command.number, command.finalisation)
    candidate = marking.candidates.freeze(command.number, command.candidate_id, command.finalisation)
    blank = _blank(session, candidate, command.finalisation)
    settling = settle_reports(candidate.reports, (), {})
    return marking.results.append(replace(blank, settlements=settling.settlements, at=marking.clock.now()))


def _by_rule(marking: Marking, session: Session, candidate: Candidate, finalisation: int) -> ResultVersion:
    blank = _blank(session, candidate, finalisation)
    test = end_assessment(marking.assessments, marking.clock, blank.assessment_id, EndReason.FINALISATION)
    release = marking.releases.pinned(test.release)
    marks = marks_of(release, test)
    settling = settle_reports(candidate.reports, marks, equipment_of(release, test))
    marked = replace(
        blank,
        release=test.release,
        max_level=release.max_level,
        ending=ending_of(candidate, test).value,
        levels_at_start=levels_of(test.profile_at_start, marks),
        marks=settling.marks,
        settlements=settling.settlements,
        taken_at=test.started_at,
        at=marking.clock.now(),
    )
    return marked if _nobody_said_why(candidate, test) else scored(release, marked)


def current_session(sessions: SessionStore, number: SessionNumber, finalisation: int) -> Session:
    """The session, if this is its present finalisation. Raises :class:`FinalisationSupersededError`."""
    session = sessions.get(number)
    if session.finalisation is None or session.finalisation.number != finalisation:
        raise FinalisationSupersededError("The session does not know this finalisation.", session_number=number)
    return session


def ending_of(candidate: Candidate, test: AssessmentState) -> Ending:
    """How the test stopped; one that was answered to its end needs no reason. Nobody's reason is held against the candidate."""
    return Ending.COMPLETED if is_complete(test) else _ENDINGS[candidate.abort_reason or AbortReason.TECHNICAL]


def _nobody_said_why(candidate: Candidate, test: AssessmentState) -> bool:
    """Whether the test was begun while the session was being finalised, and so not asked about: the jury settles it, answers in hand."""
    return candidate.abort_reason is None and not is_complete(test)


def is_complete(test: AssessmentState) -> bool:
    """Whether every question is answered, also where the crash of a function kept the test from being marked so."""
    return test.status is Status.COMPLETED or len(test.answers) >= len(test.questions or ())


def _blank(session: Session, candidate: Candidate, finalisation: int) -> ResultVersion:
    if candidate.user_id is None or candidate.assessment_id is None or candidate.started_at is None:
        raise CertificationNotFoundError("This candidate has not started a test.", candidate_id=candidate.candidate_id)
    return ResultVersion(
        certification_id=candidate.certification_id,
        version=first_version(finalisation),
        session_number=session.number,
        candidate_id=candidate.candidate_id,
        assessment_id=AssessmentId(candidate.assessment_id),
        uai=session.uai,
        user_id=UserId(candidate.user_id),
        release=ReleaseVersion(""),
        max_level=0,
        outcome=Outcome.ERROR,
        reason="",
        pix=0,
        rate=0,
        trusted=False,
        competences={},
        levels_at_start={},
        ending=Ending.COMPLETED.value,
        marks=(),
        settlements=(),
        taken_at=candidate.started_at,
        author=SYSTEM,
        at=candidate.started_at,
    )
