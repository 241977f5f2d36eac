"""Signing in through an OpenID provider that runs beside the tests, from the handler to the tables and back."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.accounts.wiring import forget_desk
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, Mischief, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import send
from tests.functions.providers.portal import ALSO_CERTIFYING, CERTIFYING, PROVIDER, begin, come_back, decided, sign_in, subject_of


def test_the_providers_are_listed_without_our_credentials() -> None:
    listed = send("list_providers")
    assert listed.body == {
        "items": [
            {"id": PROVIDER, "name": "ENT des Exemples"},
            {"id": "ent-du-nord", "name": "ENT des Exemples"},
            {"id": CERTIFYING, "name": "ENT des Exemples"},
            {"id": ALSO_CERTIFYING, "name": "ENT des Exemples"},
        ]
    }


def test_the_person_is_sent_with_pkce_state_and_nonce(provider: OpenIdProvider) -> None:
    url = urlsplit(begin()["authorization_url"])
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{provider.issuer}/authorize"
    assert (query["response_type"], query["client_id"], query["redirect_uri"]) == ("code", CLIENT_ID, REDIRECT_URI)
    assert (query["scope"], query["code_challenge_method"]) == ("openid profile", "S256")
    assert all(len(query[name]) >= 32 for name in ("state", "nonce", "code_challenge"))


def test_the_sign_in_can_be_refreshed_like_any_other(cloud: Cloud) -> None:
    signed_in = sign_in()
    form = {"grant_type": "refresh_token", "refresh_token": signed_in.body["refresh_token"]}
    assert subject_of(cloud, send("token_refresh", form=form)) == subject_of(cloud, signed_in)


def test_a_client_may_prove_itself_in_the_form(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.mischief = Mischief(metadata={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    forget_desk()
    assert sign_in().status == 200


def test_a_key_that_the_provider_has_just_made_is_fetched(provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr("jalon.accounts.provider_documents.ASKED_AT_MOST_EVERY", timedelta(0))
    assert sign_in().status == 200
    provider.rotate()
    assert sign_in().status == 200


def test_a_new_key_without_a_name_is_fetched_and_a_forged_signature_does_not_fetch_it_each_time(
    provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.mischief = Mischief(nameless_keys=True)
    forget_desk()
    assert sign_in().status == 200
    with monkeypatch.context() as later:
        later.setattr("jalon.accounts.provider_documents.ASKED_AT_MOST_EVERY", timedelta(0))
        provider.rotate()
        assert sign_in().status == 200
    provider.mischief = Mischief(nameless_keys=True, forged=True)
    provider.seen.clear()
    assert [sign_in().status for _ in range(2)] == [401, 401]
    assert "/keys" not in provider.seen


def test_forged_key_ids_do_not_make_us_fetch_the_keys_each_time(provider: OpenIdProvider) -> None:
    assert sign_in().status == 200
    provider.rotate()
    assert [sign_in().status for _ in range(2)] == [401, 401]
    assert provider.seen.count("/keys") == 1


def test_a_return_serves_once() -> None:
    sign_in()
    body = come_back(begin())
    assert send("complete_provider_sign_in", body=body).status == 200
    again = send("complete_provider_sign_in", body=body)
    assert (again.status, again.body["code"]) == (410, "provider_sign_in_over")


@pytest.mark.parametrize("change", [{"secret": "another screen's"}, {"state": "psi_" + "0" * 32}, {"secret": "\udcff"}])
def test_only_the_screen_that_began_completes(provider: OpenIdProvider, change: dict[str, str]) -> None:
    refused = send("complete_provider_sign_in", body=come_back(begin(), **change))
    assert refused.status in {410, 422}
    assert "/token" not in provider.seen


def test_what_was_begun_ends_after_ten_minutes(cloud: Cloud) -> None:
    body = come_back(begin())
    (flow,) = [item for item in cloud.items("credentials") if item["key"]["S"].startswith("flow#")]
    name = cloud.environment["TABLE_CREDENTIALS"]
    cloud.client("dynamodb").put_item(TableName=name, Item={**flow, "expires_at": {"N": "1700000000"}})
    assert send("complete_provider_sign_in", body=body).status == 410


def test_no_secret_of_a_sign_in_is_stored_or_logged(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    begun = begin()
    nonce = parse_qs(urlsplit(begun["authorization_url"]).query)["nonce"][0]
    kept = str(cloud.items("credentials"))
    body = come_back(begun)
    person = decided(send("complete_provider_sign_in", body=body))
    kept += str(cloud.items("credentials")) + "".join(str(vars(record)) for record in caplog.records)
    for secret in (begun["secret"], nonce, body["code"], CLIENT_SECRET, "Martin", LEA["sub"], person.body["refresh_token"]):
        assert secret not in kept
