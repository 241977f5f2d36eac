"""The stores in memory, with the conditions of the real ones; contract tests run on both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jalon.campaigns.campaign import Campaign, CampaignPage
from jalon.campaigns.campaign_stats import CampaignCount
from jalon.campaigns.made_to_measure import MadeToMeasure, MadeToMeasurePage, TargetProfileId
from jalon.campaigns.participation import ParticipantFilter, Participation, ParticipationPage, ParticipationStatus, shard_of
from jalon.campaigns.shared_results import SharedResults
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import AssessmentId, CampaignCode, CampaignId, Uai, UserId
from jalon.organisations.memberships import Member
from jalon.organisations.organisation import Organisation, OrganisationAlreadyActivatedError
from tests.campaigns.samples import NOW


class FakeCampaigns:
    """A CampaignStore; ``items`` is open to the tests."""

    def __init__(self) -> None:
        self.items: dict[CampaignId, Campaign] = {}

    def create(self, campaign: Campaign) -> bool:
        if self.by_code(campaign.code) is not None or campaign.campaign_id in self.items:
            return False
        self.items[campaign.campaign_id] = campaign
        return True

    def find(self, campaign_id: CampaignId) -> Campaign | None:
        return self.items.get(campaign_id)

    def find_many(self, campaign_ids: Iterable[CampaignId]) -> Mapping[CampaignId, Campaign]:
        return {wanted: self.items[wanted] for wanted in campaign_ids if wanted in self.items}

    def by_code(self, code: CampaignCode) -> Campaign | None:
        return next((campaign for campaign in self.items.values() if campaign.code == code), None)

    def of_school(self, uai: Uai, limit: int, cursor: Mapping[str, str]) -> CampaignPage:
        found = sorted((item for item in self.items.values() if item.uai == uai), key=lambda item: item.created_at, reverse=True)
        ids = [item.campaign_id for item in found]
        start = ids.index(CampaignId(cursor["id"])) + 1 if cursor else 0
        page = found[start : start + limit]
        return CampaignPage(tuple(page), {"id": page[-1].campaign_id} if start + limit < len(found) else {})

    def archive(self, campaign_id: CampaignId, at: datetime) -> Campaign | None:
        campaign = self.items.get(campaign_id)
        if campaign is not None and campaign.archived_at is None:
            self.items[campaign_id] = replace(campaign, archived_at=at)
        return self.items.get(campaign_id)


class FakeOrganisations:
    """An OrganisationStore that knows every school, each by its UAI's name, and creates none."""

    def find(self, uai: Uai) -> Organisation | None:
        return Organisation(uai, f"Collège des Exemples {uai}", "ce@exemple.test", NOW, "", NOW)

    def create(self, organisation: Organisation) -> None:
        raise OrganisationAlreadyActivatedError("This school's space is activated already.", uai=organisation.uai)

    def activate(self, organisation: Organisation, administrator: Member) -> None:
        raise OrganisationAlreadyActivatedError("This school's space is activated already.", uai=organisation.uai)


class FakeTargetProfiles:
    """A TargetProfileStore; ``items`` is open to the tests."""

    def __init__(self) -> None:
        self.items: dict[tuple[Uai, TargetProfileId], MadeToMeasure] = {}

    def create(self, profile: MadeToMeasure) -> None:
        key = (profile.uai, profile.profile_id)
        if key in self.items:
            raise ConflictError("This id is taken.")
        self.items[key] = profile

    def find(self, uai: Uai, profile_id: TargetProfileId) -> MadeToMeasure | None:
        return self.items.get((uai, profile_id))

    def of_school(self, uai: Uai, limit: int, cursor: Mapping[str, str]) -> MadeToMeasurePage:
        found = sorted((item for (school, _), item in self.items.items() if school == uai), key=lambda item: item.created_at, reverse=True)
        ids = [item.profile_id for item in found]
        start = ids.index(TargetProfileId(cursor["id"])) + 1 if cursor else 0
        page = found[start : start + limit]
        return MadeToMeasurePage(tuple(page), {"id": page[-1].profile_id} if start + limit < len(found) else {})

    def withdraw(self, uai: Uai, profile_id: TargetProfileId, at: datetime) -> MadeToMeasure | None:
        stored = self.items.get((uai, profile_id))
        if stored is not None and stored.withdrawn_at is None:
            self.items[uai, profile_id] = replace(stored, withdrawn_at=at)
        return self.items.get((uai, profile_id))


