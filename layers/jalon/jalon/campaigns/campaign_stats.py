"""Collective results of a campaign (docs/domain.md §6), counted per partition of its participations.

The count of a partition is a pure function of the participations stored in it. Whenever one of them changes, its partition
is counted anew and the count replaced: an event delivered twice, late or never changes nothing that the next count does not
mend, and any campaign can be rebuilt at any time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jalon.campaigns.participation import SHARDS, Participation, ParticipationStatus, ParticipationStore
from jalon.campaigns.shared_results import AssessmentResults, ProfileResults
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import CampaignId


class CountMovedError(UnavailableError):
    """Another count of the same partition was written meanwhile; this one is done again."""

    code = "count_moved"


@dataclass(frozen=True, slots=True)
class CompetenceSum:
    """Sums over the results sent. Of an assessment: skills, and mastery in per cent; of a collection: pix and levels."""

    results: int = 0
    assessed: int = 0
    validated: int = 0
    mastery_percent: int = 0
    pix: int = 0
    level: int = 0

    def plus(self, other: "CompetenceSum") -> "CompetenceSum":
        return CompetenceSum(
            self.results + other.results,
            self.assessed + other.assessed,
            self.validated + other.validated,
            self.mastery_percent + other.mastery_percent,
            self.pix + other.pix,
            self.level + other.level,
        )


@dataclass(frozen=True, slots=True)
class CampaignCount:
    """How many take part, by status, and the sums over what was sent. ``certifiable`` counts pupils."""

    statuses: Mapping[ParticipationStatus, int] = field(default_factory=dict)
    overall: CompetenceSum = field(default_factory=CompetenceSum)
    certifiable: int = 0
    competences: Mapping[str, CompetenceSum] = field(default_factory=dict)

    def plus(self, other: "CampaignCount") -> "CampaignCount":
        return CampaignCount(
            statuses=Counter(self.statuses) + Counter(other.statuses),
            overall=self.overall.plus(other.overall),
            certifiable=self.certifiable + other.certifiable,
            competences={
                code: self.competences.get(code, CompetenceSum()).plus(other.competences.get(code, CompetenceSum()))
                for code in sorted({*self.competences, *other.competences})
            },
        )


class CampaignStatsStore(Protocol):
    """The ``campaign_stats`` table: one count per campaign and partition, each with a revision."""

    def revision(self, campaign_id: CampaignId, shard: int) -> int:
        """The revision of the stored count; 0 when there is none."""
        ...

    def replace(self, campaign_id: CampaignId, shard: int, count: CampaignCount, *, revision: int) -> bool:
        """Store the count as the next revision if ``revision`` is still the stored one; else False."""
        ...

    def of_campaign(self, campaign_id: CampaignId) -> Iterable[CampaignCount]: ...


def count(participations: Iterable[Participation]) -> CampaignCount:
    """The count of these participations."""
    total = CampaignCount()
    for participation in participations:
        total = total.plus(_one(participation))
    return total


def _one(participation: Participation) -> CampaignCount:
    statuses = {participation.status: 1}
    results = participation.results
    if isinstance(results, AssessmentResults):
        return CampaignCount(
            statuses=statuses,
            overall=CompetenceSum(1, results.total.assessed, results.total.validated, results.total.mastery_percent),
            competences={
                code: CompetenceSum(1, skills.assessed, skills.validated, skills.mastery_percent)
                for code, skills in results.competences.items()
            },
        )
    if isinstance(results, ProfileResults):
        return CampaignCount(
            statuses=statuses,
            overall=CompetenceSum(results=1, pix=results.pix),
            certifiable=int(results.certifiable),
            competences={code: CompetenceSum(results=1, pix=item.pix, level=item.level) for code, item in results.competences.items()},
        )
    return CampaignCount(statuses=statuses)


def recount_shard(participations: ParticipationStore, stats: CampaignStatsStore, campaign_id: CampaignId, shard: int) -> None:
    """Count one partition anew.

    The revision is read before the participations, so that of two counts at once the one that began first is refused and
    done again: the count that stays never misses a participation that an event announced. Raises :class:`CountMovedError`.
    """
    revision = stats.revision(campaign_id, shard)
    counted = count(participations.of_shard(campaign_id, shard))
    if not stats.replace(campaign_id, shard, counted, revision=revision):
        raise CountMovedError("This partition was counted by another process meanwhile.")


def rebuild(participations: ParticipationStore, stats: CampaignStatsStore, campaign_id: CampaignId) -> None:
    """Count every partition of a campaign anew."""
    for shard in range(SHARDS):
        recount_shard(participations, stats, campaign_id, shard)


def collective_results(stats: CampaignStatsStore, campaign_id: CampaignId) -> CampaignCount:
    """The campaign's count over all partitions, some seconds behind the participations."""
    total = CampaignCount()
    for part in stats.of_campaign(campaign_id):
        total = total.plus(part)
    return total
