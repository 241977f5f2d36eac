"""Rebuild profiles from the assessments they are projected from (the command is ``python -m functions.project_profiles.rebuild``)."""

from collections.abc import Iterable
from functools import partial

from jalon.assessment.profiles import ProfileStore
from jalon.assessment.project_profile import project_assessments
from jalon.assessment.releases import Releases
from jalon.assessment.store import AssessmentStore
from jalon.kernel.ids import UserId


def rebuild_profiles(store: AssessmentStore, profiles: ProfileStore, releases: Releases, users: Iterable[UserId]) -> int:
    """Rebuild the profiles of these users; how many were rebuilt.

    Safe at any time and any number of times: it says again what the assessments say, keeps the resets, and never loses an
    answer that is given meanwhile.
    """
    count = 0
    for user_id in users:
        project_assessments(profiles, releases, user_id, partial(store.of_user, user_id), afresh=True)
        count += 1
    return count