class FakeParticipations:
    """A ParticipationStore; ``items`` is open to the tests."""

    def __init__(self) -> None:
        self.items: dict[tuple[CampaignId, UserId], Participation] = {}

    def create(self, participation: Participation) -> bool:
        key = (participation.campaign_id, participation.user_id)
        if key in self.items:
            return False
        self.items[key] = participation
        return True

    def find(self, campaign_id: CampaignId, user_id: UserId) -> Participation | None:
        return self.items.get((campaign_id, user_id))

    def of_user(self, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ParticipationPage:
        found = sorted((item for (_, user), item in self.items.items() if user == user_id), key=lambda item: item.started_at, reverse=True)
        start = int(cursor.get("from", "0"))
        more = start + limit < len(found)
        return ParticipationPage(tuple(found[start : start + limit]), {"from": str(start + limit)} if more else {})

    def attach_assessment(self, participation: Participation, assessment_id: AssessmentId) -> Participation:
        key = (participation.campaign_id, participation.user_id)
        if key in self.items and self.items[key].assessment_id is None:
            self.items[key] = _changed(self.items[key], assessment_id=assessment_id)
        return self.items.get(key) or replace(participation, assessment_id=assessment_id)

    def begin_again(self, participation: Participation, assessment_id: AssessmentId) -> Participation:
        key = (participation.campaign_id, participation.user_id)
        stored = self.items.get(key)
        if stored is None:
            return participation
        if (stored.assessment_id, stored.sendings) == (participation.assessment_id, participation.sendings):
            fresh = {"assessment_id": assessment_id, "status": ParticipationStatus.STARTED, "answered": 0, "progress_percent": 0}
            self.items[key] = _changed(stored, **fresh)
        return self.items[key]

    def advance(
        self, campaign_id: CampaignId, user_id: UserId, assessment_id: AssessmentId, *, answered: int, progress_percent: int, finished: bool
    ) -> None:
        stored = self.items.get((campaign_id, user_id))
        if stored is None or stored.status is not ParticipationStatus.STARTED or stored.answered > answered:
            return
        if stored.assessment_id not in {None, assessment_id}:
            return
        status = ParticipationStatus.TO_SHARE if finished else ParticipationStatus.STARTED
        self.items[campaign_id, user_id] = _changed(stored, answered=answered, progress_percent=progress_percent, status=status)

    def share(self, participation: Participation, results: SharedResults, at: datetime) -> Participation | None:
        key = (participation.campaign_id, participation.user_id)
        stored = self.items.get(key)
        if stored is None or (stored.sendings, stored.assessment_id) != (participation.sendings, participation.assessment_id):
            return None
        self.items[key] = _changed(
            stored,
            status=ParticipationStatus.SHARED,
            progress_percent=100,
            results=results,
            shared_at=at,
            sendings=participation.sendings + 1,
        )
        return self.items[key]

    def page(self, campaign_id: CampaignId, wanted: ParticipantFilter, limit: int, cursor: Mapping[str, str]) -> ParticipationPage:
        found = sorted(
            (
                item
                for (campaign, _), item in self.items.items()
                if campaign == campaign_id
                and wanted.class_name in {None, item.participant.class_name}
                and wanted.status in {None, item.status}
            ),
            key=lambda item: (item.participant.class_name, item.participant.last_name, item.participant.first_name, item.user_id),
        )
        start = int(cursor.get("from", "0"))
        more = start + limit < len(found)
        return ParticipationPage(tuple(found[start : start + limit]), {"from": str(start + limit)} if more else {})

    def of_shard(self, campaign_id: CampaignId, shard: int) -> Iterator[Participation]:
        return (item for (campaign, user), item in self.items.items() if campaign == campaign_id and shard_of(user) == shard)


def _changed(stored: Participation, **changes: Any) -> Participation:
    return replace(stored, **changes, revision=stored.revision + 1)


class FakeStats:
    """A CampaignStatsStore."""

    def __init__(self) -> None:
        self.items: dict[tuple[CampaignId, int], tuple[int, CampaignCount]] = {}

    def revision(self, campaign_id: CampaignId, shard: int) -> int:
        return self.items.get((campaign_id, shard), (0, None))[0]

    def replace(self, campaign_id: CampaignId, shard: int, count: CampaignCount, *, revision: int) -> bool:
        if self.revision(campaign_id, shard) != revision:
            return False
        self.items[campaign_id, shard] = (revision + 1, count)
        return True

    def of_campaign(self, campaign_id: CampaignId) -> Iterable[CampaignCount]:
        return [count for (campaign, _), (_, count) in self.items.items() if campaign == campaign_id]
