"""Sign-up, one's own account, staff, passwords and clients, over real tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jalon.kernel.clock import SystemClock
from tests.cloud import Cloud
from tests.events import http_event
from tests.functions.accounts_client import Reply, basic, reply, sample, send
from tests.functions.accounts_cloud import claims_of, emptied, operator_credentials

PERSON = {
    "email": "elodie.martin@example.org",
    "password": "Tr0ubadour!",
    "first_name": "Élodie",
    "last_name": "Martin",
    "birth_date": "2008-05-06",
    "locale": "fr-FR",
}
STAFF = {"role": "jury", "email": "jury@example.org", "first_name": "Marc", "last_name": "Blanc"}


@pytest.fixture(autouse=True)
def cloud(accounts_cloud: Cloud) -> Cloud:
    return emptied(accounts_cloud)


def sign_in(username: str, password: str) -> Reply:
    return send("token_password", form={"grant_type": "password", "username": username, "password": password})


def pointers(answer: Reply) -> list[str]:
    return [error["pointer"] for error in answer.body["errors"]]


def test_a_person_signs_up_and_reads_their_account() -> None:
    made = send("create_account", body=PERSON)
    assert (made.status, made.headers["location"], made.headers["cache-control"]) == (201, "/v1/me", "no-store")
    me = send("read_me", subject=made.body["id"])
    assert (me.status, me.headers["cache-control"]) == (200, "no-store")
    assert me.body == {
        "id": made.body["id"],
        "first_name": "Élodie",
        "last_name": "Martin",
        "birth_date": "2008-05-06",
        "email": "elodie.martin@example.org",
        "email_verified": False,
        "username": None,
        "providers": [],
        "roles": ["pupil"],
        "preferences": {
            "locale": "fr-FR",
            "high_contrast": False,
            "large_text": False,
            "reduced_motion": False,
            "screen_reader": False,
        },
        "terms": None,
        "terms_to_accept": "2026-09-01",
        "password_is_initial": False,
    }


def test_repeating_a_sign_up_answers_the_same_and_makes_nothing(cloud: Cloud) -> None:
    first = send("create_account", body=PERSON, key="one")
    assert send("create_account", body=PERSON, key="one").body == first.body
    assert len(cloud.items("identities")) == 1


def test_another_sign_up_under_the_same_key_is_refused() -> None:
    send("create_account", body=PERSON, key="one")
    reused = send("create_account", body=PERSON | {"password": "An0ther-one!"}, key="one")
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
    assert pointers(reused) == ["/header/idempotency-key"]


def test_an_address_in_use_is_a_conflict() -> None:
    send("create_account", body=PERSON)
    taken = send("create_account", body=PERSON | {"email": "Elodie.Martin@example.org"})
    assert (taken.status, taken.body["code"], taken.headers["content-type"]) == (409, "email_taken", "application/problem+json")
    assert pointers(taken) == ["/email"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "nowhere"}, "/email"),
        ({"password": "Schwach"}, "/password"),
        ({"first_name": "<b>"}, "/first_name"),
        ({"birth_date": "06/05/2008"}, "/birth_date"),
        ({"birth_date": 1210032000}, "/birth_date"),
        ({"birth_date": "2999-01-01"}, "/birth_date"),
        ({"locale": "xx"}, "/locale"),
        ({"role": "jury"}, "/role"),
    ],
)
def test_what_cannot_be_accepted_is_named_and_nothing_is_kept(cloud: Cloud, change: dict[str, Any], pointer: str) -> None:
    refused = send("create_account", body=PERSON | change)
    assert refused.status == 422
    assert pointers(refused) == [pointer]
    assert "Schwach" not in refused.text
    assert cloud.items("identities") == []
    assert cloud.items("credentials") == []


def refusal(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status == 422
    return [(error["pointer"], error["code"]) for error in reply.body["errors"]]


@pytest.mark.parametrize("password", ["Azerty123", "P@ssw0rd1!", "Marseille13"])
def test_a_password_that_everybody_would_try_is_chosen_nowhere(password: str) -> None:
    person = send("create_account").body["id"]
    change = {"current_password": PERSON["password"], "new_password": password}
    invited = {"token": send("create_staff", body=STAFF).body["setup_token"], "password": password}
    other = send("create_account", body=PERSON | {"email": "other@example.org", "password": password})
    assert refusal(other) == refusal(send("set_password", body=invited)) == [("/password", "password_common")]
    assert refusal(send("replace_password", body=change, subject=person)) == [("/new_password", "password_common")]
    assert password not in other.text


def test_ones_own_birth_date_is_no_password() -> None:
    body = PERSON | {"birth_date": "2008-05-06"}
    assert refusal(send("create_account", body=body | {"password": "Zut!06052008"})) == [("/password", "password_personal")]
    person = send("create_account", body=body).body["id"]
    change = {"current_password": PERSON["password"], "new_password": "Zut!06/05/08"}
    assert refusal(send("replace_password", body=change, subject=person)) == [("/new_password", "password_personal")]


@pytest.mark.parametrize("body", ["", "null", "[]", '"text"', '{"email": "\\ud800"}'])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    assert send("create_account", body=body).status == 422


@pytest.mark.parametrize("name", ["create_account", "create_staff", "create_oauth_client"])
@pytest.mark.parametrize("key", [None, " ", "x" * 256])
def test_what_creates_asks_for_its_key(name: str, key: str | None) -> None:
    refused = send(name, headers={"idempotency-key": key})
    assert (refused.status, refused.body["code"]) == (422, "idempotency_key_required")


def test_an_erased_account_has_no_page() -> None:
    gone = send("read_me", subject="usr_" + "0" * 32)
    assert (gone.status, gone.body["code"]) == (404, "account_not_found")


def test_a_client_has_no_account() -> None:
    refused = send("read_me", subject="cli_operator")
    assert (refused.status, refused.body["code"]) == (403, "people_only")


def test_without_claims_nobody_is_signed_in() -> None:
    refused = reply(http_event("GET", "/v1/me"))
    assert (refused.status, refused.body["code"]) == (401, "not_signed_in")
    assert refused.headers["www-authenticate"].startswith("Bearer")


@pytest.fixture
def person() -> str:
    return send("create_account", body=PERSON).body["id"]


def refresh(token: str) -> Reply:
    return send("token_refresh", form={"grant_type": "refresh_token", "refresh_token": token})


def test_preferences_change_one_by_one(person: str) -> None:
    send("change_me", body={"large_text": True}, subject=person)
    changed = send("change_me", body={"locale": "en", "screen_reader": False}, subject=person)
    assert changed.status == 200
    assert changed.body == send("read_me", subject=person).body
    assert (changed.body["preferences"]["large_text"], changed.body["preferences"]["locale"]) == (True, "en")


@pytest.mark.parametrize("locale", ["fr-FR", "fr", "fr-simple", "en"])
def test_every_language_that_a_test_may_be_offered_in_can_be_preferred(person: str, locale: str) -> None:
    assert send("change_me", body={"locale": locale}, subject=person).status == 200
    assert send("read_me", subject=person).body["preferences"]["locale"] == locale


@pytest.mark.parametrize("body", [{"locale": "tlh"}, {"large_text": "yes"}, {"extra_time_percent": 33}, {"roles": ["jury"]}])
def test_nothing_else_about_oneself_can_be_changed(person: str, body: dict[str, Any]) -> None:
    before = send("read_me", subject=person).body
    assert send("change_me", body=body, subject=person).status == 422
    assert send("read_me", subject=person).body == before


def test_the_terms_in_force_are_accepted_once_shown(person: str) -> None:
    old = send("accept", body={"version": "2020-01-01"}, subject=person)
    assert (old.status, old.body["code"], old.body["in_force"]) == (409, "terms_superseded", "2026-09-01")
    accepted = send("accept", subject=person)
    assert (accepted.status, accepted.body["terms_to_accept"]) == (200, None)
    assert accepted.body["terms"]["version"] == "2026-09-01"
    assert accepted.body["terms"]["accepted_at"].endswith("Z")
    assert send("read_me", subject=person).body == accepted.body


def test_the_same_terms_stay_accepted_when_they_were(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = send("accept", subject=person).body
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(SystemClock, "now", lambda _: tomorrow)
    assert send("accept", subject=person).body["terms"] == first["terms"] == send("read_me", subject=person).body["terms"]


def test_changing_the_password_ends_every_sign_in(person: str) -> None:
    token = sign_in(PERSON["email"], PERSON["password"]).body["refresh_token"]
    wrong = send("replace_password", body={"current_password": "no", "new_password": "An0ther-one!"}, subject=person)
    assert (wrong.status, pointers(wrong)) == (422, ["/current_password"])
    assert send("replace_password", subject=person).status == 204
    assert refresh(token).status == 400
    assert sign_in(PERSON["email"], PERSON["password"]).status == 400
    assert sign_in(PERSON["email"], "An0ther-one!").status == 200


def test_signing_out_everywhere_ends_every_sign_in_and_lets_one_sign_in_again(person: str) -> None:
    tokens = [sign_in(PERSON["email"], PERSON["password"]).body["refresh_token"] for _ in range(2)]
    assert send("sign_out", subject=person).status == 204
    assert [refresh(token).status for token in tokens] == [400, 400]
    again = sign_in(PERSON["email"], PERSON["password"]).body["refresh_token"]
    assert refresh(again).status == 200


@pytest.mark.parametrize("name", ["change_me", "accept", "replace_password", "sign_out"])
def test_only_people_with_an_account_change_it(name: str) -> None:
    assert send(name, subject="cli_operator").body["code"] == "people_only"
    assert send(name, subject="usr_" + "0" * 32).body["code"] == "account_not_found"


def test_the_jury_is_invited_sets_a_password_and_signs_in(cloud: Cloud) -> None:
    invitation = send("create_staff", body=STAFF)
    assert invitation.status == 201
    assert sign_in(STAFF["email"], "Tr0ubadour!").status == 400
    weak = send("set_password", body={"token": invitation.body["setup_token"], "password": "weak"})
    assert (weak.status, pointers(weak)) == (422, ["/password"])
    done = send("set_password", body={"token": invitation.body["setup_token"], "password": "Tr0ubadour!"})
    assert (done.status, done.text) == (204, "")
    token = sign_in(STAFF["email"], "Tr0ubadour!").body["access_token"]
    claims = claims_of(cloud, token)
    assert (claims["sub"], claims["roles"]) == (invitation.body["id"], "jury")
    again = send("set_password", body={"token": invitation.body["setup_token"], "password": "An0ther-one!"})
    assert (again.status, again.body["code"]) == (410, "setup_token_over")


def test_repeating_an_invitation_names_the_same_person() -> None:
    first = send("create_staff", body=STAFF, key="one")
    again = send("create_staff", body=STAFF, key="one")
    assert again.body["id"] == first.body["id"]
    done = send("set_password", body={"token": again.body["setup_token"], "password": "Tr0ubadour!"})
    assert done.status == 204
    reused = send("create_staff", body=STAFF | {"first_name": "Marie"}, key="one")
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")


def test_the_address_of_someone_else_is_not_invited() -> None:
    send("create_account", body=PERSON)
    taken = send("create_staff", body=STAFF | {"email": PERSON["email"]})
    assert (taken.status, taken.body["code"]) == (409, "email_taken")


@pytest.mark.parametrize("name", ["create_staff", "create_oauth_client", "renew_oauth_client_secret", "end_oauth_client"])
def test_the_operators_routes_ask_for_their_scope(cloud: Cloud, name: str) -> None:
    refused = send(name, scope="lsu:read organisations:write")
    assert (refused.status, refused.body["code"]) == (403, "scope_required")
    assert cloud.items("identities") == []
    assert cloud.items("clients") == []


def test_a_registered_client_gets_a_token_with_its_scopes(cloud: Cloud) -> None:
    made = send("create_oauth_client", body={"name": "Export LSU", "scopes": ["lsu:read"], "schools": ["0990001n", "0990002P"]})
    assert (made.status, made.body["schools"]) == (201, ["0990001N", "0990002P"])
    headers = basic(made.body["client_id"], made.body["client_secret"])
    token = send("token_client", form={"grant_type": "client_credentials"}, headers=headers)
    assert (token.status, token.body["scope"]) == (200, "lsu:read")
    claims = claims_of(cloud, token.body["access_token"])
    assert (claims["sub"], claims["schools"]) == (made.body["client_id"], "0990001N 0990002P")
    operator = send("token_client", form={"grant_type": "client_credentials"}, headers=basic(*operator_credentials(cloud)))
    assert "schools" not in claims_of(cloud, operator.body["access_token"]), "the operator reads no school's data"
    wrong = basic(made.body["client_id"], made.body["client_secret"][:-1])
    assert send("token_client", form={"grant_type": "client_credentials"}, headers=wrong).status == 401


def test_repeating_a_registration_shows_the_same_secret_which_is_stored_nowhere(cloud: Cloud) -> None:
    first = send("create_oauth_client", key="one")
    assert send("create_oauth_client", key="one").body == first.body
    assert first.body["client_secret"] not in str(cloud.items("clients") + cloud.items("idempotency"))
    reused = send("create_oauth_client", body={"name": "Other", "scopes": ["certificates:verify"]}, key="one")
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")


def of_client(name: str, client_id: str, **changes: Any) -> Reply:
    """Send a sample event about this client."""
    event = sample(name)
    path = event["rawPath"].replace(event["pathParameters"]["client_id"], client_id)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    return send(name, event=event, **changes)


def test_a_client_keeps_its_old_secret_while_it_changes_and_loses_it_at_once_after_a_leak(cloud: Cloud) -> None:
    made = send("create_oauth_client").body
    renewed = of_client("renew_oauth_client_secret", made["client_id"], key="a")
    assert (renewed.status, renewed.body["client_id"]) == (201, made["client_id"])
    assert of_client("renew_oauth_client_secret", made["client_id"], key="a").body == renewed.body
    assert renewed.body["client_secret"] not in str(cloud.items("clients") + cloud.items("idempotency"))
    grant = {"grant_type": "client_credentials"}
    for secret in (made["client_secret"], renewed.body["client_secret"]):
        assert send("token_client", form=grant, headers=basic(made["client_id"], secret)).status == 200
    leaked = of_client("renew_oauth_client_secret", made["client_id"], key="b", body={"keep_former_hours": 0})
    statuses = [
        send("token_client", form=grant, headers=basic(made["client_id"], secret)).status
        for secret in (made["client_secret"], renewed.body["client_secret"], leaked.body["client_secret"])
    ]
    assert statuses == [401, 401, 200]
    overtaken = of_client("renew_oauth_client_secret", made["client_id"], key="a")
    assert (overtaken.status, overtaken.body["code"]) == (409, "secret_superseded")
    too_long = of_client("renew_oauth_client_secret", made["client_id"], body={"keep_former_hours": 169})
    assert (too_long.status, pointers(too_long)) == (422, ["/keep_former_hours"])


def test_an_ended_client_gets_no_token_any_more() -> None:
    made = send("create_oauth_client").body
    grant, proof = {"grant_type": "client_credentials"}, basic(made["client_id"], made["client_secret"])
    assert send("token_client", form=grant, headers=proof).status == 200
    assert [of_client("end_oauth_client", made["client_id"]).status for _ in range(2)] == [204, 204]
    assert send("token_client", form=grant, headers=proof).status == 401
    refused = of_client("renew_oauth_client_secret", made["client_id"])
    assert (refused.status, refused.body["code"]) == (409, "client_ended")
    nobody = of_client("end_oauth_client", "cli_" + 32 * "0")
    assert (nobody.status, nobody.body["code"]) == (404, "client_not_found")


def test_a_client_that_reads_schools_data_says_whose() -> None:
    refused = send("create_oauth_client", body={"name": "Export LSU", "scopes": ["lsu:read"]})
    assert (refused.status, pointers(refused)) == (422, ["/schools"])
    assert send("create_oauth_client", body={"name": "Ministère", "scopes": ["parcoursup:read"], "schools": ["*"]}).status == 201


@pytest.mark.parametrize("scopes", [[], ["clients:write"], ["everything"], "lsu:read"])
def test_a_client_is_not_given_what_cannot_be_granted(scopes: Any) -> None:
    refused = send("create_oauth_client", body={"name": "Export", "scopes": scopes})
    assert refused.status == 422


def test_the_operators_secret_is_the_templates(cloud: Cloud) -> None:
    client_id, secret = operator_credentials(cloud)
    assert (client_id, len(secret)) == ("cli_operator", 43)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("DELETE", "/v1/staff", 405)])
def test_a_route_that_is_not_there_is_a_problem(method: str, path: str, status: int) -> None:
    refused = reply(http_event(method, path))
    assert (refused.status, refused.body["code"], refused.headers["content-type"]) == (
        status,
        "no_such_route",
        "application/problem+json",
    )
