"""What the worker works with, made once per environment."""

from dataclasses import dataclass
from functools import cache

from jalon.campaigns.campaign_stats import CampaignStatsStore
from jalon.campaigns.participation import ParticipationStore
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.stats_store import DynamoCampaignStats
from jalon.campaigns.tables import CampaignStatsItem, ParticipationItem
from jalon.edge.settings import Settings
from jalon.edge.tables import bind


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores of this function."""

    participations: ParticipationStore
    stats: CampaignStatsStore


@cache
def parts() -> Parts:
    """The parts for the environment's settings; ``parts.cache_clear()`` wires anew (tests)."""
    bind(Settings.from_environment(), ParticipationItem, CampaignStatsItem)
    return Parts(DynamoParticipations(), DynamoCampaignStats())
