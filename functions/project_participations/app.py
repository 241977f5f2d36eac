"""Stream worker: notes each changed participation in its pupil's profile, and a campaign that was archived in all of its pupils'."""

from functions.project_participations.wiring import parts
from jalon.campaigns.participation_records import partition_parts
from jalon.campaigns.project_participation import note_participation, participants_of
from jalon.edge.erasures import AccountErasedError
from jalon.edge.observability import logger
from jalon.edge.workers import Record, stream_batch
from jalon.kernel.ids import CampaignId, UserId

SERVICE = "project_participations"


def project(record: Record) -> None:
    """One record: of the participations' stream, or of the campaigns', whose only change after their creation is archiving."""
    keys = record["dynamodb"]["Keys"]
    if record["eventName"] == "REMOVE":
        return
    if "campaign_shard" in keys:
        campaign_id, _ = partition_parts(keys["campaign_shard"]["S"])
        _note(campaign_id, UserId(keys["user_id"]["S"]))
        return
    campaign_id = CampaignId(keys["campaign_id"]["S"])
    for user_id in participants_of(parts().following, campaign_id):
        _note(campaign_id, user_id)
    logger(SERVICE).info("CAMPAIGN_PROJECTED", campaign_id=campaign_id)


def _note(campaign_id: CampaignId, user_id: UserId) -> None:
    try:
        note_participation(parts().following, parts().profiles, campaign_id, user_id)
    except AccountErasedError:
        logger(SERVICE).info("PROFILE_OF_ERASED_ACCOUNT", campaign_id=campaign_id)


handler = stream_batch(SERVICE, project)
