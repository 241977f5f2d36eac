"""Take part in a campaign, or go on where one stopped (docs/domain.md §6)."""

from dataclasses import dataclass

from jalon.assessment.profiles import ProfileStore
from jalon.assessment.releases import Releases
from jalon.assessment.start_assessment import StartAssessment, require_offered, start_assessment
from jalon.assessment.state import AssessmentState, Purpose
from jalon.assessment.store import AssessmentStore
from jalon.campaigns.campaign import Campaign, CampaignArchivedError, CampaignNotFoundError, CampaignStore, CampaignType
from jalon.campaigns.enter_code import CodeEntry, enter_code
from jalon.campaigns.participation import (
    NoLongerListedError,
    Participant,
    Participation,
    ParticipationStatus,
    ParticipationStore,
    ResultsAlreadySentError,
    TestNotFinishedError,
    own_participation,
)
from jalon.kernel.clock import Clock
from jalon.kernel.ids import IdSource, UserId
from jalon.organisations.organisation import OrganisationStore
from jalon.organisations.pupils import PupilStore
from jalon.organisations.reconciliations import NotReconciledError, ReconciliationStore


@dataclass(frozen=True, slots=True)
class TakingPart:
    """What taking part works with: this context's stores, and those of the two below it."""

    campaigns: CampaignStore
    organisations: OrganisationStore
    participations: ParticipationStore
    pupils: PupilStore
    reconciliations: ReconciliationStore
    assessments: AssessmentStore
    profiles: ProfileStore
    releases: Releases
    clock: Clock
    ids: IdSource


def start_participation(taking_part: TakingPart, code: str, user_id: UserId, locale: str | None = None) -> Participation:
    """The pupil's participation; the same one however often it is asked for.

    ``locale`` is that of the test if it begins now; one that has begun keeps its own. The participation is written before its test
    begins, and the test is known by it: a request cut off between the two is just repeated. Raises what
    :func:`~jalon.campaigns.enter_code.enter_code` does, NotReconciledError for a pupil whom the school does not know yet,
    NoLongerListedError for one who left its list, and what :func:`~jalon.assessment.start_assessment.require_offered` does, with
    nothing written then.
    """
    entry = enter_code(
        taking_part.campaigns, taking_part.organisations, taking_part.participations, taking_part.reconciliations, code, user_id
    )
    participation = entry.participation or _create(taking_part, entry, user_id, locale)
    if entry.campaign.type is CampaignType.ASSESSMENT and participation.assessment_id is None:
        return _begin_test(taking_part, entry.campaign, participation, locale)
    return participation


def retry_participation(taking_part: TakingPart, participation_id: str, user_id: UserId) -> Participation:
    """The participation with another attempt at its test, 4 days after the end of the last one and before anything is sent.

    The test is taken in the locale of the time before. Repeating the request gives the same attempt. Raises ParticipationNotFoundError,
    CampaignArchivedError, ResultsAlreadySentError, TestNotFinishedError for one without a test, TooEarlyToImproveError,
    NothingToImproveError, NothingToAskError. Source: docs/domain.md §3.
    """
    participation = own_participation(taking_part.participations, participation_id, user_id)
    campaign = open_campaign(taking_part, participation)
    if participation.assessment_id is None:
        raise TestNotFinishedError("There is no test of this campaign to take again.")
    state = _test(taking_part, _command(campaign, participation, improve=True))
    if state.assessment_id == participation.assessment_id:
        return participation
    return taking_part.participations.begin_again(participation, state.assessment_id)


def open_campaign(taking_part: TakingPart, participation: Participation) -> Campaign:
    """The campaign of a participation from which something may still be sent.

    Raises CampaignNotFoundError, CampaignArchivedError, ResultsAlreadySentError.
    """
    campaign = taking_part.campaigns.find(participation.campaign_id)
    if campaign is None:
        raise CampaignNotFoundError("There is no such campaign.", campaign_id=participation.campaign_id)
    if campaign.archived_at is not None:
        raise CampaignArchivedError("This campaign is over: nothing more is sent.")
    if participation.status is ParticipationStatus.SHARED and not campaign.multiple_sendings:
        raise already_sent(participation)
    return campaign


def already_sent(participation: Participation) -> ResultsAlreadySentError:
    """What tells a pupil that an assessment is sent once."""
    return ResultsAlreadySentError("You have sent your results of this campaign.", participation_id=participation.participation_id)


def _create(taking_part: TakingPart, entry: CodeEntry, user_id: UserId, locale: str | None) -> Participation:
    campaign = entry.campaign
    if entry.ine is None:
        raise NotReconciledError(
            "Give your name and birth date first, so that your school finds you on its list.", uai=campaign.uai, school=entry.school.name
        )
    pupil = taking_part.pupils.find(campaign.uai, entry.ine)
    if pupil is None:
        raise NoLongerListedError("You are no longer on this school's list.", uai=campaign.uai, school=entry.school.name)
    assessed = campaign.type is CampaignType.ASSESSMENT
    participation = Participation(
        campaign_id=campaign.campaign_id,
        user_id=user_id,
        uai=campaign.uai,
        participant=Participant(pupil.last_name, pupil.first_name, pupil.class_name),
        status=ParticipationStatus.STARTED if assessed else ParticipationStatus.TO_SHARE,
        started_at=taking_part.clock.now(),
        progress_percent=0 if assessed else 100,
    )
    if assessed:
        require_offered(taking_part.releases, _command(campaign, participation, locale))
    if taking_part.participations.create(participation):
        return participation
    return taking_part.participations.find(campaign.campaign_id, user_id) or participation


def _begin_test(taking_part: TakingPart, campaign: Campaign, participation: Participation, locale: str | None) -> Participation:
    state = _test(taking_part, _command(campaign, participation, locale))
    return taking_part.participations.attach_assessment(participation, state.assessment_id)


def _test(taking_part: TakingPart, command: StartAssessment) -> AssessmentState:
    return start_assessment(
        store=taking_part.assessments,
        profiles=taking_part.profiles,
        releases=taking_part.releases,
        clock=taking_part.clock,
        ids=taking_part.ids,
        command=command,
    )


def _command(campaign: Campaign, participation: Participation, locale: str | None = None, *, improve: bool = False) -> StartAssessment:
    return StartAssessment(
        user_id=participation.user_id,
        purpose=Purpose.CAMPAIGN,
        subject=participation.participation_id,
        locale=locale,
        target_profile_id=campaign.target_profile_id,
        ceilings=campaign.parcours.ceilings if campaign.parcours else None,
        improve=improve,
    )
