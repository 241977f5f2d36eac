"""Routes of the framework and of target profiles: the content's own, and those a school makes to measure (docs/domain.md §6)."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Response, Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from engine.errors import UnknownReferenceError
from functions.campaigns import target_profile_rendering as rendering
from functions.campaigns.calling import LIMIT, SERVICE, CursorQuery, LimitQuery, UaiPath, member
from functions.campaigns.target_profile_schemas import (
    FrameworkView,
    MakeTargetProfileRequest,
    SchoolTargetProfilesView,
    SchoolTargetProfileView,
    TargetProfilesView,
    TargetProfileTopicsView,
)
from functions.campaigns.wiring import parts
from jalon.campaigns.made_to_measure import (
    MakeToMeasure,
    TargetProfileUnknownError,
    make_to_measure,
    own_target_profile,
)
from jalon.edge.bodies import JSON
from jalon.edge.idempotency import idempotent
from jalon.edge.observability import logger, metric
from jalon.edge.paging import decode_cursor
from jalon.edge.polling import polled
from jalon.edge.signed_in import user

router = Router()

ContentProfilePath = Annotated[str, Path(min_length=1, max_length=64, description="The target profile's id.")]
SchoolProfilePath = Annotated[str, Path(pattern=r"^tpf_[0-9a-f]{32}$", description="The id of a target profile the school made.")]


@router.get("/v1/framework", middlewares=[polled])
def read_framework() -> FrameworkView:
    """Domains, competences and topics of the current content, with the levels of each topic; changes with the content only."""
    user(router)
    return rendering.framework(parts().taking_part.releases.current())


@router.get("/v1/target-profiles", middlewares=[polled])
def list_target_profiles() -> TargetProfilesView:
    """The *parcours* of the content, which every school's assessment campaigns may use."""
    user(router)
    return rendering.target_profiles(parts().taking_part.releases.current())


@router.get("/v1/target-profiles/<profile_id>", middlewares=[polled])
def read_target_profile(profile_id: ContentProfilePath) -> TargetProfileTopicsView:
    """One *parcours* of the content with its topics and their ceilings."""
    user(router)
    release = parts().taking_part.releases.current()
    try:
        return rendering.target_profile(release, release.target_profile(profile_id))
    except UnknownReferenceError:
        raise TargetProfileUnknownError("The current content has no such target profile.", target_profile_id=profile_id) from None


@router.post("/v1/organisations/<uai>/target-profiles", status_code=201, middlewares=[idempotent])
def make(uai: UaiPath, body: MakeTargetProfileRequest) -> Response[SchoolTargetProfileView]:
    """Make a *parcours* to measure: topics with a level ceiling each. It never changes; withdraw it and make another."""
    creator = member(router, uai)
    shared = parts().taking_part
    release = shared.releases.current()
    topics = tuple((topic.id, topic.max_level) for topic in body.topics)
    command = MakeToMeasure(creator.uai, creator.user_id, body.name, topics)
    made = make_to_measure(parts().target_profiles, release, shared.ids, shared.clock, command)
    logger(SERVICE).info("TARGET_PROFILE_MADE", uai=made.uai, target_profile_id=made.profile_id)
    metric("TargetProfileMade")
    headers = {"Location": f"/v1/organisations/{made.uai}/target-profiles/{made.profile_id}"}
    return Response(status_code=201, content_type=JSON, body=rendering.school_target_profile(release, made), headers=headers)


@router.get("/v1/organisations/<uai>/target-profiles")
def list_own(uai: UaiPath, limit: LimitQuery = LIMIT, cursor: CursorQuery = None) -> SchoolTargetProfilesView:
    """The target profiles the school made, latest first, the withdrawn ones with their date."""
    place = member(router, uai)
    page = parts().target_profiles.of_school(place.uai, limit, decode_cursor(cursor) or {})
    return rendering.school_target_profiles(parts().taking_part.releases.current(), page)


@router.get("/v1/organisations/<uai>/target-profiles/<profile_id>")
def read_own(uai: UaiPath, profile_id: SchoolProfilePath) -> SchoolTargetProfileView:
    """One of the target profiles the school made."""
    found = own_target_profile(parts().target_profiles, member(router, uai).uai, profile_id)
    return rendering.school_target_profile(parts().taking_part.releases.current(), found)


@router.post("/v1/organisations/<uai>/target-profiles/<profile_id>/withdrawal")
def withdraw(uai: UaiPath, profile_id: SchoolProfilePath) -> SchoolTargetProfileView:
    """Offer it to no new campaign; those that rest on it go on. Repeating changes nothing."""
    profiles = parts().target_profiles
    found = own_target_profile(profiles, member(router, uai).uai, profile_id)
    withdrawn = profiles.withdraw(found.uai, found.profile_id, parts().clock.now()) or found
    logger(SERVICE).info("TARGET_PROFILE_WITHDRAWN", uai=found.uai, target_profile_id=found.profile_id)
    return rendering.school_target_profile(parts().taking_part.releases.current(), withdrawn)
