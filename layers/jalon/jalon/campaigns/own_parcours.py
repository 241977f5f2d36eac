"""A pupil's own participations with what their screen shows beside each: the campaign, its school, what may be done next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jalon.assessment.improving import days_before_retrying
from jalon.assessment.read_profile import read_profile
from jalon.campaigns.campaign import Campaign, CampaignNotFoundError
from jalon.campaigns.participation import Participation, ParticipationId, ParticipationStatus
from jalon.campaigns.start_participation import TakingPart
from jalon.kernel.ids import UserId
from jalon.organisations.organisation import Organisation, organisation_of


@dataclass(frozen=True, slots=True)
class OwnParcours:
    """One participation. ``days_before_retrying`` is None where the test may not be taken again, or not yet."""

    participation: Participation
    campaign: Campaign
    school: Organisation
    days_before_retrying: int | None

    @property
    def can_send(self) -> bool:
        """Whether results are to be sent, or may be sent again."""
        return self.campaign.archived_at is None and may_send(self.campaign, self.participation)


@dataclass(frozen=True, slots=True)
class OwnParcoursPage:
    """A page, latest first; ``cursor`` is empty on the last page."""

    parcours: tuple[OwnParcours, ...]
    cursor: Mapping[str, str]


def may_send(campaign: Campaign, participation: Participation) -> bool:
    """Whether the campaign takes results from this participation while it runs (docs/domain.md §6)."""
    if participation.status is ParticipationStatus.SHARED:
        return campaign.multiple_sendings
    return participation.status is ParticipationStatus.TO_SHARE


def own_parcours(taking_part: TakingPart, participation: Participation) -> OwnParcours:
    """A participation as its pupil sees it. Raises CampaignNotFoundError."""
    found = _described(taking_part, participation.user_id, (participation,))
    if not found:
        raise CampaignNotFoundError("There is no such campaign.", campaign_id=participation.campaign_id)
    return found[0]


def own_parcours_page(taking_part: TakingPart, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> OwnParcoursPage:
    """A pupil's own participations, latest first."""
    page = taking_part.participations.of_user(user_id, limit, cursor)
    return OwnParcoursPage(_described(taking_part, user_id, page.participations), page.cursor)


def _described(taking_part: TakingPart, user_id: UserId, participations: Iterable[Participation]) -> tuple[OwnParcours, ...]:
    listed = tuple(participations)
    campaigns = taking_part.campaigns.find_many({each.campaign_id for each in listed})
    schools = {uai: organisation_of(taking_part.organisations, uai) for uai in {each.uai for each in listed}}
    days = _days_before_retrying(taking_part, user_id, listed)
    return tuple(
        OwnParcours(each, campaigns[each.campaign_id], schools[each.uai], days.get(each.participation_id))
        for each in listed
        if each.campaign_id in campaigns
    )


def _days_before_retrying(
    taking_part: TakingPart, user_id: UserId, participations: Iterable[Participation]
) -> Mapping[ParticipationId, int | None]:
    """The days of those whose test is over and not sent, from the pupil's profile, which is read only if there are such."""
    over = [each.participation_id for each in participations if each.status is ParticipationStatus.TO_SHARE]
    if not over:
        return {}
    profile, now = read_profile(taking_part.profiles, taking_part.releases, user_id), taking_part.clock.now()
    return {identifier: days_before_retrying(profile, identifier, now) for identifier in over}
