"""Forget what is known of one competence, to begin it afresh. Source: docs/domain.md §3 (delay: 7 days)."""

from dataclasses import replace

from engine.content import Release
from engine.errors import UnknownReferenceError
from engine.knowledge import days_to_reset
from engine.scoring import profile_of
from jalon.assessment.errors import CompetenceNotFoundError, NothingToResetError, TooEarlyToResetError
from jalon.assessment.fresh_profile import fresh_profile
from jalon.assessment.profiles import ProfileStore, UserProfile
from jalon.assessment.project_profile import MAX_TRIES, ProfileBusyError
from jalon.assessment.read_profile import packed
from jalon.assessment.releases import Releases
from jalon.assessment.state import Purpose, Slot
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId

END_REASON = "reset"


def reset_competence(
    *, store: AssessmentStore, profiles: ProfileStore, releases: Releases, clock: Clock, user_id: UserId, code: str
) -> UserProfile:
    """Remove every element of the competence, end its live test if there is one, and give the profile as it stands after.

    The delay counts from the last answer given, projected or not. The instant is kept with the profile, so that a late projection or
    a rebuilding brings nothing back.
    Raises CompetenceNotFoundError, NothingToResetError, TooEarlyToResetError.
    """
    release = releases.current()
    profile = fresh_profile(store, profiles, releases, user_id)
    _refuse_early(release, profile, code, clock)
    attempt = store.latest_attempt(Slot(user_id, Purpose.COMPETENCE, code))
    if attempt is not None:
        store.end(attempt.assessment_id, reason=END_REASON, at=clock.now())
    for _ in range(MAX_TRIES):
        after = _without(release, profile, code, clock)
        if profiles.put(packed(after), expected_version=profile.version):
            return after
        profile = fresh_profile(store, profiles, releases, user_id)
    raise ProfileBusyError("The profile is being changed by other requests; the same one may be sent again.")


def _refuse_early(release: Release, profile: UserProfile, code: str, clock: Clock) -> None:
    try:
        elements = profile.knowledge.within(release.competence_skills(code))
    except UnknownReferenceError:
        raise CompetenceNotFoundError("There is no such competence; see GET /v1/me/profile for the list.") from None
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
        version=profile.version + 1,
        knowledge=knowledge,
        scores=profile_of(release, knowledge),
        resets={**profile.resets, code: now},
        updated_at=now,
    )
