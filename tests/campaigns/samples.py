"""Campaigns, participations and results to test with."""

from datetime import UTC, datetime
from typing import Any

from jalon.campaigns.campaign import Campaign, CampaignType
from jalon.campaigns.made_to_measure import MadeToMeasure, TargetProfileId
from jalon.campaigns.participation import Participant, Participation, ParticipationStatus
from jalon.campaigns.shared_results import AssessmentResults, CompetenceLevel, ProfileResults, SkillCount
from jalon.kernel.ids import CampaignCode, CampaignId, ReleaseVersion, Uai, UserId

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UAI = Uai("0990001N")
CAMPAIGN = CampaignId("cmp_" + "c" * 32)
ZOE = UserId("usr_" + "a" * 32)

ASSESSED = AssessmentResults(
    release=ReleaseVersion("2026.1-0123456789ab"),
    assessed_skills=(1, 2, 5),
    validated_skills=(1, 2),
    total=SkillCount(4, 3, 2),
    competences={"1.1": SkillCount(2, 2, 2), "1.2": SkillCount(2, 1, 0)},
)
PROFILE = ProfileResults(pix=27, certifiable=True, certifiable_competences=5, competences={"1.1": CompetenceLevel(27, 3)})


def campaign(**changes: Any) -> Campaign:
    values: dict[str, Any] = {
        "campaign_id": CAMPAIGN,
        "uai": UAI,
        "type": CampaignType.ASSESSMENT,
        "name": "Rentrée",
        "code": CampaignCode("BCDFGH234"),
        "created_by": UserId("usr_" + "e" * 32),
        "created_at": NOW,
        "target_profile_id": "tp_campaign",
    }
    return Campaign(**values | changes)


def made_to_measure(number: int = 1, **changes: Any) -> MadeToMeasure:
    values: dict[str, Any] = {
        "profile_id": TargetProfileId(f"tpf_{number:032x}"),
        "uai": UAI,
        "name": "Club robotique",
        "ceilings": {"tube11a": 2, "tube51b": 7},
        "created_by": UserId("usr_" + "e" * 32),
        "created_at": NOW,
    }
    return MadeToMeasure(**values | changes)


def participation(number: int = 0, **changes: Any) -> Participation:
    values: dict[str, Any] = {
        "campaign_id": CAMPAIGN,
        "user_id": UserId(f"usr_{number:032x}") if number else ZOE,
        "uai": UAI,
        "participant": Participant(f"EXEMPLE {chr(ord('A') + number)}", "Zoé", "4A" if number % 2 else "4B"),
        "status": ParticipationStatus.STARTED,
        "started_at": NOW,
    }
    return Participation(**values | changes)
