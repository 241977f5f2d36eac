"""Routes of a school's pupils: the list, their accounts, who is certifiable; and reconciliation."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.campaigns import organisation_rendering as rendering
from functions.campaigns.calling import (
    LIMIT,
    SERVICE,
    ClassQuery,
    CursorQuery,
    InePath,
    LimitQuery,
    RequestKey,
    UaiPath,
    admin,
    member,
)
from functions.campaigns.organisation_schemas import (
    AccessRecoveryRequest,
    CertifiableView,
    ClassCredentialsView,
    CredentialsRequest,
    PupilsView,
    ReconciliationRequest,
    ReconciliationView,
    RecoveredAccessView,
    SignInWindowRequest,
    SignInWindowView,
)
from functions.campaigns.wiring import accounts, parts
from jalon.campaigns.certifiable_pupils import certifiable_pupils
from jalon.edge.erasures import refuse_erased
from jalon.edge.observability import logger, metric
from jalon.edge.paging import decode_cursor
from jalon.edge.signed_in import pupil
from jalon.kernel.ine import normal_ine
from jalon.kernel.uai import parse_uai
from jalon.organisations.issue_pupil_credentials import issue_pupil_credentials
from jalon.organisations.open_sign_in_window import open_sign_in_window
from jalon.organisations.reconcile_pupil import ReconcilePupil, reconcile_pupil
from jalon.organisations.recover_access import RecoverAccess, recover_access
from jalon.organisations.release_account import release_account

router = Router()


@router.get("/v1/organisations/<uai>/pupils")
def list_pupils(uai: UaiPath, class_name: ClassQuery = None, limit: LimitQuery = LIMIT, cursor: CursorQuery = None) -> PupilsView:
    """The pupils of the list in force, by class then name."""
    place = member(router, uai)
    page = parts().pupils.page(place.uai, class_name, limit, decode_cursor(cursor) or {})
    links = parts().reconciliations.of_pupils(place.uai, [listed.ine for listed in page.pupils])
    return rendering.pupils(page, frozenset(links))


@router.post("/v1/organisations/<uai>/pupil-credentials")
def issue_credentials(uai: UaiPath, body: CredentialsRequest) -> ClassCredentialsView:
    """Accounts for a class, with usernames and initial passwords to print. Asking again gives the same; none is stored in the clear."""
    administrator = admin(router, uai)
    shared = parts()
    slips = issue_pupil_credentials(
        shared.pupils, shared.reconciliations, accounts(), shared.ids, shared.clock, administrator.uai, body.class_name
    )
    logger(SERVICE).info("CREDENTIALS_ISSUED", uai=administrator.uai, pupils=len(slips))
    metric("CredentialsIssued", value=len(slips))
    return ClassCredentialsView(items=[rendering.credentials(slip) for slip in slips])


@router.post("/v1/organisations/<uai>/access-recoveries")
def recover_pupil_access(uai: UaiPath, body: AccessRecoveryRequest, idempotency_key: RequestKey) -> RecoveredAccessView:
    """A new initial password for a pupil who lost the way in; the one before no longer serves, and every sign-in ends.

    The same request under the same key gives the same password. What opens the account beside it is named (ways_in), and closed where an
    administrator asks for that (close_ways_in): somebody who had the pupil's password may have attached it.
    """
    place = admin(router, uai) if body.close_ways_in else member(router, uai)
    command = RecoverAccess(
        uai=place.uai,
        first_name=body.first_name,
        last_name=body.last_name,
        birth_date=body.birth_date,
        ine=normal_ine(body.ine),
        request=f"{place.user_id} {idempotency_key}{' close' if body.close_ways_in else ''}",
        close_ways=body.close_ways_in,
    )
    access = recover_access(parts().pupils, parts().reconciliations, accounts(), parts().mailer, parts().clock, command)
    logger(SERVICE).info("ACCESS_RECOVERED", uai=place.uai, by=place.user_id, close_ways=command.close_ways)
    metric("AccessRecovered")
    return rendering.recovered(access)


@router.delete("/v1/organisations/<uai>/pupils/<ine>/account", status_code=HTTPStatus.NO_CONTENT)
def release_pupil_account(uai: UaiPath, ine: InePath) -> None:
    """Take a pupil and their account apart: somebody else was found under this name, or the pupil has another account.

    The account keeps its ways in and its results; the pupil may be reconciled with another one. Repeating the request is harmless.
    """
    administrator = admin(router, uai)
    if release_account(parts().pupils, parts().reconciliations, accounts(), administrator.uai, normal_ine(ine)):
        logger(SERVICE).info("ACCOUNT_RELEASED", uai=administrator.uai, by=administrator.user_id)
        metric("AccountReleased")


@router.post("/v1/organisations/<uai>/sign-in-windows")
def open_window(uai: UaiPath, body: SignInWindowRequest) -> SignInWindowView:
    """Codes with which a class signs in, whatever somebody types under its usernames; each is good for one pupil, for an hour at most."""
    place, shared = member(router, uai), parts()
    window = open_sign_in_window(shared.pupils, shared.reconciliations, accounts().keyring, shared.clock, place.uai, body.class_name)
    logger(SERVICE).info("SIGN_IN_WINDOW_OPENED", uai=place.uai, by=place.user_id, pupils=len(window.pupils))
    metric("SignInWindowOpened")
    return rendering.sign_in_window(window)


@router.get("/v1/organisations/<uai>/certifiable")
def list_certifiable(uai: UaiPath, class_name: Annotated[str, Query(alias="class", min_length=1, max_length=40)]) -> CertifiableView:
    """Which pupils of a class could be certified today: level 1 or more in at least five competences."""
    place = member(router, uai)
    shared = parts()
    pupils = certifiable_pupils(shared.pupils, shared.reconciliations, shared.taking_part.profiles, place.uai, class_name)
    return rendering.certifiable(pupils)


@router.post("/v1/reconciliations")
def reconcile(body: ReconciliationRequest) -> ReconciliationView:
    """Be found on a school's list by name and birth date; the link is kept, and asking again gives the same.

    What was not found is counted, per account and per person looked for. No Idempotency-Key: a person is one pupil of a school's list.
    """
    person = pupil(router)
    refuse_erased(person)  # before anything is counted for them
    command = ReconcilePupil(
        user_id=person,
        uai=parse_uai(body.uai, "/uai"),
        first_name=body.first_name,
        last_name=body.last_name,
        birth_date=body.birth_date,
        ine=normal_ine(body.ine) if body.ine else None,
    )
    found = reconcile_pupil(parts().pupils, parts().reconciliations, accounts(), parts().clock, command)
    logger(SERVICE).info("PUPIL_RECONCILED", uai=command.uai, user_id=command.user_id)
    metric("PupilReconciled")
    return rendering.reconciliation(command, found)
