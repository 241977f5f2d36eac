"""Participations in campaigns, as their owner takes them along (docs/personal-data.schema.json, ``participations``)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from jalon.assessment.releases import Releases
from jalon.campaigns.campaign import Campaign
from jalon.campaigns.participation import Participation, ParticipationStore
from jalon.campaigns.shared_results import ProfileResults, SharedResults
from jalon.kernel.clock import iso
from jalon.kernel.ids import CampaignId, Uai, UserId

_PAGE = 100
FindCampaign = Callable[[CampaignId], Campaign | None]


def every_participation(participations: ParticipationStore, user_id: UserId) -> Iterator[Participation]:
    """A person's own, latest first, fetched page by page."""
    cursor: Mapping[str, str] = {}
    while True:
        page = participations.of_user(user_id, _PAGE, cursor)
        yield from page.participations
        if not page.cursor:
            return
        cursor = page.cursor


def participations_document(
    found: Iterable[Participation], campaign: FindCampaign, releases: Releases, proven: Collection[Uai]
) -> list[dict[str, Any]]:
    """Each with its progress, what was sent, and, for the schools where the link is ``proven``, the name and class that the list had.

    Who was found on a list by name and birth date alone may be a classmate, and learns nothing of it.
    """
    return [
        {
            "id": participation.participation_id,
            "campaign": _campaign_name(campaign(participation.campaign_id)),
            "uai": participation.uai,
            "last_name": participation.participant.last_name if participation.uai in proven else None,
            "first_name": participation.participant.first_name if participation.uai in proven else None,
            "class": participation.participant.class_name if participation.uai in proven else None,
            "status": participation.status.value,
            "started_at": iso(participation.started_at),
            "progress_percent": participation.progress_percent,
            "assessment": participation.assessment_id,
            "sent_times": participation.sendings,
            "sent_at": iso(participation.shared_at) if participation.shared_at else None,
            "sent": _sent(participation.results, releases),
        }
        for participation in found
    ]


def _campaign_name(campaign: Campaign | None) -> str | None:
    return campaign.name if campaign else None


def _sent(results: SharedResults | None, releases: Releases) -> dict[str, Any] | None:
    if results is None:
        return None
    if isinstance(results, ProfileResults):
        return {"type": "profile", **asdict(results)}
    skills = releases.outline(results.release).skills
    return {
        "type": "assessment",
        "release": results.release,
        "assessed_skills": [skills[index].id for index in results.assessed_skills],
        "validated_skills": [skills[index].id for index in results.validated_skills],
        "total": asdict(results.total),
        "competences": {code: asdict(count) for code, count in results.competences.items()},
    }
