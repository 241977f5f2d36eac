"""Forget what is known of one competence, to begin it afresh. Source: docs/domain.md §3 (delay: 7 days)."""

from dataclasses import replace

from engine.content import Release
from engine.knowledge import days_to_reset
from engine.scoring import profile_of
from jalon.assessment.certification_under_way import refuse_during_certification
from jalon.assessment.change_profile import FULL_JITTER, Pause, change_profile
from jalon.assessment.errors import NothingToResetError, TooEarlyToResetError
from jalon.assessment.fresh_profile import fresh_profile, freshened
from jalon.assessment.offer import skills_of_competence
from jalon.assessment.profiles import ProfileStore, StoredProfile, UserProfile
from jalon.assessment.read_profile import opened, packed
from jalon.assessment.releases import Releases
from jalon.assessment.state import EndReason, Purpose, Slot
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId


def reset_competence(
    *,
    store: AssessmentStore,
    profiles: ProfileStore,
    releases: Releases,
    clock: Clock,
    user_id: UserId,
    code: str,
    pause: Pause = FULL_JITTER,
) -> UserProfile:
    """Remove every element of the competence, end its live test if there is one, and give the profile as it stands after.

    The delay counts from the last answer given, projected or not. The instant is kept with the profile, so that a late projection or
    a rebuilding brings nothing back. Not while the pupil sits a certification, which asks about what is known: a test begun afresh would
    ask the same questions, and tell what is right.

    Raises CertificationUnderWayError, CompetenceNotFoundError, NothingToResetError, TooEarlyToResetError with nothing written, and
    ProfileBusyError.
    """
    refuse_during_certification(store, clock, user_id)
    profile = fresh_profile(store, profiles, releases, user_id)
    _refuse_early(releases.pinned(profile.release), profile, code, clock)
    attempt = store.latest_attempt(Slot(user_id, Purpose.COMPETENCE, code))
    if attempt is not None:
        store.end(attempt.assessment_id, reason=EndReason.RESET.value, at=clock.now())

    def without(before: StoredProfile | None) -> StoredProfile:
        profile = freshened(before, store, releases, user_id)
        return packed(_without(releases.pinned(profile.release), profile, code, clock))

    after, _ = change_profile(profiles, user_id, without, pause=pause)
    return opened(after, releases, user_id)


def _refuse_early(release: Release, profile: UserProfile, code: str, clock: Clock) -> None:
    elements = profile.knowledge.within(skills_of_competence(release, code))
    if not len(elements):
        raise NothingToResetError("Nothing is known of this competence yet.")
    days = days_to_reset(max(element.at for element in elements), int(clock.now().timestamp()))
    if days > 0:
        raise TooEarlyToResetError("A competence can be reset 7 days after its last answer.", days_remaining=days)


def _without(release: Release, profile: UserProfile, code: str, clock: Clock) -> UserProfile:
    now = clock.now()
    knowledge = profile.knowledge.without(release.competence_skills(code))
    return replace(
        profile,
        knowledge=knowledge,
        unplaced={name: item for name, item in profile.unplaced.items() if item.competence != code},
        scores=profile_of(release, knowledge),
        resets={**profile.resets, code: now},
        updated_at=now,
    )
