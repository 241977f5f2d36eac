"""Whoever finds a screen open opens no other way in, and closes none: a proof of the moment is asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.accounts.wiring import desk
from jalon.accounts.create_pupil_accounts import initial_password_of
from jalon.accounts.ses_mailer import MailUnavailableError
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import LEA, REDIRECT_URI, Mischief, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, sample, send
from tests.functions.accounts_cloud import claims_of
from tests.functions.providers.portal import (
    ALSO_CERTIFYING,
    CERTIFYING,
    INE,
    NUMBER_CLAIM,
    PASSWORD,
    PROVIDER,
    begin,
    come_back,
    complete,
    link,
    proven_account,
    school_made,
    sign_in,
    sign_in_certified,
    subject_of,
)

ADDRESS = "elodie.martin@example.org"


def attach(subject: str, **proof: Any) -> Reply:
    proven = proof.pop("proven", False)
    return send("attach_email", subject=subject, body={"email": "autre@example.org", **proof}, proven=proven)


def remove(subject: str, provider: str = PROVIDER, proven: datetime | bool = True, **proof: Any) -> Reply:
    event = sample("remove_provider_link")
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/v1/me/provider-links/{provider}"
    return send("remove_provider_link", event=event, subject=subject, body=proof or "", proven=proven)


def grant(username: str, password: str) -> dict[str, str]:
    return {"grant_type": "password", "username": username, "password": password}


def ago(**amount: float) -> datetime:
    return datetime.now(UTC) - timedelta(**amount)


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """To whom messages go, and their subjects."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(type(desk().mailer), "send", lambda _, address, message: sent.append((address, message.subject)))
    return sent


def test_a_screen_left_open_attaches_no_address_and_links_no_portal() -> None:
    person = proven_account()
    introduction = {"introduction": complete().body["introduction"]}
    body = come_back(begin("link", person))
    asked = [attach(person), attach(person, proven=ago(minutes=6))]
    asked += [
        send("complete_provider_link", body=body, subject=person),
        send("link_introduced_provider", body=introduction, subject=person),
    ]
    for refused in asked:
        assert (refused.status, refused.body["code"], refused.body["proven_by"]) == (403, "proof_required", ["password"])
    assert send("read_me", subject=person).body["providers"] == []


def test_a_sign_in_of_the_last_minutes_or_the_password_is_a_proof() -> None:
    person = proven_account()
    assert attach(person, proven=ago(minutes=4)).status == 202
    assert attach(person, password=PASSWORD).status == 202
    refused = attach(person, password="wrong", proven=True)
    assert (refused.status, [error["pointer"] for error in refused.body["errors"]]) == (422, ["/password"])


def test_the_password_of_a_schools_slip_is_a_proof() -> None:
    lea = UserId(school_made())
    credentials = desk().accounts.store.credentials(lea)
    assert credentials is not None
    assert credentials.initial_nonce is not None
    initial = initial_password_of(desk().accounts, lea, credentials.initial_nonce)
    assert attach(lea, password=initial).status == 202


def test_wrong_passwords_are_counted_and_keep_nobody_from_signing_in() -> None:
    person = proven_account()
    assert [attach(person, password="wrong").status for _ in range(6)] == [422] * 5 + [429]
    assert attach(person, password=PASSWORD).status == 429
    assert send("token_password", form=grant(ADDRESS, PASSWORD)).status == 200
    assert attach(person, proven=True).status == 202


def test_whoever_signs_in_to_link_an_introduction_is_asked_nothing_more(cloud: Cloud) -> None:
    person = proven_account()
    unknown = complete()
    signed_in = send("token_password", form=grant(ADDRESS, PASSWORD))
    proven_at = datetime.fromtimestamp(int(claims_of(cloud, signed_in.body["access_token"])["auth_time"]), UTC)
    linked = send("link_introduced_provider", body={"introduction": unknown.body["introduction"]}, subject=person, proven=proven_at)
    assert (linked.status, linked.body["providers"]) == (200, [PROVIDER])


def test_the_owner_is_told_of_a_portal_that_opens_the_account_and_of_one_that_no_longer_does(told: list[tuple[str, str]]) -> None:
    person = proven_account()
    link(person)
    link(person)
    remove(person)
    assert told == [(ADDRESS, "Un portail ouvre maintenant votre compte"), (ADDRESS, "Un portail n’ouvre plus votre compte")]


def test_no_way_in_is_opened_or_closed_while_its_owner_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    person = proven_account()

    def busy(*_: object) -> None:
        raise MailUnavailableError("The mail service is busy; send the same request again.")

    for act, linked in ((link, []), (remove, [PROVIDER])):
        with monkeypatch.context() as outage:
            outage.setattr(type(desk().mailer), "send", busy)
            refused = act(person)
        assert (refused.status, refused.body["code"]) == (503, "mail_unavailable")
        assert send("read_me", subject=person).body["providers"] == linked
        act(person)
    assert send("read_me", subject=person).body["providers"] == []


