"""Schools and pupils as the API shows them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from functions.campaigns.organisation_schemas import (
    CertifiablePupilView,
    CertifiableView,
    ClassView,
    CredentialsView,
    ImportCountsView,
    ImportErrorView,
    ImportPupilView,
    ImportRequestedView,
    ImportView,
    OrganisationView,
    PupilsView,
    PupilView,
    ReconciliationView,
    RecoveredAccessView,
    SignInCodeView,
    SignInWindowView,
    UploadView,
    WaysInView,
)
from jalon.campaigns.certifiable_pupils import PupilReadiness
from jalon.edge.paging import encode_cursor
from jalon.kernel.ids import Ine
from jalon.organisations.imports import ImportProblem, PupilImport
from jalon.organisations.issue_pupil_credentials import PupilCredentials
from jalon.organisations.memberships import Member
from jalon.organisations.open_sign_in_window import SignInWindow
from jalon.organisations.organisation import Organisation
from jalon.organisations.pupils import PupilPage
from jalon.organisations.reconcile_pupil import Found, ReconcilePupil
from jalon.organisations.recover_access import RecoveredAccess
from jalon.organisations.request_import import UploadTicket


def organisation(school: Organisation, place: Member) -> OrganisationView:
    return OrganisationView(
        uai=school.uai,
        name=school.name,
        activated_at=school.activated_at,
        role=place.role.value,
        pupils=sum(school.classes.values()),
        classes=classes(school),
    )


def classes(school: Organisation) -> list[ClassView]:
    return [ClassView(name=name, size=size) for name, size in sorted(school.classes.items())]


def import_requested(requested: PupilImport, ticket: UploadTicket) -> ImportRequestedView:
    upload = UploadView(url=ticket.url, method="PUT", headers=dict(ticket.headers))
    return ImportRequestedView(id=requested.import_id, status=requested.status.value, upload=upload)


def pupil_import(stored: PupilImport) -> ImportView:
    return ImportView(
        id=stored.import_id,
        status=stored.status.value,
        requested_at=stored.requested_at,
        updated_at=stored.updated_at,
        counts=ImportCountsView(**asdict(stored.counts)),
        errors=[_import_error(problem) for problem in stored.problems],
    )


def _import_error(problem: ImportProblem) -> ImportErrorView:
    named = ImportPupilView(**asdict(problem.pupil)) if problem.pupil else None
    return ImportErrorView(code=problem.code.value, detail=problem.detail, field=problem.field, pupil=named)


def pupils(page: PupilPage, reconciled: Collection[Ine]) -> PupilsView:
    return PupilsView(
        items=[
            PupilView(
                ine=pupil.ine,
                last_name=pupil.last_name,
                used_name=pupil.used_name,
                first_name=pupil.first_name,
                sex=pupil.sex.value,
                birth_date=pupil.birth_date,
                class_name=pupil.class_name,
                reconciled=pupil.ine in reconciled,
            )
            for pupil in page.pupils
        ],
        next_cursor=encode_cursor(page.cursor),
    )


def credentials(slip: PupilCredentials) -> CredentialsView:
    return CredentialsView(
        ine=slip.pupil.ine,
        last_name=slip.pupil.last_name,
        first_name=slip.pupil.first_name,
        username=slip.account.username if slip.account else None,
        initial_password=slip.account.initial_password if slip.account else None,
        not_made=slip.not_made,
    )


def recovered(access: RecoveredAccess) -> RecoveredAccessView:
    pupil, account = access.pupil, access.account
    return RecoveredAccessView(
        ine=pupil.ine,
        last_name=pupil.last_name,
        first_name=pupil.first_name,
        username=account.username,
        initial_password=account.initial_password,
        ways_in=WaysInView(email=access.attached.email, identity_providers=list(access.attached.providers)),
    )


def sign_in_window(window: SignInWindow) -> SignInWindowView:
    codes = [
        SignInCodeView(ine=pupil.ine, last_name=pupil.last_name, first_name=pupil.first_name, sign_in_code=code)
        for pupil, code in window.pupils
    ]
    return SignInWindowView(class_name=window.class_name, opens_until=window.opens_until, pupils=codes)


def certifiable(readiness: Sequence[PupilReadiness]) -> CertifiableView:
    items = [
        CertifiablePupilView(
            ine=each.pupil.ine,
            last_name=each.pupil.last_name,
            first_name=each.pupil.first_name,
            class_name=each.pupil.class_name,
            reconciled=each.reconciled,
            certifiable=each.certifiable,
            certifiable_competences=each.certifiable_competences,
        )
        for each in readiness
    ]
    return CertifiableView(certifiable=sum(item.certifiable for item in items), items=items)


def reconciliation(asked: ReconcilePupil, found: Found) -> ReconciliationView:
    """What was typed, until the link is proven: whoever typed it may be a classmate, and learns nothing of the list."""
    if not found.proven:
        return ReconciliationView(uai=asked.uai, last_name=asked.last_name, first_name=asked.first_name, class_name=None)
    pupil = found.pupil
    return ReconciliationView(uai=asked.uai, last_name=pupil.last_name, first_name=pupil.first_name, class_name=pupil.class_name)
