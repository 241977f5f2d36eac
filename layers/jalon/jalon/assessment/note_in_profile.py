"""Note a participation or a certification in its pupil's profile: what campaigns and certificates call when one of theirs changed."""

from dataclasses import replace

from jalon.assessment.change_profile import FULL_JITTER, Pause, change_profile
from jalon.assessment.profile_entries import Entries, ProfileEntry, entries_of
from jalon.assessment.profiles import ProfileStore, StoredProfile
from jalon.assessment.read_profile import nothing_known
from jalon.assessment.releases import Releases
from jalon.kernel.ids import UserId


def note_in_profile(
    profiles: ProfileStore, releases: Releases, user_id: UserId, *entries: ProfileEntry, pause: Pause = FULL_JITTER
) -> bool:
    """Join these entries with what the profile has of them; whether that changed anything (else nothing is written).

    A late or repeated entry never brings an older state back, and nothing else of the profile is touched. One who has answered nothing
    yet gets a profile for it. Raises :class:`~jalon.assessment.change_profile.ProfileBusyError`.
    """

    def with_them(before: StoredProfile | None) -> StoredProfile | None:
        profile = before or nothing_known(releases, user_id)
        held = Entries(profile.parcours, profile.certifications)
        noted = entries_of(entries, held)
        return before if noted == held else replace(profile, parcours=noted.parcours, certifications=noted.certifications)

    _, changed = change_profile(profiles, user_id, with_them, pause=pause)
    return changed
