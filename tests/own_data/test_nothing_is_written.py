"""From the moment in which a person asked to be erased, accounts writes and sends nothing for them: before the first pass too."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.accounts.wiring import desk
from jalon.accounts.find_login import login_keys
from jalon.accounts.mail_allowance import MessageKind, messages_for, messages_to
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.ses_mailer import SesMailer
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.stores import TicketPurpose
from jalon.edge.erasures import AccountErasedError
from jalon.kernel.ids import UserId
from tests.functions.accounts_client import send
from tests.own_data.world import PASSWORD, Person, World, opened

ADDRESS = {"email": "une.autre@exemple.example"}
RETURN = {"state": "psi_" + "0" * 32, "code": "c", "secret": "s" * 43}
DEPARTURE = {"provider": "ent-exemple", "redirect_uri": "https://ecrans.example/retour"}
WRITES: dict[str, Any] = {
    "change_me": {"large_text": True},
    "accept": {"version": "2026-09-01"},
    "replace_password": {"current_password": PASSWORD, "new_password": "une autre lune de nuit"},
    "attach_email": ADDRESS,
    "detach_own_email": {"password": PASSWORD},
    "confirm_attached_email": ADDRESS | {"code": "ABCDEFGHJK"},
    "begin_provider_link": DEPARTURE,
    "complete_provider_link": RETURN,
    "link_introduced_provider": {"introduction": "any"},
    "remove_provider_link": {"password": PASSWORD},
}


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[World]:
    with opened(emulator) as world:
        yield world


@pytest.fixture(scope="module")
def leaving(world: World) -> Person:
    """Somebody who asked a moment ago; the worker has not begun."""
    person = world.make_person(0)
    world.leave_traces_in_accounts(person)
    assert world.ask_for_erasure(person)[0] == 202
    return person


def rows(world: World) -> dict[str, Any]:
    everything = world.everything()
    return {table: sorted(map(repr, everything[table])) for table in ("IdentitiesTable", "CredentialsTable", "RefreshTokensTable")}


@pytest.mark.parametrize("name", WRITES)
def test_every_write_before_the_first_pass_is_refused_and_changes_nothing(world: World, leaving: Person, name: str) -> None:
    before = rows(world)
    refused = send(name, subject=leaving.user_id, body=WRITES[name], proven=True)
    assert (refused.status, refused.body["code"]) == (410, "account_erased")
    assert rows(world) == before


def test_nothing_is_sent_for_them(world: World, leaving: Person) -> None:
    accounts = desk().accounts
    send("attach_email", subject=leaving.user_id, body=ADDRESS, proven=True)
    (key,) = login_keys(accounts.keyring, ADDRESS["email"])
    counters = {item["key"]["S"] for item in world.everything()["CredentialsTable"]}
    assert messages_to(key, MessageKind.ADDRESS) not in counters
    assert messages_for(UserId(leaving.user_id)) in counters  # of before they asked: their own address


def test_no_export_is_begun(world: World, leaving: Person) -> None:
    status, refused = world.own(leaving.user_id, "POST", "/v1/me/exports")
    assert (status, refused["code"]) == (410, "account_erased")


def test_no_school_gives_them_a_password(leaving: Person) -> None:
    with pytest.raises(AccountErasedError):
        reset_pupil_password(desk().accounts, desk().mailer, UserId(leaving.user_id), "a request")


def test_what_is_there_can_be_read_and_every_sign_in_be_ended(leaving: Person) -> None:
    assert send("read_me", subject=leaving.user_id).status == 200
    assert send("sign_out", subject=leaving.user_id).status == 204


def test_after_the_first_pass_the_answers_are_the_same(world: World) -> None:
    gone = world.make_person(1)
    assert world.ask_for_erasure(gone)[0] == 202
    assert world.work_on_erasure(gone) == []
    for name, body in WRITES.items():
        refused = send(name, subject=gone.user_id, body=body, proven=True)
        assert (refused.status, refused.body["code"]) == (410, "account_erased"), name
    assert world.own(gone.user_id, "POST", "/v1/me/exports")[1]["code"] == "account_erased"
    assert send("read_me", subject=gone.user_id).body["code"] == "account_not_found"


def test_no_notice_of_a_password_is_sent_to_them(world: World, leaving: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(SesMailer, "send", lambda _, address, message: sent.append(address))
    shared, user_id = desk(), UserId(leaving.user_id)
    ticket = new_ticket(shared.accounts, user_id, TicketPurpose.RECOVERY)
    shared.accounts.store.put_ticket(ticket)
    owner = shared.accounts.store.identity(user_id)
    assert owner is not None
    token = write_setup_token(shared.accounts.keyring, ticket, owner)
    with pytest.raises(AccountErasedError):
        set_up_password(shared.accounts, shared.mailer, token, "une autre lune de nuit")
    with pytest.raises(AccountErasedError):
        reset_pupil_password(shared.accounts, shared.mailer, user_id, "another request")
    assert sent == []
