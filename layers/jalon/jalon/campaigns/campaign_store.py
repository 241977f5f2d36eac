"""Campaigns and their codes in DynamoDB."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from jalon.campaigns.campaign import Campaign, CampaignPage, CampaignType, Parcours
from jalon.campaigns.tables import CampaignCodeItem, CampaignItem
from jalon.edge.batches import read_items
from jalon.edge.tables import ConditionFailedError, conditional_update, transaction, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.cursors import number_of, text_of
from jalon.kernel.ids import CampaignCode, CampaignId, Uai, UserId


class DynamoCampaigns:
    """A :class:`~jalon.campaigns.campaign.CampaignStore`."""

    def create(self, campaign: Campaign) -> bool:
        code = CampaignCodeItem(campaign.code, campaign_id=campaign.campaign_id)
        try:
            with transaction(CampaignItem) as write:
                write.save(code, condition=CampaignCodeItem.code.does_not_exist())
                write.save(_item(campaign), condition=CampaignItem.campaign_id.does_not_exist())
        except ConditionFailedError:
            return False
        return True

    def find(self, campaign_id: CampaignId) -> Campaign | None:
        try:
            with translated():
                return _campaign(CampaignItem.get(campaign_id, consistent_read=True))
        except DoesNotExist:
            return None

    def find_many(self, campaign_ids: Iterable[CampaignId]) -> Mapping[CampaignId, Campaign]:
        return {CampaignId(item.campaign_id): _campaign(item) for item in read_items(CampaignItem, campaign_ids)}

    def by_code(self, code: CampaignCode) -> Campaign | None:
        try:
            with translated():
                item = CampaignCodeItem.get(code, consistent_read=True)
        except DoesNotExist:
            return None
        return self.find(CampaignId(item.campaign_id))

    def of_school(self, uai: Uai, limit: int, cursor: Mapping[str, str]) -> CampaignPage:
        with translated():
            found = CampaignItem.by_school.query(uai, scan_index_forward=False, limit=limit, last_evaluated_key=_start(uai, cursor))
            campaigns = tuple(_campaign(item) for item in found)
        last = found.last_evaluated_key
        return CampaignPage(campaigns, {"id": last["campaign_id"]["S"], "at": last["created_at"]["N"]} if last else {})

    def archive(self, campaign_id: CampaignId, at: datetime) -> Campaign | None:
        conditional_update(
            CampaignItem,
            campaign_id,
            None,
            [CampaignItem.archived_at.set(epoch_ms(at))],
            CampaignItem.campaign_id.exists() & CampaignItem.archived_at.does_not_exist(),
        )
        return self.find(campaign_id)


def _start(uai: Uai, cursor: Mapping[str, str]) -> dict[str, dict[str, str]] | None:
    if not cursor:
        return None
    return {"uai": {"S": uai}, "campaign_id": {"S": text_of(cursor, "id")}, "created_at": {"N": number_of(cursor, "at")}}


def _item(campaign: Campaign) -> CampaignItem:
    return CampaignItem(
        campaign.campaign_id,
        uai=campaign.uai,
        type=campaign.type.value,
        name=campaign.name,
        code=campaign.code,
        created_by=campaign.created_by,
        created_at=epoch_ms(campaign.created_at),
        target_profile_id=campaign.target_profile_id,
        multiple_sendings=campaign.multiple_sendings,
        archived_at=None if campaign.archived_at is None else epoch_ms(campaign.archived_at),
        parcours=None if campaign.parcours is None else {"name": campaign.parcours.name, "ceilings": dict(campaign.parcours.ceilings)},
    )


def _campaign(item: CampaignItem) -> Campaign:
    return Campaign(
        campaign_id=CampaignId(item.campaign_id),
        uai=Uai(item.uai),
        type=CampaignType(item.type),
        name=item.name,
        code=CampaignCode(item.code),
        created_by=UserId(item.created_by),
        created_at=from_epoch_ms(item.created_at),
        target_profile_id=item.target_profile_id,
        multiple_sendings=bool(item.multiple_sendings),
        archived_at=None if item.archived_at is None else from_epoch_ms(item.archived_at),
        parcours=None if item.parcours is None else Parcours(item.parcours["name"], item.parcours["ceilings"]),
    )
