"""What a store of accounts promises, asked of the fake and of the real tables alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jalon.accounts.accounts_wiring import open_account_store
from jalon.accounts.counts import NONE_YET, Count
from jalon.accounts.family_store import FamilyTable
from jalon.accounts.identity import AccountExistsError, AccountNotFoundError, Identity, Preferences, Role, TermsAcceptance
from jalon.accounts.lockout import attempts_of
from jalon.accounts.oauth_client import OAuthClient, Scope
from jalon.accounts.provider_flow import Flow, FlowStore
from jalon.accounts.provider_flow_store import FlowTable
from jalon.accounts.refresh_token import start_family
from jalon.accounts.sign_in_wiring import open_clients
from jalon.accounts.stores import (
    AccountStore,
    ClientStore,
    ClosedWays,
    Credentials,
    Displaced,
    FamilyStore,
    LoginTakenError,
    SetupTicket,
    StaleWriteError,
    TicketPurpose,
)
from jalon.accounts.tables import FamilyItem, FlowItem
from jalon.edge.settings import Settings
from jalon.edge.tables import ConditionFailedError, bind
from jalon.kernel.ids import ClientId, UserId
from tests.accounts.fakes import MemoryAccounts, MemoryClients, MemoryFamilies, MemoryFlows
from tests.functions.accounts_cloud import emptied

NOW = datetime(2026, 11, 23, 11, 0, 0, 123456, tzinfo=UTC)
LEA = Identity(
    user_id=UserId("usr_lea"),
    first_name="Léa",
    last_name="Martin",
    birth_date=date(2010, 3, 12),
    roles=frozenset({Role.PUPIL}),
    created_at=NOW,
    username="lea.martin1203",
    login_keys=frozenset({"key-lea"}),
    preferences=Preferences(locale="fr", large_text=True),
    request="digest",
)
PAUL = Identity(
    user_id=UserId("usr_paul"),
    first_name="Paul",
    last_name="Durand",
    roles=frozenset({Role.TEACHER}),
    created_at=NOW,
    email="paul@example.org",
    login_keys=frozenset({"key-paul"}),
    providers={"ent": "key-paul"},
    certified_numbers={"ent": "key-number"},
    terms=TermsAcceptance("2026-09", NOW),
)
PROOF = Credentials("verifier", b"\x00\xffnonce")
LEAS_ATTEMPTS = attempts_of(LEA.user_id)
TICKET = SetupTicket(LEA.user_id, b"ticket", datetime(2026, 11, 26, tzinfo=UTC))


@pytest.fixture(params=["memory", "tables"])
def stores(request: pytest.FixtureRequest) -> Callable[[str], Any]:
    if request.param == "memory":
        kept = {"accounts": MemoryAccounts(), "families": MemoryFamilies(), "clients": MemoryClients(), "flows": MemoryFlows()}
        return kept.__getitem__
    settings = Settings.from_environment(emptied(request.getfixturevalue("module_cloud")).environment)
    bind(settings, FamilyItem, FlowItem)
    made = {"accounts": open_account_store(settings), "families": FamilyTable(), "clients": open_clients(settings), "flows": FlowTable()}
    return made.__getitem__


@pytest.fixture
def accounts(stores: Callable[[str], Any]) -> AccountStore:
    return stores("accounts")


@pytest.fixture
def families(stores: Callable[[str], Any]) -> FamilyStore:
    return stores("families")


@pytest.fixture
def clients(stores: Callable[[str], Any]) -> ClientStore:
    return stores("clients")


@pytest.fixture
def flows(stores: Callable[[str], Any]) -> FlowStore:
    return stores("flows")


def test_an_account_is_read_back_whole(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF, TICKET)
    accounts.create(PAUL, Credentials())
    assert accounts.identity(LEA.user_id) == LEA
    assert accounts.identity(PAUL.user_id) == PAUL
    assert accounts.credentials(LEA.user_id) == PROOF
    assert accounts.credentials(PAUL.user_id) == Credentials()
    assert accounts.user_of_login("key-lea") == LEA.user_id
    assert accounts.ticket(LEA.user_id, TicketPurpose.INVITATION) == TICKET
    assert accounts.ticket(LEA.user_id, TicketPurpose.RECOVERY) is None
    assert accounts.ticket(PAUL.user_id, TicketPurpose.INVITATION) is None


def test_what_does_not_exist_reads_as_none(accounts: AccountStore) -> None:
    nobody = UserId("usr_nobody")
    assert accounts.identity(nobody) is None
    assert accounts.credentials(nobody) is None
    assert accounts.user_of_login("nothing") is None
    assert accounts.identities([nobody]) == {}
    assert accounts.identities([]) == {}


def test_identities_come_in_one_reading_each_once(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    accounts.create(PAUL, PROOF)
    asked = [LEA.user_id, PAUL.user_id, LEA.user_id, UserId("usr_nobody")]
    assert accounts.identities(asked) == {LEA.user_id: LEA, PAUL.user_id: PAUL}


def test_a_taken_login_leaves_nothing_behind(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    other = replace(PAUL, login_keys=frozenset({"key-lea", "key-new"}))
    with pytest.raises(LoginTakenError):
        accounts.create(other, PROOF)
    assert accounts.identity(PAUL.user_id) is None
    assert accounts.credentials(PAUL.user_id) is None
    assert accounts.user_of_login("key-new") is None


def test_a_used_id_is_told_before_a_taken_login(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    with pytest.raises(AccountExistsError):
        accounts.create(LEA, Credentials("other"))
    assert accounts.credentials(LEA.user_id) == PROOF


def test_attempts_are_counted_only_on_what_is_stored(accounts: AccountStore) -> None:
    first, second = Count(1, NOW), Count(2, NOW + timedelta(seconds=1))
    assert accounts.count(LEAS_ATTEMPTS, NONE_YET, first) is None
    assert accounts.count(LEAS_ATTEMPTS, NONE_YET, first) == first
    assert accounts.count(LEAS_ATTEMPTS, first, second) is None
    assert accounts.count(LEAS_ATTEMPTS, first, second) == second
    accounts.forget_count(LEAS_ATTEMPTS)
    assert accounts.count(LEAS_ATTEMPTS, second, first) == NONE_YET
    assert accounts.count(LEAS_ATTEMPTS, NONE_YET, first) is None


def test_setting_a_password_ends_sign_ins_attempts_and_the_ticket(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF, TICKET)
    accounts.count(LEAS_ATTEMPTS, NONE_YET, Count(1, NOW))
    accounts.set_password(LEA.user_id, "new", None, TICKET)
    assert accounts.credentials(LEA.user_id) == Credentials("new", None)
    assert accounts.identity(LEA.user_id) == replace(LEA, sign_in_epoch=1)
    assert accounts.ticket(LEA.user_id, TicketPurpose.INVITATION) is None
    assert accounts.count(LEAS_ATTEMPTS, NONE_YET, Count(1, NOW)) is None


def test_a_used_or_replaced_ticket_sets_nothing(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF, TICKET)
    accounts.put_ticket(replace(TICKET, nonce=b"newer"))
    with pytest.raises(StaleWriteError):
        accounts.set_password(LEA.user_id, "new", None, TICKET)
    assert accounts.credentials(LEA.user_id) == PROOF
    assert accounts.identity(LEA.user_id) == LEA
    accounts.set_password(LEA.user_id, "new", b"again", replace(TICKET, nonce=b"newer"))
    assert accounts.credentials(LEA.user_id) == Credentials("new", b"again", frozenset({b"again"}))
    with pytest.raises(StaleWriteError):
        accounts.set_password(LEA.user_id, "newer", None, replace(TICKET, nonce=b"newer"))


def test_a_password_replaced_since_it_was_proven_is_left_alone(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    with pytest.raises(StaleWriteError):
        accounts.set_password(LEA.user_id, "new", None, proven="another")
    assert (accounts.credentials(LEA.user_id), accounts.identity(LEA.user_id)) == (PROOF, LEA)
    accounts.set_password(LEA.user_id, "new", None, proven="verifier")
    assert accounts.credentials(LEA.user_id) == Credentials("new", None)


def test_ways_in_are_closed_with_a_new_password_or_not_at_all(accounts: AccountStore) -> None:
    attached = replace(LEA, email="lea@example.org", email_verified=True, providers={"ent": "key-portal"})
    attached = replace(attached, login_keys=LEA.login_keys | {"key-address", "key-portal"})
    accounts.create(attached, PROOF)
    closing = ClosedWays(attached, replace(LEA, email=None))
    opened_since = replace(closing, before=replace(attached, login_keys=attached.login_keys | {"key-more"}))
    with pytest.raises(StaleWriteError):
        accounts.set_password(LEA.user_id, "new", b"one", closing=opened_since)
    assert (accounts.credentials(LEA.user_id), accounts.identity(LEA.user_id)) == (PROOF, attached)
    accounts.set_password(LEA.user_id, "new", b"one", closing=closing)
    assert accounts.identity(LEA.user_id) == replace(closing.after, sign_in_epoch=1)
    assert [accounts.user_of_login(key) for key in ("key-address", "key-portal")] == [None, None]
    assert all(accounts.user_of_login(key) == LEA.user_id for key in LEA.login_keys)
    with pytest.raises(StaleWriteError):
        accounts.set_password(LEA.user_id, "newer", b"one", closing=ClosedWays(closing.after, closing.after))


def test_an_initial_password_is_given_once(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    accounts.set_password(LEA.user_id, "first", b"one")
    accounts.set_password(LEA.user_id, "second", b"two\xff")
    accounts.set_password(LEA.user_id, "chosen", None)
    chosen = Credentials("chosen", None, frozenset({b"one", b"two\xff"}))
    for nonce, proven in ((b"one", None), (b"two\xff", None), (b"one", "chosen"), (b"three", "another")):
        with pytest.raises(StaleWriteError):
            accounts.set_password(LEA.user_id, "again", nonce, proven=proven)
    assert (accounts.credentials(LEA.user_id), accounts.identity(LEA.user_id)) == (chosen, replace(LEA, sign_in_epoch=3))
    accounts.set_password(LEA.user_id, "third", b"three", proven="chosen")
    assert accounts.credentials(LEA.user_id) == Credentials("third", b"three", chosen.given | {b"three"})


def test_a_username_and_its_login_are_given_together_or_not_at_all(accounts: AccountStore) -> None:
    portal = replace(LEA, user_id=UserId("usr_portal"), username=None, login_keys=frozenset({"key-portal"}))
    accounts.create(LEA, PROOF)
    accounts.create(portal, PROOF)
    for taken in ("key-lea", "key-lea-2"):
        named = replace(portal, username="lea.martin1203-2", login_keys=portal.login_keys | {taken})
        if taken == "key-lea":
            with pytest.raises(LoginTakenError):
                accounts.replace_logins(portal, named)
            assert accounts.identity(portal.user_id) == portal
        else:
            accounts.replace_logins(portal, named)
            assert accounts.identity(portal.user_id) == named
            assert accounts.user_of_login("key-lea-2") == portal.user_id


def test_a_recovery_stands_beside_an_invitation_until_a_password_is_set(accounts: AccountStore) -> None:
    recovery = replace(TICKET, nonce=b"recovery", purpose=TicketPurpose.RECOVERY)
    for used, other in ((TICKET, recovery), (recovery, TICKET), (None, recovery)):
        if accounts.identity(LEA.user_id) is None:
            accounts.create(LEA, PROOF)
        accounts.put_ticket(TICKET)
        assert accounts.offer_ticket(recovery, NOW) == recovery
        assert {accounts.ticket(LEA.user_id, purpose) for purpose in TicketPurpose} == {TICKET, recovery}
        accounts.set_password(LEA.user_id, "new", None, used)
        assert {accounts.ticket(LEA.user_id, purpose) for purpose in TicketPurpose} == {None}
        with pytest.raises(StaleWriteError):
            accounts.set_password(LEA.user_id, "newer", None, other)


def test_a_ticket_that_is_good_stands_and_lasts_as_long_as_the_one_offered(accounts: AccountStore) -> None:
    later = TICKET.expires_at + timedelta(hours=1)
    assert accounts.offer_ticket(TICKET, NOW) == TICKET
    standing = accounts.offer_ticket(replace(TICKET, nonce=b"other", expires_at=later), TICKET.expires_at - timedelta(seconds=1))
    assert standing == accounts.ticket(LEA.user_id, TicketPurpose.INVITATION) == replace(TICKET, expires_at=later)
    fresh = replace(TICKET, nonce=b"fresh", expires_at=later + timedelta(hours=1))
    assert accounts.offer_ticket(fresh, later) == accounts.ticket(LEA.user_id, TicketPurpose.INVITATION) == fresh


def test_a_verifier_is_renewed_only_if_it_is_still_the_same(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    accounts.renew_verifier(LEA.user_id, "another", "wrong")
    assert accounts.credentials(LEA.user_id) == PROOF
    accounts.renew_verifier(LEA.user_id, "verifier", "renewed")
    assert accounts.credentials(LEA.user_id) == replace(PROOF, verifier="renewed")


def test_changes_to_a_person_are_kept(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    changed = Preferences(locale="en", large_text=True, screen_reader=True)
    assert accounts.change_preferences(LEA.user_id, {"locale": "en", "screen_reader": True}) == changed
    accounts.accept_terms(LEA.user_id, TermsAcceptance("2027-01", NOW))
    accounts.raise_sign_in_epoch(LEA.user_id)
    assert accounts.identity(LEA.user_id) == replace(
        LEA,
        preferences=changed,
        terms=TermsAcceptance("2027-01", NOW),
        sign_in_epoch=1,
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda store, who: store.change_preferences(who, {"locale": "en"}),
        lambda store, who: store.accept_terms(who, TermsAcceptance("1", NOW)),
        lambda store, who: store.raise_sign_in_epoch(who),
        lambda store, who: store.set_password(who, "verifier", None),
        lambda store, who: store.set_password(who, "verifier", None, proven="verifier"),
    ],
)
def test_nobody_is_changed_into_being(accounts: AccountStore, change: Callable[[AccountStore, UserId], None]) -> None:
    nobody = UserId("usr_nobody")
    with pytest.raises(AccountNotFoundError):
        change(accounts, nobody)
    assert accounts.identity(nobody) is None
    assert accounts.credentials(nobody) is None


CLAIMANT = replace(
    LEA, user_id=UserId("usr_claimant"), username=None, email="paul@example.org", login_keys=frozenset({"key-paul"}), request="claim"
)
DISPLACED = replace(CLAIMANT, email=None, login_keys=frozenset())


def test_a_new_account_takes_the_login_that_another_gives_up(accounts: AccountStore) -> None:
    accounts.create(CLAIMANT, PROOF)
    with pytest.raises(LoginTakenError):
        accounts.create(PAUL, PROOF)
    accounts.create(PAUL, Credentials("pauls"), displaced=Displaced(CLAIMANT, "key-paul"))
    assert accounts.user_of_login("key-paul") == PAUL.user_id
    assert accounts.identity(CLAIMANT.user_id) == DISPLACED
    assert accounts.credentials(CLAIMANT.user_id) == PROOF
    moved = replace(DISPLACED, email="new@example.org", email_verified=True, login_keys=frozenset({"key-new"}))
    accounts.replace_logins(DISPLACED, moved)
    assert accounts.identity(CLAIMANT.user_id) == moved


def test_an_account_takes_the_login_that_another_gives_up(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    accounts.create(replace(CLAIMANT, login_keys=frozenset({"key-paul", "key-other"})), PROOF)
    holder = accounts.identity(CLAIMANT.user_id)
    assert holder is not None
    both = replace(LEA, email="paul@example.org", email_verified=True, login_keys=frozenset({"key-lea", "key-paul"}))
    accounts.replace_logins(LEA, both, displaced=Displaced(holder, "key-paul"))
    assert accounts.identity(LEA.user_id) == both
    assert accounts.identity(CLAIMANT.user_id) == replace(DISPLACED, login_keys=frozenset({"key-other"}))


@pytest.mark.parametrize("change", [{"email_verified": True}, {"login_keys": frozenset({"key-paul", "key-new"})}])
def test_a_login_proven_or_changed_meanwhile_is_not_given_up(accounts: AccountStore, change: dict[str, Any]) -> None:
    accounts.create(LEA, PROOF)
    accounts.create(CLAIMANT, PROOF)
    changed = replace(CLAIMANT, **change)
    accounts.replace_logins(CLAIMANT, changed)
    stale = Displaced(CLAIMANT, "key-paul")
    with pytest.raises(LoginTakenError):
        accounts.create(PAUL, PROOF, displaced=stale)
    with pytest.raises(LoginTakenError):
        accounts.replace_logins(LEA, replace(LEA, login_keys=LEA.login_keys | {"key-paul"}), displaced=stale)
    assert accounts.identity(CLAIMANT.user_id) == changed
    assert accounts.identity(LEA.user_id) == LEA
    assert accounts.identity(PAUL.user_id) is None
    assert accounts.user_of_login("key-paul") == CLAIMANT.user_id


def test_logins_are_replaced_whole(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    both = replace(
        LEA,
        email="lea@example.org",
        email_verified=True,
        login_keys=frozenset({"key-lea", "key-mail"}),
        providers={"ent": "key-mail"},
        certified_numbers={"ent": "key-number"},
    )
    accounts.replace_logins(LEA, both)
    assert accounts.identity(LEA.user_id) == both
    assert accounts.user_of_login("key-mail") == accounts.user_of_login("key-lea") == LEA.user_id
    other = replace(LEA, email="new@example.org", login_keys=frozenset({"key-lea", "key-new"}))
    accounts.replace_logins(both, other)
    assert accounts.identity(LEA.user_id) == other
    assert accounts.user_of_login("key-mail") is None
    assert accounts.user_of_login("key-new") == LEA.user_id


def test_an_address_is_verified_where_no_login_changes(accounts: AccountStore) -> None:
    accounts.create(PAUL, PROOF)
    verified = replace(PAUL, email_verified=True)
    accounts.replace_logins(PAUL, verified)
    assert accounts.identity(PAUL.user_id) == verified
    assert accounts.user_of_login("key-paul") == PAUL.user_id


def test_a_login_of_someone_else_is_not_taken_over(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    accounts.create(PAUL, PROOF)
    with pytest.raises(LoginTakenError):
        accounts.replace_logins(LEA, replace(LEA, email="paul@example.org", login_keys=frozenset({"key-lea", "key-paul"})))
    assert accounts.identity(LEA.user_id) == LEA
    assert accounts.user_of_login("key-paul") == PAUL.user_id


def test_logins_that_changed_meanwhile_are_not_replaced(accounts: AccountStore) -> None:
    accounts.create(LEA, PROOF)
    stale = replace(LEA, login_keys=frozenset({"key-older"}))
    for person in (stale, replace(LEA, user_id=UserId("usr_nobody"))):
        with pytest.raises(StaleWriteError):
            accounts.replace_logins(person, replace(person, login_keys=frozenset({"key-lea2"}) | person.login_keys))
    assert accounts.user_of_login("key-lea2") is None
    assert accounts.identity(UserId("usr_nobody")) is None


def test_a_family_is_rotated_by_one_of_two_at_once(families: FamilyStore) -> None:
    family = start_family("fam_1", LEA.user_id, ClientId("jalon"), 4, NOW)
    families.start(family)
    assert families.get("fam_1") == family
    later = NOW + timedelta(minutes=20)
    assert families.rotate(family, later, later + timedelta(hours=1))
    assert not families.rotate(family, later, later + timedelta(hours=1))
    assert families.get("fam_1") == replace(family, generation=1, rotated_at=later, idle_until=later + timedelta(hours=1))


def test_a_family_that_is_there_is_not_begun_again(families: FamilyStore) -> None:
    """An identifier is 128 random bits: only a fault of ours begins it twice, and the sign-in that is there is not overwritten."""
    family = start_family("fam_1", LEA.user_id, ClientId("jalon"), 4, NOW)
    families.start(family)
    with pytest.raises(ConditionFailedError):
        families.start(replace(family, user_id=PAUL.user_id))
    with pytest.raises(ConditionFailedError):
        families.start(family)
    assert families.get("fam_1") == family


def test_a_family_remembers_when_its_person_proved_who_they_are(families: FamilyStore) -> None:
    family = start_family("fam_1", LEA.user_id, ClientId("jalon"), 4, NOW, NOW - timedelta(minutes=3))
    families.start(family)
    assert families.get("fam_1") == family


def test_a_revoked_family_is_gone_and_cannot_be_rotated(families: FamilyStore) -> None:
    family = start_family("fam_1", LEA.user_id, ClientId("jalon"), 0, NOW)
    families.start(family)
    families.revoke("fam_1")
    families.revoke("fam_1")
    assert families.get("fam_1") is None
    assert not families.rotate(family, NOW, NOW)
    assert families.get("fam_1") is None


def test_the_first_client_under_an_id_stays(clients: ClientStore) -> None:
    first = OAuthClient(
        ClientId("cli_1"),
        "Export",
        frozenset({Scope.LSU_READ, Scope.PARCOURSUP_READ}),
        b"\xff\x00",
        "digest",
        "cli_operator",
        NOW,
        frozenset({"0990001N", "0990002P"}),
    )
    assert clients.create(first) == first
    assert clients.create(replace(first, name="Other", request="other")) == first
    assert clients.get(ClientId("cli_1")) == first
    assert clients.get(ClientId("cli_2")) is None


def test_of_two_renewals_at_once_one_counts_and_an_ended_client_stays_ended(clients: ClientStore) -> None:
    first = OAuthClient(ClientId("cli_1"), "Export", frozenset({Scope.CERTIFICATES_VERIFY}), b"\xff", "digest", "cli_operator", NOW)
    clients.create(first)
    one = replace(first, nonce=b"one", former=(b"\xff",), former_until=NOW)
    clients.renew(first.client_id, b"one", [b"\xff"], NOW)
    with pytest.raises(StaleWriteError):
        clients.renew(first.client_id, b"two", [b"\xff"], NOW)
    assert clients.get(first.client_id) == one
    clients.end(first.client_id, NOW)
    clients.end(first.client_id, NOW + timedelta(days=1))
    assert clients.get(first.client_id) == replace(one, ended_at=NOW)
    with pytest.raises(StaleWriteError):
        clients.renew(first.client_id, b"two", [b"\xff", b"one"], NOW)


@pytest.mark.parametrize("user_id", [None, LEA.user_id])
def test_a_flow_is_used_by_one_alone(flows: FlowStore, user_id: UserId | None) -> None:
    flow = Flow("psi_1", "ent", "https://ecrans.example/retour", NOW.replace(microsecond=0), user_id)
    flows.start(flow)
    assert flows.get("psi_1") == flow
    assert (flows.use("psi_1", "one"), flows.use("psi_1", "other"), flows.use("psi_2", "one")) == (True, False, False)
    assert flows.use("psi_1", "one")
    assert flows.get("psi_1") is None
