"""Participations in and out of their items; what was sent is JSON, its sets of skills bitmaps."""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.packing import pack_skills, unpack_skills
from jalon.campaigns.participation import Participant, Participation, ParticipationStatus, shard_of
from jalon.campaigns.shared_results import AssessmentResults, CompetenceLevel, ProfileResults, SharedResults, SkillCount
from jalon.campaigns.tables import ParticipationItem
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import AssessmentId, CampaignId, ReleaseVersion, Uai, UserId
from jalon.organisations.names import name_key

#: White space is reduced in every name, so no class name holds this separator; it sorts before all that a name holds.
SEPARATOR = "\x1f"
#: A sort key has 1 024 bytes: names are sorted by this many letters.
_SORTED_BY = 60


def partition(campaign_id: CampaignId, shard: int) -> str:
    """The hash key of one partition of a campaign."""
    return f"{campaign_id}#{shard}"


def partition_parts(campaign_shard: str) -> tuple[CampaignId, int]:
    """The inverse of :func:`partition`."""
    campaign_id, _, shard = campaign_shard.rpartition("#")
    return CampaignId(campaign_id), int(shard)


def item_of(participation: Participation) -> ParticipationItem:
    """A participation as its item."""
    who = participation.participant
    place = (who.class_name, name_key(who.last_name)[:_SORTED_BY], name_key(who.first_name)[:_SORTED_BY], participation.user_id)
    return ParticipationItem(
        partition(participation.campaign_id, shard_of(participation.user_id)),
        participation.user_id,
        class_and_name=SEPARATOR.join(place),
        uai=participation.uai,
        last_name=who.last_name,
        first_name=who.first_name,
        class_name=who.class_name,
        status=participation.status.value,
        started_at=epoch_ms(participation.started_at),
        progress_percent=participation.progress_percent,
        answered=participation.answered,
        assessment_id=participation.assessment_id,
        sendings=participation.sendings,
        shared_at=None if participation.shared_at is None else epoch_ms(participation.shared_at),
        results=None if participation.results is None else results_record(participation.results),
        revision=participation.revision or None,
    )


def participation_of(item: ParticipationItem) -> Participation:
    """The participation of an item."""
    campaign_id, _ = partition_parts(item.campaign_shard)
    return Participation(
        campaign_id=campaign_id,
        user_id=UserId(item.user_id),
        uai=Uai(item.uai),
        participant=Participant(item.last_name, item.first_name, item.class_name),
        status=ParticipationStatus(item.status),
        started_at=from_epoch_ms(item.started_at),
        progress_percent=int(item.progress_percent),
        answered=int(item.answered),
        assessment_id=AssessmentId(item.assessment_id) if item.assessment_id else None,
        sendings=int(item.sendings),
        shared_at=None if item.shared_at is None else from_epoch_ms(item.shared_at),
        results=None if item.results is None else results_of(item.results),
        revision=int(item.revision or 0),
    )


def results_record(results: SharedResults) -> dict[str, Any]:
    """What was sent, as JSON."""
    if isinstance(results, ProfileResults):
        return {"type": "profile", **asdict(results)}
    return {
        "type": "assessment",
        "release": results.release,
        "assessed_skills": base64.b64encode(pack_skills(results.assessed_skills)).decode(),
        "validated_skills": base64.b64encode(pack_skills(results.validated_skills)).decode(),
        "total": asdict(results.total),
        "competences": {code: asdict(count) for code, count in results.competences.items()},
    }


def results_of(record: Mapping[str, Any]) -> SharedResults:
    """The inverse of :func:`results_record`."""
    if record["type"] == "profile":
        return ProfileResults(
            pix=record["pix"],
            certifiable=record["certifiable"],
            certifiable_competences=record["certifiable_competences"],
            competences={code: CompetenceLevel(**level) for code, level in record["competences"].items()},
        )
    return AssessmentResults(
        release=ReleaseVersion(record["release"]),
        assessed_skills=unpack_skills(base64.b64decode(record["assessed_skills"])),
        validated_skills=unpack_skills(base64.b64decode(record["validated_skills"])),
        total=SkillCount(**record["total"]),
        competences={code: SkillCount(**count) for code, count in record["competences"].items()},
    )
