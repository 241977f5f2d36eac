"""Signing in through an OpenID provider that runs beside the tests, from the handler to the tables and back."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.accounts.wiring import desk, forget_desk, provider_sign_ins
from jalon.accounts.create_pupil_account import NewPupil, account_of_number, create_pupil_account
from jalon.accounts.prove_email import NOBODY_YET, write_code
from jalon.accounts.provider_flow import Return
from jalon.accounts.sign_in_with_provider import sign_in_with_provider
from jalon.edge import secrets
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, Mischief, OpenIdProvider, running, visit
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, send
from tests.functions.accounts_cloud import claims_of, emptied, opened

PROVIDER = "ent-exemple"
#: The same provider, trusted to certify the national student number.
CERTIFYING = "ent-certifiant"
NUMBER_CLAIM = "ine"
INE = "123456789AB"
PASSWORD = "un lapin dans la lune"


@pytest.fixture(scope="module")
def module_provider() -> Iterator[OpenIdProvider]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module")
def module_cloud(emulator: str) -> Iterator[Cloud]:
    with opened(emulator) as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def cloud(module_cloud: Cloud, provider: OpenIdProvider) -> Cloud:
    entry = {
        "id": PROVIDER,
        "name": "ENT des Exemples",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [REDIRECT_URI],
    }
    others = [{**entry, "id": "ent-du-nord", "role": "teacher"}, {**entry, "id": CERTIFYING, "number_claim": NUMBER_CLAIM}]
    configure(module_cloud, {"providers": [entry, *others]})
    return emptied(module_cloud)


@pytest.fixture
def provider(module_provider: OpenIdProvider) -> OpenIdProvider:
    module_provider.person, module_provider.mischief = LEA, Mischief()
    module_provider.seen.clear()
    return module_provider


def configure(cloud: Cloud, document: Any) -> None:
    arn = cloud.environment["SECRET_IDENTITY_PROVIDERS"]
    cloud.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps(document))
    secrets.forget_secrets()
    forget_desk()


def begin(kind: str = "sign_in", subject: str | None = None) -> dict[str, Any]:
    begun = send(f"begin_provider_{kind}", subject=subject)
    assert begun.status == 200, begun.text
    return begun.body


def come_back(begun: dict[str, Any], **changes: Any) -> dict[str, Any]:
    returned = visit(begun["authorization_url"])
    return {"state": returned["state"], "code": returned["code"], "secret": begun["secret"], **changes}


def sign_in() -> Reply:
    return send("complete_provider_sign_in", body=come_back(begin()))


def link(subject: str) -> Reply:
    return send("complete_provider_link", body=come_back(begin("link", subject)), subject=subject)


def proven_account(email: str = "elodie.martin@example.org") -> str:
    """An account whose address its owner proved by signing up with the code that was sent there."""
    code = write_code(desk().accounts.keyring, NOBODY_YET, email, desk().accounts.clock.now())
    body = {"email": email, "password": PASSWORD, "first_name": "Anne", "last_name": "Blanc", "birth_date": "2008-05-06"}
    made = send("create_account", body={**body, "email_code": code})
    assert made.status == 201, made.text
    return str(made.body["id"])


def subject_of(cloud: Cloud, signed_in: Reply) -> str:
    assert signed_in.status == 200, signed_in.text
    return str(claims_of(cloud, signed_in.body["access_token"])["sub"])


def test_the_providers_are_listed_without_our_credentials() -> None:
    listed = send("list_providers")
    assert listed.body == {
        "items": [
            {"id": PROVIDER, "name": "ENT des Exemples"},
            {"id": "ent-du-nord", "name": "ENT des Exemples"},
            {"id": CERTIFYING, "name": "ENT des Exemples"},
        ]
    }


def test_the_person_is_sent_with_pkce_state_and_nonce(provider: OpenIdProvider) -> None:
    url = urlsplit(begin()["authorization_url"])
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{provider.issuer}/authorize"
    assert (query["response_type"], query["client_id"], query["redirect_uri"]) == ("code", CLIENT_ID, REDIRECT_URI)
    assert (query["scope"], query["code_challenge_method"]) == ("openid profile", "S256")
    assert all(len(query[name]) >= 32 for name in ("state", "nonce", "code_challenge"))


def test_a_first_sign_in_makes_the_account_and_the_next_finds_it(cloud: Cloud) -> None:
    person = subject_of(cloud, sign_in())
    me = send("read_me", subject=person).body
    assert (me["first_name"], me["last_name"], me["birth_date"]) == ("Léa", "Martin", "2010-03-12")
    assert (me["roles"], me["providers"], me["email"], me["username"]) == (["pupil"], [PROVIDER], None, None)
    assert subject_of(cloud, sign_in()) == person
    assert len(cloud.items("identities")) == 1


def test_two_first_sign_ins_at_once_make_one_account(cloud: Cloud) -> None:
    returns = [Return(body["state"], body["secret"], body["code"]) for body in (come_back(begin()) for _ in range(4))]
    parts = provider_sign_ins(), desk().accounts
    with ThreadPoolExecutor(4) as pool:
        signed_in = list(pool.map(lambda came: sign_in_with_provider(*parts, came), returns))
    assert len({identity.user_id for identity, _ in signed_in}) == 1
    assert sum(new for _, new in signed_in) == 1
    assert len(cloud.items("identities")) == 1


def test_the_sign_in_can_be_refreshed_like_any_other(cloud: Cloud) -> None:
    signed_in = sign_in()
    form = {"grant_type": "refresh_token", "refresh_token": signed_in.body["refresh_token"]}
    assert subject_of(cloud, send("token_refresh", form=form)) == subject_of(cloud, signed_in)


def test_a_provider_says_what_its_people_become(cloud: Cloud) -> None:
    begun = send("begin_provider_sign_in", body={"provider": "ent-du-nord", "redirect_uri": REDIRECT_URI}).body
    person = subject_of(cloud, send("complete_provider_sign_in", body=come_back(begun)))
    assert send("read_me", subject=person).body["roles"] == ["teacher"]


def school_made(national_number: str = INE) -> str:
    """An account that a school made for Léa."""
    pupil = NewPupil(UserId("usr_" + "1e" * 16), "Léa", "Martin", date(2010, 3, 12), national_number)
    return create_pupil_account(desk().accounts, pupil).user_id


def sign_in_certified() -> Reply:
    begun = send("begin_provider_sign_in", body={"provider": CERTIFYING, "redirect_uri": REDIRECT_URI}).body
    return send("complete_provider_sign_in", body=come_back(begun))


def test_a_certified_national_number_finds_the_account_that_the_school_made(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: f" {INE.lower()} "}
    assert subject_of(cloud, sign_in_certified()) == lea
    assert subject_of(cloud, sign_in_certified()) == lea
    me = send("read_me", subject=lea).body
    assert (me["providers"], me["username"]) == ([CERTIFYING], "lea.martin1203")
    assert len(cloud.items("identities")) == 1


def test_a_number_that_the_provider_is_not_trusted_to_certify_finds_nobody(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    assert subject_of(cloud, sign_in()) != lea


def test_a_subject_that_the_provider_names_anew_takes_the_place_of_the_former(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    sign_in_certified()
    provider.person = {**LEA, NUMBER_CLAIM: INE, "sub": "lea-renamed"}
    assert subject_of(cloud, sign_in_certified()) == lea
    provider.person = {name: value for name, value in LEA.items() if name != NUMBER_CLAIM}
    assert subject_of(cloud, sign_in_certified()) != lea  # the former subject is somebody else's from now on


def test_a_pupil_who_came_through_the_portal_first_keeps_that_account(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, NUMBER_CLAIM: INE}
    lea = subject_of(cloud, sign_in_certified())
    found = account_of_number(desk().accounts, INE)
    assert found is not None
    assert found.user_id == lea
    another = create_pupil_account(desk().accounts, NewPupil(UserId("usr_" + "2f" * 16), "Léa", "Martin", date(2010, 3, 12), INE))
    assert another.user_id != lea  # both in the same instant: the number stays with the first
    assert account_of_number(desk().accounts, INE) == found


@pytest.mark.parametrize("signed", [False, True])
def test_names_may_come_from_the_userinfo(cloud: Cloud, provider: OpenIdProvider, signed: bool) -> None:
    provider.mischief = Mischief(
        names_in_userinfo_only=True, signed_userinfo=signed, userinfo={"usual_name": "Durand", "birthdate": "2010"}
    )
    me = send("read_me", subject=subject_of(cloud, sign_in())).body
    assert (me["first_name"], me["last_name"], me["birth_date"]) == ("Léa", "Durand", None)


def test_a_client_may_prove_itself_in_the_form(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.mischief = Mischief(metadata={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    forget_desk()
    assert sign_in().status == 200


def test_a_key_that_the_provider_has_just_made_is_fetched(provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr("jalon.accounts.openid_gateway.KEYS_AT_MOST_EVERY", timedelta(0))
    assert sign_in().status == 200
    provider.rotate()
    assert sign_in().status == 200


def test_forged_key_ids_do_not_make_us_fetch_the_keys_each_time(provider: OpenIdProvider) -> None:
    assert sign_in().status == 200
    provider.rotate()
    assert [sign_in().status for _ in range(2)] == [401, 401]
    assert provider.seen.count("/keys") == 1


def test_a_provider_is_linked_to_the_account_one_is_signed_in_to(cloud: Cloud) -> None:
    person = proven_account()
    assert link(person).body["providers"] == [PROVIDER]
    assert link(person).status == 200
    assert subject_of(cloud, sign_in()) == person
    assert len(cloud.items("identities")) == 1


def test_an_account_that_only_claims_its_address_is_not_linked(cloud: Cloud, provider: OpenIdProvider) -> None:
    """Its true owner may recover it, and must not share it with whoever signed up and linked themselves before."""
    person = send("create_account").body["id"]
    refused = send("begin_provider_link", subject=person)
    assert (refused.status, refused.body["code"]) == (409, "email_unproven")
    other = come_back(begin("link", proven_account("autre@example.org")))
    refused = send("complete_provider_link", body=other, subject=person)
    assert (refused.status, refused.body["code"]) == (409, "email_unproven")
    assert "/token" not in provider.seen


def test_a_linked_account_keeps_its_other_ways_in(cloud: Cloud) -> None:
    person = proven_account()
    link(person)
    assert subject_of(cloud, send("token_password", form={
        "grant_type": "password", "username": "elodie.martin@example.org", "password": PASSWORD
    })) == person  # fmt: skip


def test_someone_who_signs_in_to_another_account_is_not_linked(cloud: Cloud) -> None:
    sign_in()
    person = proven_account()
    refused = link(person)
    assert (refused.status, refused.body["code"]) == (409, "provider_account_taken")
    assert send("read_me", subject=person).body["providers"] == []


def test_an_account_has_one_person_of_each_provider(provider: OpenIdProvider) -> None:
    person = proven_account()
    link(person)
    provider.person = {**LEA, "sub": "paul-2"}
    refused = link(person)
    assert (refused.status, refused.body["code"]) == (409, "provider_linked")


def test_an_address_given_by_a_provider_opens_nobodys_account(cloud: Cloud, provider: OpenIdProvider) -> None:
    person = send("create_account").body["id"]
    provider.person = {**LEA, "email": "elodie.martin@example.org", "email_verified": True}
    assert subject_of(cloud, sign_in()) != person


def test_a_return_serves_once() -> None:
    body = come_back(begin())
    assert send("complete_provider_sign_in", body=body).status == 200
    again = send("complete_provider_sign_in", body=body)
    assert (again.status, again.body["code"]) == (410, "provider_sign_in_over")


@pytest.mark.parametrize("change", [{"secret": "another screen's"}, {"state": "psi_" + "0" * 32}, {"secret": "\udcff"}])
def test_only_the_screen_that_began_completes(provider: OpenIdProvider, change: dict[str, str]) -> None:
    refused = send("complete_provider_sign_in", body=come_back(begin(), **change))
    assert refused.status in {410, 422}
    assert "/token" not in provider.seen


def test_a_sign_in_is_not_completed_as_a_link_nor_by_someone_else() -> None:
    person, other = (proven_account(f"{name}@example.org") for name in ("un", "deux"))
    begun_to_sign_in = come_back(begin())
    assert send("complete_provider_link", body=begun_to_sign_in, subject=person).status == 410
    begun_by_other = come_back(begin("link", other))
    assert send("complete_provider_link", body=begun_by_other, subject=person).status == 410
    assert send("complete_provider_sign_in", body=begun_by_other).status == 410


def test_what_was_begun_ends_after_ten_minutes(cloud: Cloud) -> None:
    body = come_back(begin())
    (flow,) = [item for item in cloud.items("credentials") if item["key"]["S"].startswith("flow#")]
    name = cloud.environment["TABLE_CREDENTIALS"]
    cloud.client("dynamodb").put_item(TableName=name, Item={**flow, "expires_at": {"N": "1700000000"}})
    assert send("complete_provider_sign_in", body=body).status == 410


@pytest.mark.parametrize(
    "address",
    [
        "https://ecrans.example/retour/",
        "https://ecrans.example/retour?next=https://evil.example",
        "https://ecrans.example/retour#x",
        "https://ecrans.example.evil.example/retour",
        "https://ecrans.example@evil.example/retour",
        "HTTPS://ecrans.example/retour",
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_back_to_an_address_that_is_not_registered(provider: OpenIdProvider, address: str) -> None:
    refused = send("begin_provider_sign_in", body={"provider": PROVIDER, "redirect_uri": address})
    assert (refused.status, [error["pointer"] for error in refused.body["errors"]]) == (422, ["/redirect_uri"])
    assert provider.seen == []


def test_a_provider_that_is_not_there_is_not_found() -> None:
    refused = send("begin_provider_sign_in", body={"provider": "none", "redirect_uri": REDIRECT_URI})
    assert (refused.status, refused.body["code"]) == (404, "provider_unknown")


@pytest.mark.parametrize(
    "mischief",
    [
        Mischief(id_token={"nonce": "another"}),
        Mischief(id_token={"nonce": None}),
        Mischief(id_token={"aud": "another client"}),
        Mischief(id_token={"aud": [CLIENT_ID, "another"], "azp": "another"}),
        Mischief(id_token={"iss": "https://another.example"}),
        Mischief(id_token={"exp": 1_700_000_000}),
        Mischief(id_token={"exp": None}),
        Mischief(id_token={"sub": None}),
        Mischief(id_token={"sub": ""}),
        Mischief(id_token={"sub": "x" * 256}),
        Mischief(forged=True),
        Mischief(algorithm="HS256"),
        Mischief(names_in_userinfo_only=True, userinfo={"sub": "someone else"}),
        Mischief(statuses={"/token": 400}),
        Mischief(statuses={"/userinfo": 401}),
        Mischief(bodies={"/token": b"{}"}),
        Mischief(bodies={"/token": b'{"id_token": "a.b.c"}'}),
        Mischief(metadata={"authorization_response_iss_parameter_supported": True}),
    ],
    ids=lambda mischief: str({name: value for name, value in vars(mischief).items() if value})[:60],
)
def test_what_cannot_be_believed_signs_nobody_in(cloud: Cloud, provider: OpenIdProvider, mischief: Mischief) -> None:
    provider.mischief = mischief
    refused = sign_in()
    assert (refused.status, refused.body["code"]) == (401, "provider_refused")
    assert cloud.items("identities") == []


def test_the_issuer_that_a_provider_adds_is_compared(provider: OpenIdProvider) -> None:
    refused = send("complete_provider_sign_in", body=come_back(begin(), iss="https://another.example"))
    assert (refused.status, refused.body["code"]) == (401, "provider_refused")
    assert send("complete_provider_sign_in", body=come_back(begin(), iss=provider.issuer)).status == 200


def test_a_person_without_a_name_gets_no_account(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {"sub": "nobody"}
    refused = sign_in()
    assert (refused.status, refused.body["code"]) == (409, "provider_incomplete")
    assert cloud.items("identities") == []


CONFIGURATION = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "mischief",
    [
        Mischief(statuses={CONFIGURATION: 500}),
        Mischief(statuses={CONFIGURATION: 302}),
        Mischief(bodies={CONFIGURATION: b"<html>"}),
        Mischief(bodies={CONFIGURATION: b"[]"}),
        Mischief(bodies={CONFIGURATION: b'{"padding": "' + b"x" * 300_000 + b'"}'}),
        Mischief(metadata={"issuer": "https://another.example"}),
        Mischief(metadata={"token_endpoint": "http://ent.example/token"}),
        Mischief(metadata={"authorization_endpoint": "javascript:alert(1)"}),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(provider: OpenIdProvider, mischief: Mischief) -> None:
    provider.mischief = mischief
    refused = send("begin_provider_sign_in")
    assert (refused.status, refused.body["code"], refused.headers["retry-after"]) == (503, "provider_unavailable", "1")


@pytest.mark.parametrize(
    "mischief",
    [
        Mischief(statuses={"/token": 500}),
        Mischief(statuses={"/token": 302}),
        Mischief(statuses={"/userinfo": 502}),
        Mischief(bodies={"/keys": b'{"keys": null}'}),
        Mischief(metadata={"userinfo_endpoint": "http://ent.example/userinfo"}),
    ],
)
def test_a_provider_that_fails_asks_to_begin_again(cloud: Cloud, provider: OpenIdProvider, mischief: Mischief) -> None:
    provider.mischief = mischief
    refused = sign_in()
    assert (refused.status, refused.body["code"]) == (503, "provider_unavailable")
    assert cloud.items("identities") == []


def test_a_provider_that_is_down_is_told(cloud: Cloud) -> None:
    entry = {
        "id": "down",
        "name": "x",
        "issuer": "http://127.0.0.1:9",
        "client_id": "a",
        "client_secret": "b",
        "redirect_uris": [REDIRECT_URI],
    }
    configure(cloud, {"providers": [entry]})
    refused = send("begin_provider_sign_in", body={"provider": "down", "redirect_uri": REDIRECT_URI})
    assert (refused.status, refused.body["code"]) == (503, "provider_unavailable")


def test_without_providers_there_are_none(cloud: Cloud) -> None:
    configure(cloud, {"providers": []})
    assert send("list_providers").body == {"items": []}


def test_a_mistake_in_the_list_of_providers_stops_nobody_else(cloud: Cloud) -> None:
    configure(cloud, {"providers": [{"id": "half"}]})
    assert send("create_account").status == 201
    assert send("list_providers").status == 500


def test_no_secret_of_a_sign_in_is_stored_or_logged(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    begun = begin()
    nonce = parse_qs(urlsplit(begun["authorization_url"]).query)["nonce"][0]
    kept = str(cloud.items("credentials"))
    body = come_back(begun)
    person = send("complete_provider_sign_in", body=body)
    kept += str(cloud.items("credentials")) + "".join(str(vars(record)) for record in caplog.records)
    for secret in (begun["secret"], nonce, body["code"], CLIENT_SECRET, "Martin", LEA["sub"], person.body["refresh_token"]):
        assert secret not in kept
