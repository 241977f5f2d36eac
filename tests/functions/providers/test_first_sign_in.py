"""Someone comes through a portal for the first time, and says whether they have an account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from functions.accounts.wiring import desk, provider_sign_ins
from jalon.accounts.sign_in_with_provider import begin_account as begin_account_of
from jalon.kernel.clock import SystemClock
from tests.accounts.openid_provider import LEA, REDIRECT_URI, Mischief, OpenIdProvider
from tests.cloud import Cloud
from tests.functions.accounts_client import send
from tests.functions.providers.portal import (
    PROVIDER,
    begin_account,
    come_back,
    complete,
    configure,
    decided,
    school_made,
    sign_in,
    subject_of,
)


def test_someone_new_is_asked_before_anything_is_made(cloud: Cloud, provider: OpenIdProvider) -> None:
    unknown = complete()
    assert (unknown.status, unknown.body["code"], unknown.headers["cache-control"]) == (409, "provider_account_unknown", "no-store")
    assert {name: unknown.body[name] for name in ("provider", "first_name", "last_name")} == {
        "provider": PROVIDER,
        "first_name": "Léa",
        "last_name": "Martin",
    }
    assert unknown.body["expires_at"].endswith("Z")
    assert cloud.items("identities") == []
    (used,) = cloud.items("credentials")
    assert set(used) == {"key", "provider_id", "redirect_uri", "used_by", "expires_at"}
    told = unknown.text.replace("Martin", "")  # the name is shown; what is sealed is not
    assert LEA["sub"] not in told


def test_a_first_sign_in_makes_the_account_and_the_next_finds_it(cloud: Cloud) -> None:
    person = subject_of(cloud, sign_in())
    me = send("read_me", subject=person).body
    assert (me["first_name"], me["last_name"], me["birth_date"]) == ("Léa", "Martin", "2010-03-12")
    assert (me["roles"], me["providers"], me["email"], me["username"]) == (["pupil"], [PROVIDER], None, None)
    assert subject_of(cloud, sign_in()) == person
    assert len(cloud.items("identities")) == 1


def test_whoever_has_an_account_links_the_provider_without_going_there_again(cloud: Cloud, provider: OpenIdProvider) -> None:
    lea = school_made()
    introduction = {"introduction": complete().body["introduction"]}
    provider.seen.clear()
    for _ in range(2):
        linked = send("link_introduced_provider", body=introduction, subject=lea, proven=True)
        assert (linked.status, linked.body["providers"], linked.body["username"]) == (200, [PROVIDER], "lea.martin1203")
    assert provider.seen == []
    assert subject_of(cloud, complete()) == lea
    assert len(cloud.items("identities")) == 1


def test_an_introduction_is_not_linked_to_an_account_that_only_claims_its_address() -> None:
    introduction, person = complete().body["introduction"], send("create_account").body["id"]
    refused = send("link_introduced_provider", body={"introduction": introduction}, subject=person, proven=True)
    assert (refused.status, refused.body["code"]) == (409, "email_unproven")


def test_a_decision_made_twice_gives_the_same_account(cloud: Cloud) -> None:
    unknown = complete()
    assert subject_of(cloud, begin_account(unknown)) == subject_of(cloud, begin_account(unknown))
    assert len(cloud.items("identities")) == 1


def test_an_introduction_that_was_linked_signs_nobody_in_any_more(cloud: Cloud) -> None:
    lea, unknown = school_made(), complete()
    body = {"introduction": unknown.body["introduction"]}
    assert send("link_introduced_provider", body=body, subject=lea, proven=True).status == 200
    assert send("sign_out", subject=lea).status == 204
    refused = begin_account(unknown)
    assert (refused.status, refused.body["code"]) == (410, "provider_sign_in_over")


def test_an_introduction_that_made_an_account_signs_in_for_half_a_minute(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = complete()
    person = subject_of(cloud, begin_account(unknown))
    in_a_minute = desk().accounts.clock.now() + timedelta(minutes=1)
    with monkeypatch.context() as later:
        later.setattr(SystemClock, "now", lambda _: in_a_minute)
        assert begin_account(unknown).body["code"] == "provider_sign_in_over"
    assert subject_of(cloud, begin_account(unknown)) == person
    assert send("sign_out", subject=person).status == 204
    assert begin_account(unknown).body["code"] == "provider_sign_in_over"


def test_whoever_decided_both_ways_keeps_the_first(cloud: Cloud) -> None:
    lea, unknown = school_made(), complete()
    introduction = {"introduction": unknown.body["introduction"]}
    made = subject_of(cloud, begin_account(unknown))
    refused = send("link_introduced_provider", body=introduction, subject=lea, proven=True)
    assert (refused.status, refused.body["code"]) == (409, "provider_account_taken")
    assert subject_of(cloud, complete()) == made != lea


def test_two_first_sign_ins_at_once_make_one_account(cloud: Cloud) -> None:
    introductions = [complete().body["introduction"] for _ in range(4)]
    parts = provider_sign_ins(), desk().accounts, desk().mailer
    with ThreadPoolExecutor(4) as pool:
        signed_in = list(pool.map(lambda sealed: begin_account_of(*parts, sealed), introductions))
    assert len({arrival.identity.user_id for arrival in signed_in}) == 1
    assert sum(arrival.new for arrival in signed_in) == 1
    assert len(cloud.items("identities")) == 1


def test_an_introduction_ends_after_ten_minutes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    lea, unknown = school_made(), complete()
    in_ten_minutes = desk().accounts.clock.now() + timedelta(minutes=10)
    monkeypatch.setattr(SystemClock, "now", lambda _: in_ten_minutes)
    body = {"introduction": unknown.body["introduction"]}
    for refused in (begin_account(unknown), send("link_introduced_provider", body=body, subject=lea, proven=in_ten_minutes)):
        assert (refused.status, refused.body["code"]) == (410, "provider_sign_in_over")
    assert len(cloud.items("identities")) == 1


@pytest.mark.parametrize("place", [0, 2, 3, 4])
def test_an_introduction_that_is_not_ours_is_refused(cloud: Cloud, place: int) -> None:
    parts = complete().body["introduction"].split(".")
    parts[place] = ("A" if parts[place][0] != "A" else "B") + parts[place][1:]
    refused = send("begin_provider_account", body={"introduction": ".".join(parts)})
    assert (refused.status, refused.body["code"]) == (410, "provider_sign_in_over")
    assert cloud.items("identities") == []


@pytest.mark.parametrize("text", ["x", "....", "a.b.c.d.e", "\udcff", "é.é.é.é.é"])
def test_what_is_no_introduction_is_refused(text: str) -> None:
    refused = send("begin_provider_account", body={"introduction": text})
    assert refused.status in {410, 422}


def test_an_introduction_by_a_provider_that_is_not_listed_any_more_is_refused(cloud: Cloud, provider: OpenIdProvider) -> None:
    unknown = complete()
    configure(cloud, {"providers": []})
    assert begin_account(unknown).body["code"] == "provider_unknown"
    entry = {"id": PROVIDER, "name": "Another", "issuer": "https://another.example", "client_id": "a", "client_secret": "b"}
    configure(cloud, {"providers": [{**entry, "redirect_uris": [REDIRECT_URI]}]})
    assert begin_account(unknown).body["code"] == "provider_sign_in_over"


def test_an_introduction_of_someone_with_an_endless_name_still_fits_a_request(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.mischief = Mischief(names_in_userinfo_only=True, userinfo={"given_name": "Anne " * 5_000, "family_name": "é" * 50_000})
    unknown = complete()
    assert len(unknown.body["introduction"]) < 4_000
    me = send("read_me", subject=subject_of(cloud, begin_account(unknown))).body
    assert (me["first_name"], me["last_name"]) == (("Anne " * 20).strip(), "é" * 100)


def test_an_introduction_of_someone_with_a_long_name_in_another_script_fits_a_request(cloud: Cloud, provider: OpenIdProvider) -> None:
    provider.person = {**LEA, "given_name": "\U00010348" * 200, "family_name": "\U00010349" * 200}
    unknown = complete()
    assert len(unknown.body["introduction"]) < 4_000
    assert subject_of(cloud, begin_account(unknown))


@pytest.mark.parametrize(
    ("given", "family", "kept"),
    [("Léa, Anne", "MARTIN (dit Durand)", ("Léa Anne", "MARTIN dit Durand")), ("Léa 2", "Martin/Blanc", ("Léa", "Martin Blanc"))],
)
def test_a_name_is_written_as_lists_do(cloud: Cloud, provider: OpenIdProvider, given: str, family: str, kept: tuple[str, str]) -> None:
    provider.person = {**LEA, "given_name": given, "family_name": family}
    unknown = complete()
    assert (unknown.body["first_name"], unknown.body["last_name"]) == kept
    me = send("read_me", subject=subject_of(cloud, begin_account(unknown))).body
    assert (me["first_name"], me["last_name"]) == kept


def test_a_provider_says_what_its_people_become(cloud: Cloud) -> None:
    begun = send("begin_provider_sign_in", body={"provider": "ent-du-nord", "redirect_uri": REDIRECT_URI}).body
    person = subject_of(cloud, decided(send("complete_provider_sign_in", body=come_back(begun))))
    assert send("read_me", subject=person).body["roles"] == ["teacher"]


@pytest.mark.parametrize("signed", [False, True])
def test_names_may_come_from_the_userinfo(cloud: Cloud, provider: OpenIdProvider, signed: bool) -> None:
    provider.mischief = Mischief(
        names_in_userinfo_only=True, signed_userinfo=signed, userinfo={"usual_name": "Durand", "birthdate": "2010"}
    )
    me = send("read_me", subject=subject_of(cloud, sign_in())).body
    assert (me["first_name"], me["last_name"], me["birth_date"]) == ("Léa", "Durand", None)


@pytest.mark.parametrize("names", [{}, {"given_name": "Léa", "family_name": "(12)"}])
def test_a_person_without_a_name_gets_no_account(cloud: Cloud, provider: OpenIdProvider, names: dict[str, str]) -> None:
    provider.person = {"sub": "nobody", **names}
    refused = sign_in()
    assert (refused.status, refused.body["code"]) == (409, "provider_incomplete")
    assert cloud.items("identities") == []
