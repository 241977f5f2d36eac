"""What publication needs: the outcome of one certification, complete, as the certificates context reads it (docs/domain.md §8, §9).

The state machine hands over ``{"session_number", "finalisation", "candidate_id", "certification_id"}`` per candidate to
``publish_certificate`` and ``{"session_number", "finalisation"}`` to ``publish_session``; both read outcomes here. Called again for
the same finalisation they read the same outcome, because results are append-only and a session in publication takes no decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jalon.certification.candidates import Candidate, CandidateStore
from jalon.certification.errors import CertificationNotFoundError
from jalon.certification.identities import Identity
from jalon.certification.results import FIRST_FINALISATION, CertifiedCompetence, Outcome, ResultStore, ResultVersion, version_before
from jalon.certification.sessions import Session, SessionStore
from jalon.kernel.ids import CandidateId, CertificationId, Ine, ReleaseVersion, SessionNumber, Uai, UserId


@dataclass(frozen=True, slots=True)
class CertificationOutcome:
    """One candidate's final outcome.

    ``taken_on`` is the day on the wall of the session's room. ``competences`` has an entry for each competence that was tested;
    level 0 is tested and not certified. ``decided_at`` is the instant of the version that is published.
    """

    certification_id: CertificationId
    session_number: SessionNumber
    candidate_id: CandidateId
    version: int
    finalisation: int
    uai: Uai
    centre: str
    user_id: UserId
    ine: Ine | None
    external_id: str
    class_name: str
    identity: Identity
    outcome: Outcome
    reason: str
    pix: int
    max_level: int
    release: ReleaseVersion
    competences: Mapping[str, CertifiedCompetence]
    comment_for_candidate: str
    comment_for_organisation: str
    taken_on: date
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """Reads outcomes from the certification's stores."""

    sessions: SessionStore
    candidates: CandidateStore
    results: ResultStore

    def outcome(self, number: SessionNumber, candidate_id: CandidateId) -> CertificationOutcome:
        """One candidate's outcome; raises :class:`CertificationNotFoundError` if this candidate did not sit a test."""
        session = self.sessions.get(number)
        candidate = self.candidates.get(number, candidate_id)
        return outcome_of(session, candidate, self._publishable(session, candidate.certification_id))

    def outcomes(self, number: SessionNumber) -> tuple[CertificationOutcome, ...]:
        """The outcomes of all who sat the session, by last name, first name."""
        session = self.sessions.get(number)
        sat = (candidate for candidate in self.candidates.of_session(number) if candidate.started_at is not None)
        return tuple(outcome_of(session, candidate, self._publishable(session, candidate.certification_id)) for candidate in sat)

    def _publishable(self, session: Session, certification_id: CertificationId) -> ResultVersion:
        """The latest version but, while a correction waits for the jury, the one before it: a late execution publishes nothing new."""
        correction = session.finalisation
        if correction is None or correction.number == FIRST_FINALISATION or correction.approved_at is not None:
            return self.results.latest(certification_id)
        return version_before(self.results, certification_id, correction.number)


def outcome_of(session: Session, candidate: Candidate, result: ResultVersion) -> CertificationOutcome:
    """Joins what the three rows say."""
    if candidate.user_id is None:
        raise CertificationNotFoundError("This candidate did not join the session.", candidate_id=candidate.candidate_id)
    return CertificationOutcome(
        certification_id=result.certification_id,
        session_number=session.number,
        candidate_id=candidate.candidate_id,
        version=result.version,
        finalisation=result.finalisation,
        uai=session.uai,
        centre=session.centre,
        user_id=candidate.user_id,
        ine=candidate.ine,
        external_id=candidate.external_id,
        class_name=candidate.class_name,
        identity=result.corrected_identity or candidate.identity,
        outcome=result.outcome,
        reason=result.reason,
        pix=result.pix,
        max_level=result.max_level,
        release=result.release,
        competences=result.competences,
        comment_for_candidate=result.comment_for_candidate,
        comment_for_organisation=result.comment_for_organisation,
        taken_on=result.taken_at.astimezone(ZoneInfo(session.time_zone)).date(),
        decided_at=result.at,
    )
