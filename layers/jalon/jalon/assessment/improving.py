"""When a finished test may be taken again to learn something new of its pupil. Source: docs/domain.md §3 (delay: 4 days)."""

from collections.abc import Iterable
from datetime import datetime

from engine.content import Release
from engine.knowledge import Knowledge, days_to_improve
from jalon.assessment.profiles import AttemptCard, UserProfile
from jalon.assessment.state import Purpose, Status


def within_reach(release: Release, skills: Iterable[int]) -> tuple[int, ...]:
    """Those of the skills that are asked about: within the levels that pupils can reach."""
    return tuple(index for index in skills if release.skills[index].level <= release.max_level)


def days_before_asking(knowledge: Knowledge, target: Iterable[int], now: datetime) -> int | None:
    """Whole days until another attempt has a question to ask: 0 when it has one now, None when every skill is validated.

    A skill that is not known is asked at once, one that was failed after the delay.
    """
    waits = {
        days_to_improve(knowledge.elements[index].at, int(now.timestamp())) if index in knowledge else 0
        for index in frozenset(target) - knowledge.validated()
    }
    return min(waits, default=None)


def days_before_improving(knowledge: Knowledge, target: Iterable[int], finished_at: datetime | None, now: datetime) -> int | None:
    """Whole days until a test is improved that was finished then, or never begun since others told it all (None).

    None when there is nothing to improve.
    """
    asking = days_before_asking(knowledge, target, now)
    if asking is None or finished_at is None:
        return asking
    return max(asking, days_to_improve(int(finished_at.timestamp()), int(now.timestamp())))


def days_before_another(attempt: AttemptCard, now: datetime) -> int | None:
    """Whole days until a discovery test may be taken again, all of it: 4 after its end (docs/domain.md §3); None while it is under way.

    One that asked nothing holds no delay: starting it begins it afresh.
    """
    if attempt.status is Status.STARTED:
        return None
    return 0 if attempt.asked_nothing else days_to_improve(int(attempt.at.timestamp()), int(now.timestamp()))


def days_before_retrying(profile: UserProfile, participation_id: str, now: datetime) -> int | None:
    """Whole days until a campaign's test may be taken again; None where the campaign does not allow it, or not yet.

    Source: docs/domain.md §3 and §6: 4 days after its end, before anything is sent, while the campaign runs.
    """
    entry, attempt = profile.parcours.get(participation_id), profile.card(Purpose.CAMPAIGN, participation_id)
    if entry is None or not entry.may_retry or entry.archived or attempt is None or attempt.status is not Status.COMPLETED:
        return None
    return days_to_improve(int(attempt.at.timestamp()), int(now.timestamp()))
