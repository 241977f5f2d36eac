"""Routes of a school's space: creation, activation, imports of its list."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Response, Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.campaigns import organisation_rendering as rendering
from functions.campaigns.calling import SERVICE, UaiPath, admin, member
from functions.campaigns.organisation_schemas import (
    ActivationRequest,
    ClassesView,
    CreatedOrganisationView,
    CreateOrganisationRequest,
    ImportRequestedView,
    ImportView,
    MemberView,
    OrganisationView,
)
from functions.campaigns.paper_codes import activation_code
from functions.campaigns.wiring import accounts, parts
from jalon.edge.auth import caller
from jalon.edge.bodies import JSON
from jalon.edge.idempotency import idempotent, idempotent_but_for, request_name
from jalon.edge.observability import logger, metric
from jalon.edge.polling import polled
from jalon.kernel.ids import ImportId
from jalon.kernel.uai import parse_uai
from jalon.organisations.activate_organisation import ActivateOrganisation, activate_organisation
from jalon.organisations.create_organisation import CreateOrganisation, create_organisation
from jalon.organisations.imports import import_of
from jalon.organisations.organisation import organisation_of
from jalon.organisations.request_import import request_import

router = Router()


@router.post("/v1/organisations", status_code=201, middlewares=[idempotent_but_for(activation_code=activation_code)])
def create(body: CreateOrganisationRequest) -> CreatedOrganisationView:
    """Open a school's space, or renew the code of one that nobody has activated. Needs the scope organisations:write."""
    caller(router.current_event.raw_event).require_scope("organisations:write")
    code = activation_code(request_name(router.current_event))
    command = CreateOrganisation(parse_uai(body.uai, "/uai"), body.name, body.official_email, code)
    created = create_organisation(parts().organisations, parts().clock, command)
    logger(SERVICE).info("ORGANISATION_CREATED", uai=created.uai)
    metric("OrganisationCreated")
    return CreatedOrganisationView(uai=created.uai, activation_code=code, expires_at=created.expires_at)


@router.post("/v1/organisations/<uai>/activation", status_code=201)
def activate(uai: UaiPath, body: ActivationRequest) -> MemberView:
    """Activate the space with the code sent to the school: whoever does becomes its first administrator.

    No Idempotency-Key: a request that was cut off is sent again; once it is done, another one is a conflict.
    """
    command = ActivateOrganisation(parse_uai(uai), body.activation_code, body.first_name, body.last_name, body.email, body.password)
    administrator = activate_organisation(parts().organisations, accounts(), parts().clock, command)
    logger(SERVICE).info("ORGANISATION_ACTIVATED", uai=administrator.uai, user_id=administrator.user_id)
    metric("OrganisationActivated")
    return MemberView(uai=administrator.uai, user_id=administrator.user_id, role=administrator.role.value)


@router.get("/v1/organisations/<uai>")
def read(uai: UaiPath) -> OrganisationView:
    """The school, its classes, and the caller's role in it."""
    place = member(router, uai)
    return rendering.organisation(organisation_of(parts().organisations, place.uai), place)


@router.get("/v1/organisations/<uai>/classes")
def list_classes(uai: UaiPath) -> ClassesView:
    """The classes of the list in force, by name."""
    place = member(router, uai)
    return ClassesView(items=rendering.classes(organisation_of(parts().organisations, place.uai)))


@router.post("/v1/organisations/<uai>/imports", status_code=202, middlewares=[idempotent])
def ask_for_import(uai: UaiPath) -> Response[ImportRequestedView]:
    """Begin the import of a SIECLE list (XML, plain or zipped, to 20 MB): send the file where ``upload`` says, then poll."""
    administrator = admin(router, uai)
    requested, ticket = request_import(
        parts().imports, parts().uploads, parts().ids, parts().clock, administrator.uai, administrator.user_id
    )
    logger(SERVICE).info("IMPORT_REQUESTED", uai=requested.uai, import_id=requested.import_id)
    headers = {"Location": f"/v1/organisations/{requested.uai}/imports/{requested.import_id}"}
    return Response(status_code=202, content_type=JSON, body=rendering.import_requested(requested, ticket), headers=headers)


@router.get("/v1/organisations/<uai>/imports/<import_id>", middlewares=[polled])
def read_import(uai: UaiPath, import_id: Annotated[str, Path(pattern=r"^imp_[0-9a-f]{32}$")]) -> ImportView:
    """An import's state, its counts, and everything wrong with the file at once."""
    place = member(router, uai)
    return rendering.pupil_import(import_of(parts().imports, place.uai, ImportId(import_id)))