def test_a_portal_that_is_removed_opens_the_account_no_more(cloud: Cloud, provider: OpenIdProvider) -> None:
    person = proven_account()
    provider.person = {**LEA, "sub": "somebody-else"}
    link(person)
    refused = remove(person, proven=False)
    assert (refused.status, refused.body["code"]) == (403, "proof_required")
    assert remove(person, proven=False, password=PASSWORD).status == 204
    again = remove(person)
    assert (again.status, again.body["code"]) == (404, "provider_not_linked")
    assert subject_of(cloud, sign_in()) != person
    provider.person = LEA
    assert link(person).status == 200


def test_the_number_that_came_with_a_portal_goes_with_it(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    person = proven_account(birth_date=LEA["birthdate"])
    begun = send("begin_provider_link", subject=person, body={"provider": CERTIFYING, "redirect_uri": REDIRECT_URI}).body
    assert send("complete_provider_link", subject=person, body=come_back(begun), proven=True).status == 200
    assert remove(person, CERTIFYING).status == 204
    assert subject_of(cloud, sign_in_certified()) != person


def test_a_number_that_two_portals_certify_stays_with_the_other(cloud: Cloud, provider: OpenIdProvider) -> None:
    """The first made the account, the second joined it."""
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    lea = subject_of(cloud, sign_in_certified())
    provider.person = {**LEA, NUMBER_CLAIM: INE, "sub": "lea-elsewhere"}
    departure = {"provider": ALSO_CERTIFYING, "redirect_uri": REDIRECT_URI}
    joined = send("complete_provider_sign_in", body=come_back(send("begin_provider_sign_in", body=departure).body))
    assert subject_of(cloud, joined) == lea
    key = desk().accounts.keyring.number_key(INE)
    for portal, holder in ((CERTIFYING, lea), (ALSO_CERTIFYING, lea)):
        assert remove(lea, portal).status == (204 if portal == CERTIFYING else 409)
        assert desk().accounts.store.user_of_login(key) == holder


def test_a_number_that_the_school_gave_stays_when_the_portal_goes(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    sign_in_certified()
    assert remove(lea, CERTIFYING).status == 204
    assert subject_of(cloud, sign_in_certified()) == lea


def test_the_only_way_in_is_not_removed(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = subject_of(cloud, sign_in())
    refused = remove(lea)
    assert (refused.status, refused.body["code"]) == (409, "only_way_in")
    begun = send("begin_provider_link", subject=lea, body={"provider": "ent-du-nord", "redirect_uri": REDIRECT_URI}).body
    provider.person = {**LEA, "sub": "another"}
    assert send("complete_provider_link", subject=lea, body=come_back(begun), proven=True).status == 200
    assert remove(lea).status == 204


def test_a_pupil_without_a_password_proves_with_the_portal(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = subject_of(cloud, sign_in())
    assert attach(lea).body["proven_by"] == ["provider"]
    assert attach(lea, password=PASSWORD).body["proven_by"] == ["provider"]
    assert attach(lea, provider_return=come_back(begin("link", lea))).status == 202
    provider.person = {**LEA, "sub": "classmate"}
    refused = attach(lea, provider_return=come_back(begin("link", lea)))
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "wrong_person")


@pytest.mark.parametrize("said", [None, {"minutes": 6}, "just now", True, 10**12])
def test_a_portal_that_asked_nobody_proves_nothing(cloud: Cloud, provider: OpenIdProvider, said: object) -> None:
    lea = subject_of(cloud, sign_in())
    provider.mischief = Mischief(id_token={"auth_time": epoch(ago(**said)) if isinstance(said, dict) else said})
    refused = attach(lea, provider_return=come_back(begin("link", lea)))
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "not_fresh")


def test_the_portal_is_told_to_ask_anew_by_whoever_is_signed_in_here_alone(cloud: Cloud) -> None:
    lea = subject_of(cloud, sign_in())
    asked, ordinary = (parse_qs(urlsplit(begun["authorization_url"]).query) for begun in (begin("link", lea), begin()))
    assert (asked["max_age"], asked["prompt"]) == (["0"], ["login"])
    assert not {"max_age", "prompt"} & set(ordinary)


@pytest.mark.parametrize("minutes", [3, None])
def test_a_sign_in_through_a_portal_is_as_fresh_as_the_portal_says(cloud: Cloud, provider: OpenIdProvider, minutes: int | None) -> None:
    said = None if minutes is None else epoch(ago(minutes=minutes))
    provider.mischief = Mischief(id_token={"auth_time": said})
    begun = sign_in()
    again = sign_in()
    assert [claims_of(cloud, each.body["access_token"]).get("auth_time") for each in (begun, again)] == [said, said]


def test_a_portals_clock_that_is_fast_makes_no_proof_last_longer(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.mischief = Mischief(id_token={"auth_time": epoch(ago(days=-1))})
    claims = claims_of(cloud, sign_in().body["access_token"])
    assert claims["auth_time"] <= claims["iat"]
