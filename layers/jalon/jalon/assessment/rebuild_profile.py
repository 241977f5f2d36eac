"""Rebuild a profile from what it is projected from (the command is ``functions/project_profiles/rebuild.py``)."""

from collections.abc import Callable, Iterable

from jalon.assessment.change_profile import FULL_JITTER, Pause, change_profile
from jalon.assessment.profile_entries import ProfileEntry, entries_of
from jalon.assessment.profiles import ProfileStore, StoredProfile
from jalon.assessment.project_profile import merged
from jalon.assessment.releases import Releases
from jalon.assessment.store import AssessmentStore
from jalon.kernel.ids import UserId

#: Every entry of a user as the contexts it belongs to have it now; the stored profile (or None) says which are noted.
ReadEntries = Callable[[UserId, StoredProfile | None], Iterable[ProfileEntry]]


def rebuild_profile(
    store: AssessmentStore,
    profiles: ProfileStore,
    releases: Releases,
    entries: ReadEntries,
    user_id: UserId,
    *,
    pause: Pause = FULL_JITTER,
) -> bool:
    """Rebuild the profile of this user; False, and nothing written, for one of whom there is nothing, not even a profile.

    Safe at any time and any number of times: it says again what the assessments, the participations and the certifications say, keeps
    the resets and the saved tutorials, and never loses what happens meanwhile: all of it is read after the profile, which is
    written only if it has not changed since. Raises :class:`~jalon.assessment.change_profile.ProfileBusyError`.
    """

    def afresh(before: StoredProfile | None) -> StoredProfile | None:
        states, noted = list(store.of_user(user_id)), list(entries(user_id, before))
        if before is None and not states and not noted:
            return None
        return merged(before, releases, user_id, states, afresh=entries_of(noted))

    after, _ = change_profile(profiles, user_id, afresh, pause=pause)
    return after is not None
