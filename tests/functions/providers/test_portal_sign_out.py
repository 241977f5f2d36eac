"""Who signs out here can end their session at the portal: on a shared computer the next one would be let in as the one before."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from functions.accounts.wiring import forget_desk
from tests.accounts.openid_provider import CLIENT_ID, LEA, SIGNED_OUT_URI, Mischief, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.providers.portal import begin_account, complete, list_portal, sign_in, subject_of
from tests.functions.providers.test_asked_anew import list_with

TOM = {"sub": "tom-2", "given_name": "Tom", "family_name": "Durand", "birthdate": "2011-05-06"}


def test_whoever_signs_out_at_the_portal_too_leaves_it_to_the_next_one(cloud: Cloud, provider: OpenIdProvider) -> None:
    list_with(cloud, provider, post_logout_redirect_uri=SIGNED_OUT_URI)
    provider.mischief = Mischief(keeps_session=True)
    lea = subject_of(cloud, sign_in())
    provider.person = TOM
    signed_in = complete()
    assert subject_of(cloud, signed_in) == lea
    state = "chosen by the screen, for this sign-out"
    gone = httpx.get(f"{signed_in.body['end_session_url']}&{urlencode({'state': state})}")
    assert gone.status_code == 303
    assert gone.headers["location"] == f"{SIGNED_OUT_URI}?{urlencode({'state': state})}"
    assert complete().body["first_name"] == "Tom"


def test_somebody_else_whom_the_portal_still_knows_is_signed_out_before_anything_is_decided(cloud: Cloud, provider: OpenIdProvider) -> None:
    """The screen shows another's name: the person says so, and begins again."""
    provider.mischief, provider.session, provider.person = Mischief(keeps_session=True), (LEA, 1_700_000_000), TOM
    unknown = complete()
    assert (unknown.body["code"], unknown.body["first_name"]) == ("provider_account_unknown", "Léa")
    assert httpx.get(unknown.body["end_session_url"]).status_code == 200
    assert complete().body["first_name"] == "Tom"


def test_the_address_says_to_the_portal_whose_session_it_is_and_keeps_a_query_of_its_own(cloud: Cloud, provider: OpenIdProvider) -> None:
    address = urlsplit(sign_in_url(cloud, provider))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.issuer}/end-session"
    query = parse_qs(address.query)
    assert set(query) == {"theme", "id_token_hint", "client_id"}
    assert query["client_id"] == [CLIENT_ID]


def sign_in_url(cloud: Cloud, provider: OpenIdProvider) -> str:
    list_portal(cloud, provider)
    sign_in()
    return str(complete().body["end_session_url"])


@pytest.mark.parametrize("said", [None, 5, ["https://ent.example/end"], "javascript:alert(1)", "http://ent.example/end", ""], ids=str)
def test_a_portal_that_names_no_address_where_sessions_end_signs_people_in_without(
    cloud: Cloud, provider: OpenIdProvider, said: Any
) -> None:
    provider.mischief = Mischief(metadata={"end_session_endpoint": said})
    forget_desk()
    unknown = complete()
    assert unknown.body["end_session_url"] is None
    assert begin_account(unknown).status == 200
    signed_in = complete()
    assert (signed_in.status, signed_in.body["end_session_url"]) == (200, None)


def test_what_the_portal_signed_is_stored_and_logged_nowhere(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = complete()
    begin_account(unknown)
    signed_in = complete()
    tokens = [parse_qs(urlsplit(said.body["end_session_url"]).query)["id_token_hint"][0] for said in (unknown, signed_in)]
    kept = str([cloud.items(table) for table in ("credentials", "identities")])
    kept += "".join(str(vars(record)) for record in caplog.records) + "".join(capsys.readouterr())
    assert all(token.rpartition(".")[2] not in kept and token.split(".")[1] not in kept for token in tokens)
