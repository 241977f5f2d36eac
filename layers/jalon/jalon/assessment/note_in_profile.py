"""Note a participation or a certification in its pupil's profile: what campaigns and certificates call when one of theirs changed."""

from dataclasses import replace

from jalon.assessment.profile_entries import Entries, ProfileEntry, entries_of
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.project_profile import MAX_TRIES, ProfileBusyError
from jalon.assessment.read_profile import opened, packed
from jalon.assessment.releases import Releases
from jalon.kernel.ids import UserId


def note_in_profile(profiles: ProfileStore, releases: Releases, user_id: UserId, *entries: ProfileEntry) -> bool:
    """Join these entries with what the profile has of them; whether that changed anything (else nothing is written).

    A late or repeated entry never brings an older state back, and nothing else of the profile is touched. One who has answered nothing
    yet gets a profile for it. Raises :class:`ProfileBusyError`.
    """
    for _ in range(MAX_TRIES):
        before = profiles.get(user_id) or packed(opened(None, releases, user_id))
        held = Entries(before.parcours, before.certifications)
        noted = entries_of(entries, held)
        if noted == held:
            return False
        after = replace(before, version=before.version + 1, parcours=noted.parcours, certifications=noted.certifications)
        if profiles.put(after, expected_version=before.version):
            return True
    raise ProfileBusyError("The profile is being changed by other requests; the same one may be sent again.")
