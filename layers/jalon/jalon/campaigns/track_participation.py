"""Bring a participation up to its test (docs/domain.md §6): progress while it is taken, TO_SHARE when it is over."""

from jalon.assessment.progress import progress_percent
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore
from jalon.campaigns.participation import Participation, ParticipationStatus, ParticipationStore, key_of

#: Progress is noted at each checkpoint and at the end, so that an answer costs the campaign nothing most of the time.
NOTED_EVERY = 5


def is_worth_noting(state: AssessmentState) -> bool:
    """Whether the teacher's list should move: at a checkpoint, or when the test is over."""
    return not state.is_live or len(state.answers) % NOTED_EVERY == 0


def track_participation(participations: ParticipationStore, releases: Releases, state: AssessmentState) -> None:
    """Note a campaign test's progress on its participation; older or repeated news, or those of an attempt before, change nothing."""
    if state.participation_id is None or not is_worth_noting(state):
        return
    _note(participations, releases, state)


def catch_up(
    participations: ParticipationStore, assessments: AssessmentStore, releases: Releases, participation: Participation
) -> Participation:
    """The participation as its test has it now, though the news of it was lost: brought up to the test if it is behind.

    A test that is over changes no more, so that no later news would bring its participation up. Source: docs/domain.md §6.
    """
    if participation.status is not ParticipationStatus.STARTED or participation.assessment_id is None:
        return participation
    state = assessments.get(participation.assessment_id)
    if state is None or state.participation_id is None or (state.is_live and len(state.answers) <= participation.answered):
        return participation
    _note(participations, releases, state)
    return participations.find(participation.campaign_id, participation.user_id) or participation


def _note(participations: ParticipationStore, releases: Releases, state: AssessmentState) -> None:
    campaign_id, user_id = key_of(state.participation_id or "")
    participations.advance(
        campaign_id,
        user_id,
        state.assessment_id,
        answered=len(state.answers),
        progress_percent=progress_percent(releases.outline(state.release), state),
        finished=not state.is_live,
    )
