"""Whoever was signed out opens no way in with the token that they still hold, however fresh their sign-in was.

A classmate signs in with Léa's slip; minutes later the sign-in is ended, in each way there is, and its access token lives on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions.accounts.own_data_app import handler as own_data
from functions.accounts.own_data_wiring import forget_own_data
from functions.accounts.wiring import desk
from jalon.accounts.create_pupil_accounts import initial_password_of
from jalon.accounts.find_account import find_account
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import Identity
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.stores import TicketPurpose
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import LEA, REDIRECT_URI, OpenIdProvider
from tests.cloud import Cloud
from tests.events import CONTEXT, body_of, http_event
from tests.functions.accounts_client import Reply, sample, send
from tests.functions.accounts_cloud import claims_of
from tests.functions.providers.portal import CERTIFYING, begin, come_back, complete, school_made, sign_in

ADDRESS = "lea.martin@example.org"
LINKED = "ent-du-nord"
CHOSEN = "un lapin dans la lune"
Token = Mapping[str, Any]


def lea() -> Identity:
    return find_account(desk().accounts.store, UserId("usr_" + "1e" * 16))


def slip() -> str:
    credentials = desk().accounts.store.credentials(lea().user_id)
    assert credentials is not None
    assert credentials.initial_nonce is not None
    return initial_password_of(desk().accounts, lea().user_id, credentials.initial_nonce)


def signed_in(cloud: Cloud, password: str) -> Token:
    reply = send("token_password", form={"grant_type": "password", "username": "lea.martin1203", "password": password})
    assert reply.status == 200, reply.text
    return claims_of(cloud, reply.body["access_token"])


@pytest.fixture
def thief(cloud: Cloud, provider: OpenIdProvider) -> Token:
    """The claims of the classmate's token, of this moment, for an account with a slip, an address and a portal."""
    school_made()
    accounts, before = desk().accounts, lea()
    keys = before.login_keys | {find_login(accounts, ADDRESS).key}
    accounts.store.replace_logins(before, replace(before, email=ADDRESS, email_verified=True, login_keys=keys))
    departure = {"provider": LINKED, "redirect_uri": REDIRECT_URI}
    begun = send("begin_provider_link", subject=before.user_id, body=departure).body
    assert send("complete_provider_link", subject=before.user_id, body=come_back(begun), proven=True).status == 200
    provider.person = {**LEA, "sub": "the-classmate"}
    return signed_in(cloud, slip())


def signs_out(_: Token) -> None:
    assert send("sign_out", subject=lea().user_id).status == 204


def changes_password(_: Token) -> None:
    body = {"current_password": slip(), "new_password": CHOSEN}
    assert send("replace_password", subject=lea().user_id, body=body).status == 204


def goes_to_her_teacher(_: Token) -> None:
    reset_pupil_password(desk().accounts, desk().mailer, lea().user_id, "a teacher's request")


def recovers_by_mail(_: Token) -> None:
    ticket = desk().accounts.store.offer_ticket(
        new_ticket(desk().accounts, lea().user_id, TicketPurpose.RECOVERY), desk().accounts.clock.now()
    )
    body = {"token": write_setup_token(desk().accounts.keyring, ticket, lea()), "password": CHOSEN}
    assert send("set_password", body=body).status == 204


def attaches(token: Token) -> Reply:
    return send("attach_email", body={"email": "voleur@example.org"}, token=token)


def links(token: Token) -> Reply:
    departure = {"provider": CERTIFYING, "redirect_uri": REDIRECT_URI}
    begun = send("begin_provider_link", body=departure, token=token).body
    return send("complete_provider_link", body=come_back(begun), token=token)


def links_by_introduction(token: Token) -> Reply:
    return send("link_introduced_provider", body={"introduction": complete().body["introduction"]}, token=token)


def unlinks(token: Token) -> Reply:
    event = sample("remove_provider_link")
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/v1/me/provider-links/{LINKED}"
    return send("remove_provider_link", event=event, body="", token=token)


def detaches(token: Token) -> Reply:
    return send("detach_own_email", body="", token=token)


ENDINGS = (signs_out, changes_password, goes_to_her_teacher, recovers_by_mail)
ACTS = (attaches, links, links_by_introduction, unlinks, detaches)


@pytest.mark.parametrize("act", ACTS)
def test_a_sign_in_that_lasts_is_a_proof(thief: Token, act: Callable[[Token], Reply]) -> None:
    """What is refused below is refused for the ending alone."""
    assert act(thief).status in {200, 202, 204}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("end", ENDINGS)
def test_a_sign_in_that_was_ended_is_none(thief: Token, end: Callable[[Token], None], act: Callable[[Token], Reply]) -> None:
    end(thief)
    before = lea()
    refused = act(thief)
    assert (refused.status, refused.body["code"]) == (403, "proof_required")
    assert lea() == before


@pytest.fixture
def own_data_wired(thief: Token) -> Iterator[Token]:
    forget_own_data()
    yield thief
    forget_own_data()


@pytest.mark.parametrize("end", [None, *ENDINGS])
def test_no_sign_in_ended_or_not_erases_the_account(own_data_wired: Token, end: Callable[[Token], None] | None) -> None:
    if end:
        end(own_data_wired)
    event = http_event("POST", "/v1/me/erasure", {"confirmation": "ERASE"}, subject=lea().user_id, roles="pupil")
    event["requestContext"]["authorizer"]["jwt"]["claims"] = {name: str(value) for name, value in own_data_wired.items()}
    answer = own_data(event, CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (403, "proof_required")


def test_the_owner_who_signs_in_anew_proves_it_again(cloud: Cloud, thief: Token) -> None:
    changes_password(thief)
    assert attaches(signed_in(cloud, CHOSEN)).status == 202


def test_a_refreshed_token_is_of_its_sign_in_and_no_later_one(cloud: Cloud, thief: Token) -> None:
    signs_out(thief)
    form = {"grant_type": "password", "username": "lea.martin1203", "password": slip()}
    refreshed = send(
        "token_refresh", form={"grant_type": "refresh_token", "refresh_token": send("token_password", form=form).body["refresh_token"]}
    )
    assert claims_of(cloud, refreshed.body["access_token"])["sign_in_epoch"] == lea().sign_in_epoch == thief["sign_in_epoch"] + 1


def test_a_portals_sign_in_ends_like_any(cloud: Cloud, provider: OpenIdProvider) -> None:
    begun = sign_in()
    token = claims_of(cloud, begun.body["access_token"])
    assert send("sign_out", token=token).status == 204
    assert attaches(token).body["code"] == "proof_required"
    provider.person = {**LEA, "sub": "another"}
    departure = begin("link", token["sub"])
    assert send("complete_provider_link", body=come_back(departure), token=token).body["code"] == "proof_required"


def test_a_token_of_before_the_claim_proves_nothing(thief: Token) -> None:
    earlier = {name: value for name, value in thief.items() if name != "sign_in_epoch"}
    for act in ACTS:
        assert act(earlier).body["code"] == "proof_required"
