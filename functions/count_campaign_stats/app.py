"""Stream worker: counts a campaign's partition anew when one of its participations changed.

Invoked by hand with ``{"campaign_id": "cmp_…"}`` it rebuilds all of that campaign's counts.
"""

from typing import Any

from functions.count_campaign_stats.wiring import parts
from jalon.campaigns.campaign_stats import rebuild, recount_shard
from jalon.campaigns.participation_records import partition_parts
from jalon.edge.observability import logger
from jalon.edge.workers import Record, stream_batch
from jalon.kernel.ids import CampaignId

SERVICE = "count_campaign_stats"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of the participations' stream, or the order to rebuild."""
    if "campaign_id" in event:
        return _rebuild(CampaignId(event["campaign_id"]))
    counted: set[str] = set()

    def count(record: Record) -> None:
        """A partition is counted at its first record of the batch: all the others' changes are in the table by then."""
        changed: str = record["dynamodb"]["Keys"]["campaign_shard"]["S"]
        if changed not in counted:
            recount_shard(parts().participations, parts().stats, *partition_parts(changed))
            counted.add(changed)

    return stream_batch(SERVICE, count)(event, context)


def _rebuild(campaign_id: CampaignId) -> dict[str, Any]:
    rebuild(parts().participations, parts().stats, campaign_id)
    logger(SERVICE).info("CAMPAIGN_COUNTS_REBUILT", campaign_id=campaign_id)
    return {"rebuilt": campaign_id}
