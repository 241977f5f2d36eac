"""Stream worker: merges each changed assessment into its user's profile, and closes a test that nobody else closed."""

from typing import Any

from functions.project_profiles.wiring import parts
from jalon.assessment.project_profile import project_profile
from jalon.assessment.settle import settle
from jalon.assessment.tables import state_of
from jalon.edge.erasures import AccountErasedError
from jalon.edge.observability import logger
from jalon.edge.workers import Record, stream_batch

SERVICE = "project_profiles"


def project(record: Record) -> None:
    """One record of the assessments' stream. A deleted assessment changes no profile, and an erased person's gets none again."""
    image: dict[str, Any] | None = record["dynamodb"].get("NewImage")
    if image is None:
        return
    state = state_of(image)
    try:
        profile = project_profile(parts().profiles, parts().releases, state)
    except AccountErasedError:
        logger(SERVICE).info("PROFILE_OF_ERASED_ACCOUNT", assessment_id=state.assessment_id)
        return
    settle(parts().store, parts().releases.pinned(state.release), state, parts().clock.now())
    logger(SERVICE).info("PROFILE_PROJECTED", assessment_id=state.assessment_id, answered=len(state.answers), version=profile.version)


handler = stream_batch(SERVICE, project)
