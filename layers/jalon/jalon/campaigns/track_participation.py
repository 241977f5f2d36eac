"""Bring a participation up to its test (docs/domain.md §6): progress while it is taken, TO_SHARE when it is over."""

from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState
from jalon.campaigns.participation import ParticipationStore, key_of
from jalon.campaigns.shared_results import progress_percent

#: Progress is noted at each checkpoint and at the end, so that an answer costs the campaign nothing most of the time.
NOTED_EVERY = 5


def is_worth_noting(state: AssessmentState) -> bool:
    """Whether the teacher's list should move: at a checkpoint, or when the test is over."""
    return not state.is_live or len(state.answers) % NOTED_EVERY == 0


def track_participation(participations: ParticipationStore, releases: Releases, state: AssessmentState) -> None:
    """Note a campaign test's progress on its participation; older or repeated news, or those of an attempt before, change nothing."""
    if state.participation_id is None or not is_worth_noting(state):
        return
    campaign_id, user_id = key_of(state.participation_id)
    participations.advance(
        campaign_id,
        user_id,
        state.assessment_id,
        answered=len(state.answers),
        progress_percent=progress_percent(releases.pinned(state.release), state),
        finished=not state.is_live,
    )
