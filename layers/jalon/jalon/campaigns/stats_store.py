"""Campaigns' counts in DynamoDB, one item per partition."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pynamodb.exceptions import DoesNotExist

from jalon.campaigns.campaign_stats import CampaignCount, CompetenceSum
from jalon.campaigns.participation import ParticipationStatus
from jalon.campaigns.tables import CampaignStatsItem
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.ids import CampaignId


class DynamoCampaignStats:
    """A :class:`~jalon.campaigns.campaign_stats.CampaignStatsStore`."""

    def revision(self, campaign_id: CampaignId, shard: int) -> int:
        try:
            with translated():
                return int(CampaignStatsItem.get(campaign_id, shard, consistent_read=True).revision)
        except DoesNotExist:
            return 0

    def replace(self, campaign_id: CampaignId, shard: int, count: CampaignCount, *, revision: int) -> bool:
        item = CampaignStatsItem(campaign_id, shard, revision=revision + 1, count=_record(count))
        unchanged = CampaignStatsItem.revision == revision if revision else CampaignStatsItem.campaign_id.does_not_exist()
        try:
            with translated():
                item.save(condition=unchanged)
        except ConditionFailedError:
            return False
        return True

    def of_campaign(self, campaign_id: CampaignId) -> Iterable[CampaignCount]:
        with translated():
            return [_count(item.count) for item in CampaignStatsItem.query(campaign_id, consistent_read=True)]


def _record(count: CampaignCount) -> dict[str, Any]:
    return {
        "statuses": {status.value: number for status, number in count.statuses.items()},
        "overall": asdict(count.overall),
        "certifiable": count.certifiable,
        "competences": {code: asdict(item) for code, item in count.competences.items()},
    }


def _count(record: Mapping[str, Any]) -> CampaignCount:
    return CampaignCount(
        statuses={ParticipationStatus(status): number for status, number in record["statuses"].items()},
        overall=CompetenceSum(**record["overall"]),
        certifiable=record["certifiable"],
        competences={code: CompetenceSum(**item) for code, item in record["competences"].items()},
    )
