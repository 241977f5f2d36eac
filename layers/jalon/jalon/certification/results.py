"""Results of a certification: append-only versions, each complete, each with its author (docs/domain.md §5, §8).

A version's number is its natural key: ``1000 × finalisation`` for the score by rule, then one more for each decision of the
jury on it. Scoring the same finalisation again therefore finds its version written and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from jalon.certification.errors import CertificationNotFoundError
from jalon.certification.identities import Identity
from jalon.certification.reports import ReportCode
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, ReleaseVersion, SessionNumber, Uai, UserId

SYSTEM = UserId("system")
FIRST_FINALISATION = 1
VERSIONS_PER_FINALISATION = 1000


class Outcome(StrEnum):
    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    ERROR = "error"  # could not be scored by rule: the jury settles it


class Settled(StrEnum):
    """What became of a report."""

    NO_EFFECT = "no_effect"  # blocks nothing, or the answer was right anyway
    NEUTRALISED = "neutralised"
    COUNTED_RIGHT = "counted_right"
    WAITING = "waiting"  # for the jury
    DISMISSED = "dismissed"  # by the jury, without effect
    UPHELD = "upheld"  # by the jury, which decided apart what follows


@dataclass(frozen=True, slots=True)
class CertifiedCompetence:
    level: int
    pix: int


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One question of the test, as it counts. ``result`` is the engine's word, or ``unanswered``."""

    number: int
    competence: str
    challenge_id: str
    result: str
    neutralised: bool = False
    counted_right: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    report_id: str
    code: ReportCode
    outcome: Settled
    question_number: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a member of the jury decided: ``kind`` is one of :mod:`jalon.certification.decisions`; ``details`` its arguments."""

    kind: str
    author: UserId
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResultVersion:
    """Everything that is certified, or not, of one candidate, at one moment.

    ``ending`` is how the test stopped, in the engine's words (``completed``, ``gave_up``, ``technical``). ``levels_at_start`` are
    the pix and level per tested competence of the profile frozen at the start. ``corrected_identity`` replaces the candidate's
    identity where the jury corrected it. ``reason`` says why when ``outcome`` is not validated.
    """

    certification_id: CertificationId
    version: int
    session_number: SessionNumber
    candidate_id: CandidateId
    assessment_id: AssessmentId
    uai: Uai
    user_id: UserId
    release: ReleaseVersion
    max_level: int
    outcome: Outcome
    reason: str
    pix: int
    rate: int
    trusted: bool
    competences: Mapping[str, CertifiedCompetence]
    levels_at_start: Mapping[str, CertifiedCompetence]
    ending: str
    marks: tuple[QuestionMark, ...]
    settlements: tuple[Settlement, ...]
    taken_at: datetime
    author: UserId
    at: datetime
    decision: Decision | None = None
    corrected_identity: Identity | None = None
    comment_for_candidate: str = ""
    comment_for_organisation: str = ""

    @property
    def finalisation(self) -> int:
        return self.version // VERSIONS_PER_FINALISATION

    @property
    def open_points(self) -> tuple[str, ...]:
        """What still waits for a human: ids of reports, and ``scoring`` if the rule gave no score."""
        waiting = tuple(settlement.report_id for settlement in self.settlements if settlement.outcome is Settled.WAITING)
        return (*waiting, "scoring") if self.outcome is Outcome.ERROR else waiting


def first_version(finalisation: int) -> int:
    """The version that scoring writes for a finalisation.

    >>> first_version(1)
    1000
    """
    return finalisation * VERSIONS_PER_FINALISATION


class ResultStore(Protocol):
    """The versions of results; nothing is ever changed or removed."""

    def append(self, result: ResultVersion) -> ResultVersion:
        """Writes the version that scoring makes, unless its number exists; returns the version that is kept under that number."""
        ...

    def append_decision(self, result: ResultVersion) -> None:
        """Writes a version that the jury makes, if its session is still before the jury (checked in the same transaction).

        Raises :class:`NotInJuryError` or :class:`ResultChangedError`.
        """
        ...

    def latest(self, certification_id: CertificationId) -> ResultVersion:
        """Raises :class:`CertificationNotFoundError`."""
        ...

    def history(self, certification_id: CertificationId) -> Sequence[ResultVersion]:
        """All versions, oldest first."""
        ...


def version_before(results: ResultStore, certification_id: CertificationId, finalisation: int) -> ResultVersion:
    """The last version of the finalisations before this one. Raises :class:`CertificationNotFoundError`."""
    before = [result for result in results.history(certification_id) if result.version < first_version(finalisation)]
    if not before:
        raise CertificationNotFoundError("This certification has no result before this finalisation.")
    return before[-1]
