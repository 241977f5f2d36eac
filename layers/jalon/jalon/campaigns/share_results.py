"""Send one's results to the teacher: an assessment once, a profile as often as the campaign allows (docs/domain.md §6)."""

from jalon.assessment.fresh_profile import fresh_profile
from jalon.assessment.load_assessment import load_assessment
from jalon.assessment.settle import settle
from jalon.campaigns.campaign import Campaign, CampaignType
from jalon.campaigns.participation import (
    Participation,
    ResultsAlreadySentError,
    TestNotFinishedError,
    own_participation,
)
from jalon.campaigns.shared_results import SharedResults, assessment_results, profile_results
from jalon.campaigns.start_participation import TakingPart, already_sent, open_campaign
from jalon.kernel.ids import UserId


def share_results(taking_part: TakingPart, participation_id: str, user_id: UserId) -> Participation:
    """The participation, SHARED, with the results as they are now.

    What is sent may be sent for good, so nothing of it is read from what lags the pupil's answers by some seconds: a profile has all of
    them merged in, and a test itself says whether it is finished and how.

    Raises ParticipationNotFoundError, CampaignArchivedError, TestNotFinishedError, ResultsAlreadySentError.
    """
    participation = own_participation(taking_part.participations, participation_id, user_id)
    campaign = open_campaign(taking_part, participation)
    shared = taking_part.participations.share(participation, _results(taking_part, campaign, participation), taking_part.clock.now())
    if shared is None:
        raise _overtaken(taking_part, participation)
    return shared


def _overtaken(taking_part: TakingPart, participation: Participation) -> ResultsAlreadySentError | TestNotFinishedError:
    """Why what was read is not sent any more: the pupil's other device sent it, or began the test again."""
    now = taking_part.participations.find(participation.campaign_id, participation.user_id)
    begun_again = now is not None and now.sendings == participation.sendings
    return _not_finished() if begun_again else already_sent(participation)


def _results(taking_part: TakingPart, campaign: Campaign, participation: Participation) -> SharedResults:
    if campaign.type is CampaignType.PROFILE_COLLECTION:
        profile = fresh_profile(taking_part.assessments, taking_part.profiles, taking_part.releases, participation.user_id)
        return profile_results(profile.scores)
    if participation.assessment_id is None:
        raise _not_finished()
    state = load_assessment(taking_part.assessments, participation.assessment_id)
    release = taking_part.releases.pinned(state.release)
    state, due = settle(taking_part.assessments, release, state, taking_part.clock.now())
    if due is not None:
        raise _not_finished()
    return assessment_results(release, state)


def _not_finished() -> TestNotFinishedError:
    return TestNotFinishedError("Your test still has questions; finish it, then send your results.")
