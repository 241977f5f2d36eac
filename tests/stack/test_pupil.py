"""A pupil's tests and profile on the deployed stack: workers side by side, the stream between them, the command that mends."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from jalon.assessment.profile_entry_records import unpack_certifications, unpack_parcours
from local.deploy import client
from local.journey.school import wait_until
from tests.stack.conftest import Stack
from tests.stack.make import make

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
#: A second apart each; what failed once in the stream is tried again after one second.
LOOKS = 5
BOTH_SENT = [("assessment", "SHARED"), ("profile_collection", "SHARED")]


def new_pupil(api: httpx.Client) -> dict[str, str]:
    """The headers of someone who has just signed up."""
    address, password = f"{uuid.uuid4().hex[:12]}@example.org", "un lapin dans la lune"
    body = {"email": address, "password": password, "first_name": "Léa", "last_name": "Martin", "birth_date": "2010-03-12"}
    assert api.post("/v1/accounts", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}).status_code == 201
    form = {"grant_type": "password", "username": address, "password": password}
    return {"Authorization": f"Bearer {api.post('/v1/oauth/token', data=form).json()['access_token']}"}


@pytest.mark.parametrize(
    "body",
    [{"purpose": "competence", "competence": "1.1"}, {"purpose": "discovery", "discovery_test": "discovery"}],
    ids=lambda body: body["purpose"],
)
def test_two_devices_that_start_at_the_same_instant_get_one_test(stack: Stack, body: dict[str, str]) -> None:
    with httpx.Client(base_url=stack.up.api_url, timeout=60) as api, ThreadPoolExecutor(4) as devices:
        headers = new_pupil(api)
        started = list(devices.map(lambda _: api.post("/v1/assessments", json=body, headers=headers), range(4)))
        assert [answer.status_code for answer in started] == [200] * 4, [answer.text for answer in started]
        assert len({answer.json()["id"] for answer in started}) == 1
        questions = {(answer.json()["question"]["challenge_id"], answer.json()["question"]["instruction"]) for answer in started}
        assert len(questions) == 1


def test_the_pupils_page_holds_their_parcours_and_their_certification(played: Stack) -> None:
    """Through the deployed streams, some seconds behind what the journey did."""
    certificate = played.record["certificate"]
    with httpx.Client(timeout=60) as http:
        api = played.api(http)
        pupil = api.signed_in(api.token_for(grant_type="password", **played.record["pupil"]))

        def shown() -> tuple[list[Any], list[Any]]:
            page = pupil.get("/v1/me/profile")
            return sorted((item["type"], item["status"]) for item in page["parcours"]), page["certifications"]

        wait_until(lambda: (shown()[0], [item["status"] for item in shown()[1]]) == (BOTH_SENT, ["validated"]), "the page shows everything")
        (certification,) = shown()[1]
        (listed,) = pupil.get("/v1/me/certifications")["items"]
        told = {item["id"]: item["status"] for item in pupil.get("/v1/participations")["items"]}
        assert told == {item["id"]: item["status"] for item in pupil.get("/v1/me/profile")["parcours"]}
    assert (certification["id"], certification["code"]) == (certificate["certification_id"], certificate["code"])
    assert (certification["pix"], certification["taken_on"], certification["centre"]) == (
        listed["score"],
        listed["taken_on"],
        listed["centre"],
    )
    assert certification["verification"] == played.verify_url


BEGUN = [
    ({"purpose": "competence", "competence": "1.1", "locale": "fr-simple"}, (200, None)),
    ({"purpose": "competence", "competence": "1.2", "locale": "en"}, (422, "locale_not_offered")),
    ({"purpose": "competence", "competence": "1.2", "locale": "zz-ZZ"}, (422, "locale_not_offered")),
    ({"purpose": "discovery", "discovery_test": "smartphone-tablet", "locale": "fr-simple"}, (200, None)),
    ({"purpose": "discovery", "discovery_test": "all-competences"}, (422, "not_a_discovery_test")),
]


def test_the_published_content_is_taken_whole_or_not_at_all(stack: Stack) -> None:
    """The real content, through the gateway and under the functions' own roles; the checkpoint looks for a certification."""
    with httpx.Client(base_url=stack.up.api_url, timeout=60) as api:
        headers = new_pupil(api)
        for body, expected in BEGUN:
            answer = api.post("/v1/assessments", json=body, headers=headers)
            assert (answer.status_code, answer.json().get("code")) == expected, answer.text
        test = api.post("/v1/assessments", json=BEGUN[0][0], headers=headers).json()
        while not test["checkpoints"]:
            body = {"ticket": test["question"]["ticket"], "idempotency_key": str(uuid.uuid4()), "answer": {"skipped": True}}
            test = api.post(f"/v1/assessments/{test['id']}/answers", json=body, headers=headers).json()["assessment"]
        rows = api.get(f"/v1/assessments/{test['id']}/checkpoints/1", headers=headers).json()["items"]
        assert rows
        assert all(row["solution"] for row in rows)


def test_rebuilding_everybodys_profile_changes_nobodys(played: Stack) -> None:
    """The command as docs/protocol.md gives it."""
    endpoint = played.up.cloud.endpoint
    table = next(name for name in client("dynamodb", endpoint).list_tables(Limit=100)["TableNames"] if "ProfilesTable" in name)
    before = _profiles_at_rest(endpoint, table)
    assert len(before) > 5
    result = make("command", PORT=played.up.cloud.port, NAME="project_profiles.rebuild", ARGS="--all")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["profiles"] >= len(before)
    after = _profiles(endpoint, table)
    assert [(user, part, was, after[user][part]) for user in before for part, was in before[user].items() if after[user][part] != was] == []


def _profiles(endpoint: str, table: str) -> dict[str, dict[str, Any]]:
    """What each profile says, by user and part; not how often it was written."""
    pages = client("dynamodb", endpoint).get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page["Items"]]
    own = ("knowledge", "pix", "competences", "attempts", "resets")
    return {item["user_id"]["S"]: {name: item.get(name) for name in own} | {"noted": _noted(item)} for item in items}


def _profiles_at_rest(endpoint: str, table: str) -> dict[str, dict[str, Any]]:
    """What they say once the streams have brought everything: the same for longer than the emulator waits before a second try."""
    looks = [_profiles(endpoint, table)]

    def still() -> bool:
        time.sleep(1)
        looks.append(_profiles(endpoint, table))
        return len(looks) >= LOOKS and all(look == looks[-1] for look in looks[-LOOKS:])

    wait_until(still, "the profiles are at rest")
    return looks[-1]


def _noted(item: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What other contexts noted, in no order."""
    parcours, certifications = item.get("parcours"), item.get("certifications")
    return unpack_parcours(parcours["B"] if parcours else None), unpack_certifications(certifications["B"] if certifications else None)
