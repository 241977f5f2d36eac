"""Routes of the pupil in campaigns: enter a code, take part, send one's results."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.campaigns import campaign_rendering as rendering
from functions.campaigns.calling import LIMIT, SERVICE, CursorQuery, LimitQuery
from functions.campaigns.campaign_schemas import CodeView, ParticipateRequest, ParticipationsView, ParticipationView
from functions.campaigns.wiring import parts
from jalon.campaigns.enter_code import enter_code
from jalon.campaigns.own_parcours import own_parcours, own_parcours_page
from jalon.campaigns.participation import own_participation
from jalon.campaigns.share_results import share_results
from jalon.campaigns.start_participation import retry_participation, start_participation
from jalon.edge.idempotency import idempotent
from jalon.edge.observability import logger, metric
from jalon.edge.paging import decode_cursor
from jalon.edge.polling import polled
from jalon.edge.signed_in import pupil

router = Router()

ParticipationPath = Annotated[str, Path(pattern=r"^par_[0-9a-f]{32}_[0-9a-f]{32}$", description="The participation's id.")]


@router.get("/v1/campaign-codes/<code>")
def look_up_code(code: Annotated[str, Path(max_length=1_000)]) -> CodeView:
    """What a code opens for the caller: 404 wrong, 410 archived, 403 another school's, 409 results sent already.

    The code as it was typed or pasted: case, width, spaces, dashes and quotes say nothing, and a look-alike is read by its place.
    """
    shared = parts().taking_part
    found = enter_code(shared.campaigns, shared.organisations, shared.participations, shared.reconciliations, code, pupil(router))
    own = None if found.participation is None else own_parcours(shared, found.participation)
    return rendering.code(found, own)


@router.post("/v1/participations")
def participate(body: ParticipateRequest) -> ParticipationView:
    """Take part in a campaign, or go on where one stopped: the same participation, and the same test, however often it is asked.

    No Idempotency-Key: a person has one participation in a campaign.

    A test that has begun goes on in its own language, whatever `locale` says. One that begins in a language in which it is not offered
    whole is refused with 422 `locale_not_offered`, which lists those that are; nothing is begun then. A collection has no test: `locale`
    says nothing there.
    """
    own = start_participation(parts().taking_part, body.code, pupil(router), body.locale)
    logger(SERVICE).info("PARTICIPATION_OPENED", participation_id=own.participation_id)
    metric("ParticipationOpened")
    return rendering.participation(own_parcours(parts().taking_part, own))


@router.get("/v1/participations")
def list_own(limit: LimitQuery = LIMIT, cursor: CursorQuery = None) -> ParticipationsView:
    """The caller's own participations, latest first."""
    return rendering.participations(own_parcours_page(parts().taking_part, pupil(router), limit, decode_cursor(cursor) or {}))


@router.get("/v1/participations/<participation_id>", middlewares=[polled])
def read(participation_id: ParticipationPath) -> ParticipationView:
    """One of the caller's own participations; poll it with its ETag."""
    shared = parts().taking_part
    own = own_participation(shared.participations, participation_id, pupil(router))
    return rendering.participation(own_parcours(shared, own))


@router.post("/v1/participations/<participation_id>/sharing", middlewares=[idempotent])
def share(participation_id: ParticipationPath) -> ParticipationView:
    """Send one's results to the teacher: an assessment's once, a profile as often as the campaign allows."""
    shared = share_results(parts().taking_part, participation_id, pupil(router))
    logger(SERVICE).info("RESULTS_SHARED", participation_id=shared.participation_id, sendings=shared.sendings)
    metric("ResultsShared")
    return rendering.participation(own_parcours(parts().taking_part, shared))


@router.post("/v1/participations/<participation_id>/retry")
def retry(participation_id: ParticipationPath) -> ParticipationView:
    """Take the test of a campaign again, in its language, 4 days after its end and before its results are sent; repeating is harmless."""
    own = retry_participation(parts().taking_part, participation_id, pupil(router))
    logger(SERVICE).info("PARTICIPATION_RETRIED", participation_id=own.participation_id)
    metric("ParticipationRetried")
    return rendering.participation(own_parcours(parts().taking_part, own))
