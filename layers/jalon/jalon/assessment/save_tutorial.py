"""Keep a tutorial with the profile, to come back to it; or give it up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from jalon.assessment.change_profile import FULL_JITTER, Pause, change_profile
from jalon.assessment.errors import TooManyTutorialsError, TutorialNotFoundError
from jalon.assessment.profiles import ProfileStore, StoredProfile, UserProfile
from jalon.assessment.read_profile import nothing_known, opened
from jalon.assessment.releases import Releases
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId

Tutorials = Mapping[str, datetime]

#: About 10 KB of a profile's item, which is read whole.
MOST_TUTORIALS = 200


def save_tutorial(
    *, profiles: ProfileStore, releases: Releases, clock: Clock, user_id: UserId, tutorial_id: str, pause: Pause = FULL_JITTER
) -> UserProfile:
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

    return _changed(profiles, releases, user_id, saved, pause)


def give_up_tutorial(
    *, profiles: ProfileStore, releases: Releases, user_id: UserId, tutorial_id: str, pause: Pause = FULL_JITTER
) -> UserProfile:
    """The profile without the tutorial, whether it was saved or not. Raises ProfileBusyError."""

    def without(tutorials: Tutorials) -> Tutorials:
        return {name: at for name, at in tutorials.items() if name != tutorial_id}

    return _changed(profiles, releases, user_id, without, pause)


def _changed(
    profiles: ProfileStore, releases: Releases, user_id: UserId, change: Callable[[Tutorials], Tutorials], pause: Pause
) -> UserProfile:
    """Change what is saved, nothing else of the profile with it."""

    def with_change(before: StoredProfile | None) -> StoredProfile | None:
        profile = before or nothing_known(releases, user_id)
        tutorials = change(profile.tutorials)
        return before if tutorials == profile.tutorials else replace(profile, tutorials=tutorials)

    after, _ = change_profile(profiles, user_id, with_change, pause=pause)
    return opened(after, releases, user_id)
