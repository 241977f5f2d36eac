"""What a pupil who types a code finds (docs/domain.md §6): each outcome has its own answer."""

from dataclasses import dataclass

from jalon.campaigns.campaign import Campaign, CampaignArchivedError, CampaignCodeUnknownError, CampaignStore, parse_code
from jalon.campaigns.participation import (
    CampaignOfAnotherSchoolError,
    Participation,
    ParticipationStatus,
    ParticipationStore,
    ResultsAlreadySentError,
)
from jalon.kernel.ids import Ine, UserId
from jalon.organisations.organisation import Organisation, OrganisationStore, organisation_of
from jalon.organisations.reconciliations import ReconciliationStore


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """The campaign, its school, the pupil's participation so far, and who the pupil is on the school's list.

    ``ine`` is None for a pupil whom no school knows yet: they are reconciled before they take part.
    """

    campaign: Campaign
    school: Organisation
    participation: Participation | None
    ine: Ine | None


def enter_code(
    campaigns: CampaignStore,
    organisations: OrganisationStore,
    participations: ParticipationStore,
    reconciliations: ReconciliationStore,
    code: str,
    user_id: UserId,
) -> CodeEntry:
    """The campaign of a code, for this pupil.

    Raises CampaignCodeUnknownError (wrong), CampaignArchivedError (archived), CampaignOfAnotherSchoolError (the pupil is on another
    school's list only; it names the school that they may ask to be found at) and ResultsAlreadySentError (sent, and sending again is
    not asked for).
    """
    campaign = campaigns.by_code(parse_code(code))
    if campaign is None:
        raise CampaignCodeUnknownError("No campaign has this code; check what you typed.")
    if campaign.archived_at is not None:
        raise CampaignArchivedError("This campaign is over; ask your teacher for a new code.")
    school = organisation_of(organisations, campaign.uai)
    ine = reconciliations.of_user(campaign.uai, user_id)
    if ine is None and reconciliations.schools_of(user_id):
        raise CampaignOfAnotherSchoolError(
            "This code belongs to another school than yours; if it is your new school, give your name to be found on its list.",
            uai=school.uai,
            school=school.name,
        )
    participation = participations.find(campaign.campaign_id, user_id)
    if participation is not None and participation.status is ParticipationStatus.SHARED and not campaign.multiple_sendings:
        raise ResultsAlreadySentError("You have sent your results of this campaign.", participation_id=participation.participation_id)
    return CodeEntry(campaign, school, participation, ine)
