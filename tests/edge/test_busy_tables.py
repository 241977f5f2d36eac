"""A transaction that did not happen because the tables were busy is told as that by every store, and never as an answer to the caller."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pynamodb.models import Model

from jalon.accounts.account_store import MODELS as ACCOUNTS
from jalon.accounts.account_store import AccountTable
from jalon.accounts.identity import Identity, Role
from jalon.accounts.stores import Credentials
from jalon.accounts.tables import IdentityItem
from jalon.campaigns.campaign_store import DynamoCampaigns
from jalon.campaigns.tables import CampaignCodeItem, CampaignItem
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, OpenFinalisationItem, ResultItem, SessionItem
from jalon.edge.settings import Settings
from jalon.edge.tables import StoreUnavailableError, bind
from jalon.kernel.ids import ImportId, Ine, Uai, UserId
from jalon.organisations.imports import ImportCounts, PupilImport
from jalon.organisations.invitation_store import DynamoInvitations
from jalon.organisations.invitations import Invitation
from jalon.organisations.memberships import Member, MemberRole
from jalon.organisations.organisation import Organisation
from jalon.organisations.organisation_store import DynamoMembers, DynamoOrganisations
from jalon.organisations.reconciliation_store import DynamoReconciliations
from jalon.organisations.reconciliations import Reconciliation
from jalon.organisations.tables import ImportItem, InvitationItem, MemberItem, OrganisationItem, ReconciliationItem
from tests.campaigns.samples import campaign
from tests.certification.samples import NUMBER, a_candidate, a_result, a_session, finalisation
from tests.certification.stores import MODELS as CERTIFICATION
from tests.cloud import build
from tests.dynamodb_answers import IN_A_TRANSACTION, answering, cancelled

MODELS = (
    *ACCOUNTS,
    *CERTIFICATION,
    CampaignCodeItem,
    CampaignItem,
    ImportItem,
    InvitationItem,
    MemberItem,
    OrganisationItem,
    ReconciliationItem,
)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
UAI = Uai("0990001N")
HEAD = Member(UAI, UserId("usr_" + "a" * 32), MemberRole.ADMIN, NOW)
GUEST = replace(HEAD, user_id=UserId("usr_" + "b" * 32))
SCHOOL = Organisation(UAI, "Collège des Exemples", "ce@exemple.example", NOW, "digest", NOW)
LINK = Reconciliation(UAI, Ine("123456789AB"), GUEST.user_id, NOW)
INVITATION = Invitation("digest", UAI, "claire@exemple.example", MemberRole.MEMBER, HEAD.user_id, NOW)
IMPORT = PupilImport(ImportId("imp_" + "1" * 32), UAI, HEAD.user_id, NOW)
CLAIRE = Identity(GUEST.user_id, "Claire", "Exemple", frozenset({Role.JURY}), NOW, login_keys=frozenset({"key"}))
JOINED = a_candidate(user_id=GUEST.user_id)

WRITES: dict[str, tuple[type[Model], Callable[[], object]]] = {
    "make an account": (IdentityItem, lambda: AccountTable().create(CLAIRE, Credentials("verifier"))),
    "set a password": (IdentityItem, lambda: AccountTable().set_password(CLAIRE.user_id, "verifier", None)),
    "replace logins": (IdentityItem, lambda: AccountTable().replace_logins(CLAIRE, replace(CLAIRE, login_keys=frozenset({"other"})))),
    "activate a school": (OrganisationItem, lambda: DynamoOrganisations().activate(SCHOOL, HEAD)),
    "put a list in force": (OrganisationItem, lambda: DynamoOrganisations().put_in_force(IMPORT, {}, ImportCounts(), NOW)),
    "remove a member": (OrganisationItem, lambda: DynamoMembers().remove(GUEST, HEAD)),
    "use an invitation": (InvitationItem, lambda: DynamoInvitations().use(INVITATION, GUEST)),
    "link a pupil": (ReconciliationItem, lambda: DynamoReconciliations().link(LINK)),
    "unlink a pupil": (ReconciliationItem, lambda: DynamoReconciliations().unlink(LINK)),
    "open a campaign": (CampaignItem, lambda: DynamoCampaigns().create(campaign())),
    "open a session": (SessionItem, lambda: DynamoSessionStore().create(a_session())),
    "change a session": (SessionItem, lambda: DynamoSessionStore().change(a_session(room="B"), a_session())),
    "finalise a session": (SessionItem, lambda: DynamoSessionStore().finalise(NUMBER, finalisation())),
    "reopen a session": (SessionItem, lambda: DynamoSessionStore().reopen(a_session(), finalisation(number=2))),
    "join a session": (CandidateItem, lambda: DynamoCandidateStore().join(JOINED, a_candidate(), None)),
    "decide on a result": (ResultItem, lambda: DynamoResultStore().append_decision(a_result())),
}


@pytest.fixture(scope="module", autouse=True)
def tables(emulator: str) -> Iterator[None]:
    """The tables, which stay empty: no write of this module reaches them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in build(emulator).environment.items():
            patch.setenv(name, value)
        patch.setattr("jalon.edge.tables.time.sleep", lambda _seconds: None)
        bind(Settings.from_environment(), *MODELS)
        yield


@pytest.mark.parametrize("write", WRITES)
def test_a_transaction_that_the_tables_were_too_busy_for_can_be_sent_again(write: str) -> None:
    model, act = WRITES[write]
    for reason in ("ThrottlingError", "TransactionConflict"):
        with answering(model, "TransactWriteItems", cancelled("None", reason)), pytest.raises(StoreUnavailableError):
            act()


def test_an_entry_whose_session_is_being_written_stays_open() -> None:
    with answering(OpenFinalisationItem, "DeleteItem", IN_A_TRANSACTION), pytest.raises(StoreUnavailableError):
        DynamoOpenFinalisationStore().close(NUMBER, 1)
