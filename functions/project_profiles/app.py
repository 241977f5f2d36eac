"""Stream worker: merges changed assessments into their user's profile, and closes a test that nobody else closed."""

from collections.abc import Sequence

from functions.project_profiles.wiring import parts
from jalon.assessment.project_profile import changes_profile, project_profile
from jalon.assessment.settle import settle
from jalon.assessment.state import AssessmentState
from jalon.assessment.tables import state_of
from jalon.edge.erasures import AccountErasedError
from jalon.edge.observability import logger
from jalon.edge.workers import Record, grouped_stream_batch

SERVICE = "project_profiles"


def owner(record: Record) -> str | None:
    """Whose assessment changed; None where it was deleted."""
    user_id: str | None = record["dynamodb"].get("NewImage", {}).get("user_id", {}).get("S")
    return user_id


def project(records: Sequence[Record]) -> None:
    """Records of the assessments' stream, all of one user: one read and at most one write of their profile, the last image of each test.

    A deleted assessment changes no profile, and an erased person's gets none again.
    """
    images = (record["dynamodb"].get("NewImage") for record in records)
    latest = {state.assessment_id: state for state in map(state_of, filter(None, images))}
    try:
        _merge([state for state in latest.values() if changes_profile(state)])
    except AccountErasedError:
        logger(SERVICE).info("PROFILE_OF_ERASED_ACCOUNT", assessment_ids=list(latest))
        return
    for state in latest.values():
        settle(parts().store, parts().releases.pinned(state.release), state, parts().clock.now())


def _merge(states: Sequence[AssessmentState]) -> None:
    if not states:
        return
    profile = project_profile(parts().profiles, parts().releases, *states)
    for state in states:
        logger(SERVICE).info("PROFILE_PROJECTED", assessment_id=state.assessment_id, answered=len(state.answers), version=profile.version)


handler = grouped_stream_batch(SERVICE, owner, project)
