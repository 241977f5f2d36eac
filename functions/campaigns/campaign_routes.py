"""Routes of a school's campaigns: create, list, archive, follow, read the results."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from functions.campaigns import campaign_rendering as rendering
from functions.campaigns.calling import LIMIT, SERVICE, ClassQuery, CursorQuery, LimitQuery, UaiPath, member
from functions.campaigns.campaign_schemas import (
    CampaignResultsView,
    CampaignsView,
    CampaignView,
    CreateCampaignRequest,
    ParticipantsView,
    ParticipationState,
)
from functions.campaigns.wiring import parts
from jalon.campaigns.campaign import Campaign, CampaignType, campaign_of_school
from jalon.campaigns.campaign_csv import campaign_csv, framework_of
from jalon.campaigns.campaign_stats import collective_results
from jalon.campaigns.create_campaign import CreateCampaign, create_campaign
from jalon.campaigns.participation import ParticipantFilter, ParticipationStatus, all_participations
from jalon.edge.bodies import JSON
from jalon.edge.idempotency import idempotent
from jalon.edge.observability import logger, metric
from jalon.edge.paging import decode_cursor
from jalon.edge.polling import polled
from jalon.kernel.ids import CampaignId
from jalon.organisations.organisation import organisation_of

router = Router()

#: How the API's document describes the table.
CSV: OpenAPIResponse = {
    "description": "The table, UTF-8 with a byte order mark, semicolons.",
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}

CampaignPath = Annotated[str, Path(pattern=r"^cmp_[0-9a-f]{32}$", description="The campaign's id.")]


@router.post("/v1/organisations/<uai>/campaigns", status_code=201, middlewares=[idempotent])
def create(uai: UaiPath, body: CreateCampaignRequest) -> Response[CampaignView]:
    """Create a campaign; its code is six letters and three digits that no other campaign ever had."""
    creator = member(router, uai)
    command = CreateCampaign(
        creator.uai, creator.user_id, CampaignType(body.type), body.name, body.target_profile_id, body.multiple_sendings
    )
    shared = parts().taking_part
    campaign = create_campaign(shared.campaigns, parts().target_profiles, shared.releases, shared.ids, shared.clock, command)
    logger(SERVICE).info("CAMPAIGN_CREATED", uai=campaign.uai, campaign_id=campaign.campaign_id)
    metric("CampaignCreated", type=campaign.type.value)
    headers = {"Location": f"/v1/organisations/{campaign.uai}/campaigns/{campaign.campaign_id}"}
    return Response(status_code=201, content_type=JSON, body=rendering.campaign(campaign), headers=headers)


@router.get("/v1/organisations/<uai>/campaigns")
def list_campaigns(uai: UaiPath, limit: LimitQuery = LIMIT, cursor: CursorQuery = None) -> CampaignsView:
    """The school's campaigns, latest first."""
    place = member(router, uai)
    return rendering.campaigns(parts().taking_part.campaigns.of_school(place.uai, limit, decode_cursor(cursor) or {}))


@router.get("/v1/organisations/<uai>/campaigns/<campaign_id>")
def read(uai: UaiPath, campaign_id: CampaignPath) -> CampaignView:
    """One campaign."""
    return rendering.campaign(_campaign(uai, campaign_id))


@router.post("/v1/organisations/<uai>/campaigns/<campaign_id>/archiving")
def archive(uai: UaiPath, campaign_id: CampaignPath) -> CampaignView:
    """Close a campaign: its code opens nothing and nothing more is sent; what was sent stays. Repeating changes nothing."""
    campaign = _campaign(uai, campaign_id)
    archived = parts().taking_part.campaigns.archive(campaign.campaign_id, parts().clock.now()) or campaign
    logger(SERVICE).info("CAMPAIGN_ARCHIVED", campaign_id=campaign.campaign_id)
    metric("CampaignArchived", type=campaign.type.value)
    return rendering.campaign(archived)


@router.get("/v1/organisations/<uai>/campaigns/<campaign_id>/participants", middlewares=[polled])
def list_participants(
    uai: UaiPath,
    campaign_id: CampaignPath,
    class_name: ClassQuery = None,
    status: Annotated[ParticipationState | None, Query(description="Only this status.")] = None,
    limit: LimitQuery = LIMIT,
    cursor: CursorQuery = None,
) -> ParticipantsView:
    """Who takes part and how far they are, by class then name; results only of those who sent them."""
    campaign = _campaign(uai, campaign_id)
    wanted = ParticipantFilter(class_name, ParticipationStatus(status) if status else None)
    page = parts().taking_part.participations.page(campaign.campaign_id, wanted, limit, decode_cursor(cursor) or {})
    return rendering.participants(page)


@router.get("/v1/organisations/<uai>/campaigns/<campaign_id>/results", middlewares=[polled])
def read_results(uai: UaiPath, campaign_id: CampaignPath) -> CampaignResultsView:
    """How many take part and the means over what they sent, per competence; some seconds behind the participants."""
    campaign = _campaign(uai, campaign_id)
    return rendering.results(campaign, collective_results(parts().stats, campaign.campaign_id))


@router.get("/v1/organisations/<uai>/campaigns/<campaign_id>/results.csv", responses={200: CSV})
def export_results(uai: UaiPath, campaign_id: CampaignPath) -> Response[str]:
    """Every participant as a row, for spreadsheets: UTF-8 with a byte order mark, semicolons."""
    campaign = _campaign(uai, campaign_id)
    school = organisation_of(parts().organisations, campaign.uai)
    everyone = all_participations(parts().taking_part.participations, campaign.campaign_id)
    text = campaign_csv(school.name, campaign, framework_of(parts().taking_part.releases.current(), campaign), everyone)
    headers = {"Content-Disposition": f'attachment; filename="campagne-{campaign.code}.csv"'}
    return Response(status_code=200, content_type="text/csv; charset=utf-8; header=present", body=text, headers=headers)


def _campaign(uai: str, campaign_id: str) -> Campaign:
    return campaign_of_school(parts().taking_part.campaigns, member(router, uai).uai, CampaignId(campaign_id))
