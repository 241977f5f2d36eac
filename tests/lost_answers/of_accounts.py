"""The conditional writes about people's accounts, their sign-ins, copies and erasures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jalon.accounts.account_store import AccountTable
from jalon.accounts.client_store import ClientTable
from jalon.accounts.counts import NONE_YET, Count
from jalon.accounts.erasure_store import DynamoErasures
from jalon.accounts.export_store import DynamoExports
from jalon.accounts.exports import Export, ExportId, ExportStatus
from jalon.accounts.family_store import FamilyTable
from jalon.accounts.identity import Identity, Role, TermsAcceptance
from jalon.accounts.oauth_client import SCREENS, OAuthClient, Scope
from jalon.accounts.personal_data_store import _remove_way_in
from jalon.accounts.provider_flow import Flow
from jalon.accounts.provider_flow_store import FlowTable
from jalon.accounts.refresh_token import start_family
from jalon.accounts.stores import Credentials, SetupTicket
from jalon.kernel.ids import ClientId, UserId
from tests.lost_answers.writes import KnownBy, Write

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CLAIRE = Identity(UserId("usr_" + "c" * 32), "Claire", "Exemple", frozenset({Role.PUPIL}), NOW, login_keys=frozenset({"key"}))
TICKET = SetupTicket(CLAIRE.user_id, b"nonce", LATER)
FAMILY = start_family("fam_1", CLAIRE.user_id, SCREENS, 0, NOW, NOW)
CLIENT = OAuthClient(ClientId("cli_1"), "Exports", frozenset({Scope.LSU_READ}), b"first", "request", "usr_1", NOW, frozenset({"0990001N"}))
FLOW = Flow("psi_1", "ent", "https://ecrans.example/retour", LATER)
EXPORT = Export(CLAIRE.user_id, ExportId("exp_1"), NOW)


def _account() -> None:
    AccountTable().create(CLAIRE, Credentials("verifier", b"initial"))


def _erased() -> None:
    DynamoErasures().request(CLAIRE.user_id, NOW)
    DynamoErasures().note_found(CLAIRE.user_id, {"profiles": 1})
    DynamoErasures().note_erased(CLAIRE.user_id, NOW)


_ACCOUNTS = {
    "create": Write(KnownBy.TOKEN, lambda: AccountTable().create(CLAIRE, Credentials("verifier"), TICKET)),
    "set_password": Write(KnownBy.TOKEN, lambda: AccountTable().set_password(CLAIRE.user_id, "new", None, proven="verifier"), _account),
    "replace_logins": Write(
        KnownBy.TOKEN, lambda: AccountTable().replace_logins(CLAIRE, replace(CLAIRE, login_keys=frozenset({"other"}))), _account
    ),
    "count": Write(KnownBy.ITEM, lambda: AccountTable().count("attempts#1", NONE_YET, Count(1, NOW))),
    "offer_ticket": Write(KnownBy.STANDING, lambda: AccountTable().offer_ticket(TICKET, NOW)),
    "renew_verifier": Write(KnownBy.STANDING, lambda: AccountTable().renew_verifier(CLAIRE.user_id, "verifier", "new"), _account),
    "change_preferences": Write(KnownBy.REPEATED, lambda: AccountTable().change_preferences(CLAIRE.user_id, {"locale": "en"}), _account),
    "accept_terms": Write(KnownBy.REPEATED, lambda: AccountTable().accept_terms(CLAIRE.user_id, TermsAcceptance("2026-09", NOW)), _account),
    # Two more are as good as one: every sign-in and token of before is over.
    "raise_sign_in_epoch": Write(
        KnownBy.REPEATED, lambda: AccountTable().raise_sign_in_epoch(CLAIRE.user_id), _account, frozenset({"sign_in_epoch"})
    ),
}
_OTHERS = {
    "client_store.ClientTable.create": Write(KnownBy.STANDING, lambda: ClientTable().create(CLIENT)),
    "client_store.ClientTable.renew": Write(
        KnownBy.ITEM, lambda: ClientTable().renew(CLIENT.client_id, b"second", [b"first"], LATER), lambda: ClientTable().create(CLIENT)
    ),
    "client_store.ClientTable.end": Write(
        KnownBy.STANDING, lambda: ClientTable().end(CLIENT.client_id, NOW), lambda: ClientTable().create(CLIENT)
    ),
    "erasure_store.DynamoErasures.request": Write(KnownBy.STANDING, lambda: DynamoErasures().request(CLAIRE.user_id, NOW)),
    "erasure_store.DynamoErasures.withdraw": Write(
        KnownBy.REPEATED, lambda: DynamoErasures().withdraw(CLAIRE.user_id), lambda: DynamoErasures().request(CLAIRE.user_id, NOW)
    ),
    "erasure_store.DynamoErasures.note_found": Write(
        KnownBy.STANDING,
        lambda: DynamoErasures().note_found(CLAIRE.user_id, {"profiles": 1}),
        lambda: DynamoErasures().request(CLAIRE.user_id, NOW),
    ),
    "erasure_store.DynamoErasures.note_erased": Write(
        KnownBy.STANDING,
        lambda: DynamoErasures().note_erased(CLAIRE.user_id, LATER),
        lambda: DynamoErasures().request(CLAIRE.user_id, NOW),
    ),
    "erasure_store.DynamoErasures.note_verified": Write(
        KnownBy.STANDING, lambda: DynamoErasures().note_verified(CLAIRE.user_id, LATER, {}, {"results": 1}), _erased
    ),
    "export_store.DynamoExports.begin": Write(KnownBy.ITEM, lambda: DynamoExports().begin(EXPORT, None)),
    "export_store.DynamoExports.finish": Write(
        KnownBy.REPEATED,
        lambda: DynamoExports().finish(replace(EXPORT, status=ExportStatus.READY, size_bytes=7, sha256="ab")),
        lambda: DynamoExports().begin(EXPORT, None),
    ),
    "family_store.FamilyTable.start": Write(KnownBy.ITEM, lambda: FamilyTable().start(FAMILY)),
    "family_store.FamilyTable.rotate": Write(
        KnownBy.ITEM, lambda: FamilyTable().rotate(FAMILY, LATER, FAMILY.idle_until), lambda: FamilyTable().start(FAMILY)
    ),
    "personal_data_store._remove_way_in": Write(KnownBy.STANDING, lambda: _remove_way_in("login#key", CLAIRE.user_id), _account),
    "provider_flow_store.FlowTable.start": Write(KnownBy.ITEM, lambda: FlowTable().start(FLOW)),
    "provider_flow_store.FlowTable.use": Write(
        KnownBy.REPEATED, lambda: FlowTable().use(FLOW.state, "use_1"), lambda: FlowTable().start(FLOW)
    ),
}
WRITES = {f"accounts.account_store.AccountTable.{name}": write for name, write in _ACCOUNTS.items()} | {
    f"accounts.{name}": write for name, write in _OTHERS.items()
}
