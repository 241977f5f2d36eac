"""What a pupil can do with a competence now: begin, go on, wait, improve, or reset it. Source: docs/domain.md §3."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.content import Release
from engine.knowledge import days_to_reset
from jalon.assessment.improving import days_before_improving, within_reach
from jalon.assessment.profiles import AttemptCard, UserProfile
from jalon.assessment.state import Purpose, Status
from jalon.kernel.ids import AssessmentId


class Progress(StrEnum):
    """How far a pupil is with a competence. What is done may be waiting for its improvement, or complete."""

    TO_START = "to_start"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    TO_IMPROVE = "to_improve"


@dataclass(frozen=True, slots=True)
class CompetenceCard:
    """One competence of a profile.

    ``assessment_id`` is its attempt that still counts. Days are whole: ``days_before_improving`` is None where there is nothing to improve
    (yet, or any more), ``days_before_reset`` where there is nothing to reset.
    """

    progress: Progress
    assessment_id: AssessmentId | None
    days_before_improving: int | None
    days_before_reset: int | None


def competence_card(release: Release, profile: UserProfile, code: str, now: datetime) -> CompetenceCard:
    """The card of a competence of the release, which is the profile's. Raises :class:`~engine.errors.UnknownReferenceError`."""
    attempt = _present_attempt(profile, code)
    progress, days_left = _progress(release, profile, attempt, code, now)
    return CompetenceCard(
        progress=progress,
        assessment_id=None if attempt is None else attempt.assessment_id,
        days_before_improving=days_left,
        days_before_reset=_days_before_reset(release, profile, code, now),
    )


def _present_attempt(profile: UserProfile, code: str) -> AttemptCard | None:
    """The competence's attempt that still counts: one that was ended, that a reset has made forgotten or that asked nothing, does not."""
    attempt, reset_at = profile.card(Purpose.COMPETENCE, code), profile.resets.get(code)
    if attempt is None or attempt.status is Status.ENDED or attempt.asked_nothing:
        return None
    return None if reset_at is not None and _second(attempt.at) < _second(reset_at) else attempt


def _second(moment: datetime) -> int:
    """An answer's instant has no more: the attempt that a reset made forgotten is 7 days older, one of the same second came after it."""
    return int(moment.timestamp())


def _progress(release: Release, profile: UserProfile, attempt: AttemptCard | None, code: str, now: datetime) -> tuple[Progress, int | None]:
    """With the days before improving. A competence of which everything is known is done or to improve, whatever told it."""
    if attempt is not None and attempt.status is Status.STARTED:
        return Progress.IN_PROGRESS, None
    target = within_reach(release, release.competence_skills(code))
    if attempt is None and not (target and all(index in profile.knowledge for index in target)):
        return Progress.TO_START, None
    finished_at = None if attempt is None else attempt.at
    days_left = days_before_improving(profile.knowledge, target, finished_at, now)
    return (Progress.TO_IMPROVE if days_left == 0 else Progress.DONE), days_left


def _days_before_reset(release: Release, profile: UserProfile, code: str, now: datetime) -> int | None:
    last_at = max((element.at for element in profile.knowledge.within(release.competence_skills(code))), default=None)
    return None if last_at is None else days_to_reset(last_at, int(now.timestamp()))
