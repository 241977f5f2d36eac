"""Keep a tutorial with the profile, to come back to it; or give it up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from jalon.assessment.errors import TooManyTutorialsError, TutorialNotFoundError
from jalon.assessment.profiles import ProfileStore, StoredProfile, UserProfile
from jalon.assessment.project_profile import MAX_TRIES, ProfileBusyError
from jalon.assessment.read_profile import opened
from jalon.assessment.releases import Releases
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId

Tutorials = Mapping[str, datetime]

#: About 10 KB of a profile's item, which is read whole.
MOST_TUTORIALS = 200


def save_tutorial(*, profiles: ProfileStore, releases: Releases, clock: Clock, user_id: UserId, tutorial_id: str) -> UserProfile:
    """The profile with the tutorial saved; one that is saved already keeps its instant.

    Raises TutorialNotFoundError, TooManyTutorialsError, ProfileBusyError.
    """
    if tutorial_id not in releases.current().tutorials:
        raise TutorialNotFoundError("There is no such tutorial in the current learning content.")
    now = clock.now()

    def saved(tutorials: Tutorials) -> Tutorials:
        if tutorial_id not in tutorials and len(tutorials) >= MOST_TUTORIALS:
            raise TooManyTutorialsError(f"A profile keeps {MOST_TUTORIALS} tutorials at most; give one up first.", limit=MOST_TUTORIALS)
        return {tutorial_id: now, **tutorials}

    return _changed(profiles, releases, user_id, saved)


def give_up_tutorial(*, profiles: ProfileStore, releases: Releases, user_id: UserId, tutorial_id: str) -> UserProfile:
    """The profile without the tutorial, whether it was saved or not. Raises ProfileBusyError."""

    def without(tutorials: Tutorials) -> Tutorials:
        return {name: at for name, at in tutorials.items() if name != tutorial_id}

    return _changed(profiles, releases, user_id, without)


def _changed(profiles: ProfileStore, releases: Releases, user_id: UserId, change: Callable[[Tutorials], Tutorials]) -> UserProfile:
    """Change what is saved under optimistic locking, nothing else of the profile with it."""
    for _ in range(MAX_TRIES):
        before = profiles.get(user_id) or _empty(releases, user_id)
        after = replace(before, version=before.version + 1, tutorials=change(before.tutorials))
        if after.tutorials == before.tutorials:
            return opened(before, releases, user_id)
        if profiles.put(after, expected_version=before.version):
            return opened(after, releases, user_id)
    raise ProfileBusyError("The profile is being changed by other requests; the same one may be sent again.")


def _empty(releases: Releases, user_id: UserId) -> StoredProfile:
    nothing = opened(None, releases, user_id)
    return StoredProfile(user_id, 0, nothing.release, nothing.knowledge.pack(), 0, {}, {}, {}, None)
