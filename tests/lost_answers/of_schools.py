"""The conditional writes about schools, their people and their lists."""

from dataclasses import replace

from jalon.organisations.import_store import DynamoImports
from jalon.organisations.imports import ImportCounts, ImportStatus
from jalon.organisations.invitation_store import DynamoInvitations
from jalon.organisations.organisation_store import DynamoMembers, DynamoOrganisations, member_item
from jalon.organisations.personal_data_store import _unlink
from jalon.organisations.reconciliation_store import DynamoReconciliations
from tests.edge.test_busy_tables import GUEST, HEAD, IMPORT, INVITATION, LINK, NOW, SCHOOL, UAI
from tests.lost_answers.writes import KnownBy, Write


def _school() -> None:
    DynamoOrganisations().create(SCHOOL)


def _import() -> None:
    _school()
    DynamoImports().create(IMPORT)


def _members() -> None:
    for member in (HEAD, GUEST):
        member_item(member).save()


WRITES = {
    "organisations.import_store.DynamoImports.create": Write(KnownBy.ITEM, lambda: DynamoImports().create(IMPORT)),
    "organisations.import_store.DynamoImports.advance": Write(
        KnownBy.REPEATED, lambda: DynamoImports().advance(IMPORT, ImportStatus.VALIDATED, NOW), _import
    ),
    "organisations.import_store.DynamoImports.refuse": Write(
        KnownBy.STANDING, lambda: DynamoImports().refuse(IMPORT, ImportStatus.VALIDATION_ERROR, [], NOW), _import
    ),
    "organisations.invitation_store.DynamoInvitations.create": Write(KnownBy.STANDING, lambda: DynamoInvitations().create(INVITATION)),
    "organisations.invitation_store.DynamoInvitations.use": Write(
        KnownBy.TOKEN, lambda: DynamoInvitations().use(INVITATION, GUEST), lambda: DynamoInvitations().create(INVITATION)
    ),
    "organisations.organisation_store.DynamoMembers.remove": Write(KnownBy.TOKEN, lambda: DynamoMembers().remove(GUEST, HEAD), _members),
    "organisations.organisation_store.DynamoOrganisations.create": Write(KnownBy.REPEATED, _school),
    "organisations.organisation_store.DynamoOrganisations.activate": Write(
        KnownBy.TOKEN, lambda: DynamoOrganisations().activate(SCHOOL, HEAD), _school
    ),
    "organisations.organisation_store.DynamoOrganisations.begin": Write(
        KnownBy.REPEATED, lambda: DynamoOrganisations().begin(UAI, IMPORT.version), _school
    ),
    "organisations.organisation_store.DynamoOrganisations.put_in_force": Write(
        KnownBy.TOKEN, lambda: DynamoOrganisations().put_in_force(IMPORT, {"3A": 2}, ImportCounts(2), NOW), _import
    ),
    "organisations.personal_data_store._unlink": Write(
        KnownBy.STANDING, lambda: _unlink(f"school#{UAI}", LINK.ine, LINK.user_id), lambda: DynamoReconciliations().link(LINK)
    ),
    # Linked again, and proven this time: both of its transactions.
    "organisations.reconciliation_store.DynamoReconciliations.link": Write(
        KnownBy.TOKEN,
        lambda: (DynamoReconciliations().link(LINK), DynamoReconciliations().link(replace(LINK, proven=True))),
    ),
    "organisations.reconciliation_store.DynamoReconciliations.unlink": Write(
        KnownBy.TOKEN, lambda: DynamoReconciliations().unlink(LINK), lambda: DynamoReconciliations().link(LINK)
    ),
}
