"""Who calls which school's route."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from functions.campaigns.wiring import parts
from jalon.edge.idempotency_keys import MAX_KEY_LENGTH
from jalon.edge.paging import DEFAULT_LIMIT, MAX_LIMIT
from jalon.edge.signed_in import user
from jalon.kernel.uai import parse_uai
from jalon.organisations.memberships import Member, require_admin, require_member

SERVICE = "campaigns"

UaiPath = Annotated[str, Path(description="The school's UAI: seven digits and a letter.", min_length=8, max_length=8)]
InePath = Annotated[str, Path(description="The pupil's national number (INE).", min_length=1, max_length=40)]
RequestKey = Annotated[
    str,
    Header(
        alias="idempotency-key",
        description="Fresh for each thing to do, the same when the request is repeated.",
        min_length=1,
        max_length=MAX_KEY_LENGTH,
    ),
]
ClassQuery = Annotated[str | None, Query(alias="class", description="Only this class.", min_length=1, max_length=40)]
LimitQuery = Annotated[int, Query(description="How many items at most.", ge=1, le=MAX_LIMIT)]
CursorQuery = Annotated[str | None, Query(description="next_cursor of the page before.", max_length=1_000)]
LIMIT = DEFAULT_LIMIT


def member(router: Router, uai: str) -> Member:
    """The caller's membership of the school of this route, or a refusal."""
    return require_member(parts().members, parse_uai(uai), user(router))


def admin(router: Router, uai: str) -> Member:
    """The caller's membership as an administrator, or a refusal."""
    return require_admin(parts().members, parse_uai(uai), user(router))
