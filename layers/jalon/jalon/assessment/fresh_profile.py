"""A user's profile with every answer that was acknowledged before it was asked for, for what is decided once and for all.

The stored profile follows the assessments by about a second. Where a person's own writes must count - what is sent to a teacher, what a
certification freezes, what a new test starts from, when a competence may be reset, the response that ends a test - the assessments that
the stored profile may still lack are read too and merged in by the projection's own merge: whatever the stream brings later, or
brought already, changes nothing.
"""

from collections.abc import Iterable

from engine.scoring import Profile
from jalon.assessment.profiles import ProfileStore, StoredProfile, UserProfile
from jalon.assessment.project_profile import with_assessments
from jalon.assessment.read_profile import opened
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState, Status
from jalon.assessment.store import AssessmentStore, Attempt
from jalon.kernel.ids import UserId


def fresh_profile(
    store: AssessmentStore,
    profiles: ProfileStore,
    releases: Releases,
    user_id: UserId,
    *,
    at_hand: Iterable[AssessmentState] = (),
    attempts: Iterable[Attempt] | None = None,
) -> UserProfile:
    """The user's knowledge and scores in the current release, every acknowledged answer counted; ``version`` is the stored profile's.

    Costs one read of the profile, one query of the attempts and, where a test is under way or not projected yet, one batch read for
    each 100 of these; ``at_hand`` are assessments of the user that the caller has just read or written, ``attempts`` all of theirs where
    it has just read them: neither is read again.
    """
    return freshened(profiles.get(user_id), store, releases, user_id, at_hand=at_hand, attempts=attempts)


def freshened(
    stored: StoredProfile | None,
    store: AssessmentStore,
    releases: Releases,
    user_id: UserId,
    *,
    at_hand: Iterable[AssessmentState] = (),
    attempts: Iterable[Attempt] | None = None,
) -> UserProfile:
    """:func:`fresh_profile` of one whose stored profile, None where there is none, has just been read."""
    known = {state.assessment_id: state for state in at_hand}
    unread = [
        attempt.assessment_id
        for attempt in (store.attempts_of(user_id) if attempts is None else attempts)
        if attempt.assessment_id not in known and _may_bring_news(stored, attempt)
    ]
    return with_assessments(opened(stored, releases, user_id), releases, [*known.values(), *store.get_many(unread).values()])


def profile_after(store: AssessmentStore, profiles: ProfileStore, releases: Releases, state: AssessmentState) -> Profile | None:
    """The scores to show with a test that is over: the profile with this test and every other of its user's.

    None, and nothing read, for a test that still runs and for one that does not enrich the profile.
    """
    if state.is_live or not state.purpose.enriches_profile:
        return None
    return fresh_profile(store, profiles, releases, state.user_id, at_hand=[state]).scores


def _may_bring_news(stored: StoredProfile | None, attempt: Attempt) -> bool:
    """False for a test that brings no knowledge, and for one that the profile shows as over: it was merged with all its answers.

    True for one whose card fell out of those that a profile keeps: it is read once more, and changes nothing.
    """
    if not attempt.slot.purpose.enriches_profile:
        return False
    card = stored.cards.get(attempt.slot.key) if stored else None
    return card is None or card.assessment_id != attempt.assessment_id or card.status is Status.STARTED
