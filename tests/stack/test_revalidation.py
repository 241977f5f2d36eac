"""What is polled on the deployed stack is not sent again while it holds; an answer without content arrives as one."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from local.paths import ROOT
from tests.stack.conftest import Stack
from tests.stack.test_pupil import new_pupil

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
PATHS = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
POLLED = sorted(path for path, item in PATHS.items() if "304" in item.get("get", {}).get("responses", {}))
#: How often something may change between being read and being asked for again: a worker may be at it.
CHANGES = 10

Headers = dict[str, str]
Places = dict[str, tuple[Headers, str]]


@pytest.fixture(scope="module")
def http(played: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=played.up.api_url, timeout=60) as client:
        yield client


def signed_in(http: httpx.Client, login: dict[str, str]) -> Headers:
    answer = http.post("/v1/oauth/token", data={"grant_type": "password", **login}).raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def made(http: httpx.Client, who: Headers, path: str, body: object = None) -> str:
    """The identifier of what a POST makes, which has an Idempotency-Key."""
    answer = http.post(path, json=body, headers=who | {"Idempotency-Key": str(uuid.uuid4())}).raise_for_status().json()
    return str(answer["id"] if "id" in answer else answer["number"])


@pytest.fixture(scope="module")
def school(played: Stack, http: httpx.Client) -> Headers:
    return signed_in(http, played.record["admin"])


@pytest.fixture(scope="module")
def room(played: Stack, http: httpx.Client, school: Headers) -> str:
    """The number of a session that the school's administrator plans, fills with a class and invigilates."""
    uai = played.record["uai"]
    planned = {
        "site": "Collège des Exemples",
        "room": "Salle informatique",
        "date": (datetime.now(UTC) + timedelta(days=7)).date().isoformat(),
        "start_time": "10:00",
        "time_zone": "Europe/Paris",
        "invigilators": ["Surveillance Exemple"],
    }
    session = http.post(f"/v1/organisations/{uai}/sessions", json=planned, headers=school | {"Idempotency-Key": str(uuid.uuid4())}).json()
    number = str(session["number"])
    joined = http.post(f"/v1/sessions/{number}/invigilators", json={"invigilator_code": session["invigilator_code"]}, headers=school)
    assert joined.is_success, joined.text
    return number


@pytest.fixture(scope="module")
def places(played: Stack, http: httpx.Client, school: Headers, room: str) -> Places:
    """By route of the document: who reads one of them, and its path."""
    record, pupil, leaver = played.record, signed_in(http, played.record["pupil"]), new_pupil(http)
    home = f"/v1/organisations/{record['uai']}"
    campaigns = http.get(f"{home}/campaigns", headers=school).json()["items"]
    campaign = next(item["id"] for item in campaigns if item["type"] == "assessment")
    participation = http.get("/v1/participations", headers=pupil).json()["items"][0]["id"]
    profile = http.get("/v1/target-profiles", headers=school).json()["items"][0]["id"]
    export = made(http, leaver, "/v1/me/exports")
    person = new_pupil(http)
    asked = http.post("/v1/me/erasure", json={"confirmation": "ERASE", "password": "un lapin dans la lune"}, headers=person)
    assert asked.status_code == 202, asked.text
    certification = record["certificate"]["certification_id"]
    test = http.post("/v1/assessments", json={"purpose": "competence", "competence": "1.1"}, headers=leaver).raise_for_status().json()
    return {
        "/v1/assessments/{assessment_id}": (leaver, f"/v1/assessments/{test['id']}"),
        "/v1/certifications/{certification_id}": (pupil, f"/v1/certifications/{certification}"),
        "/v1/framework": (pupil, "/v1/framework"),
        "/v1/me/certifications/{certification_id}/certificate.pdf": (pupil, f"/v1/me/certifications/{certification}/certificate.pdf"),
        "/v1/me/erasure": (person, "/v1/me/erasure"),
        "/v1/me/exports/{export_id}": (leaver, f"/v1/me/exports/{export}"),
        "/v1/me/profile": (pupil, "/v1/me/profile"),
        "/v1/me/tutorials": (pupil, "/v1/me/tutorials"),
        "/v1/organisations/{uai}/campaigns/{campaign_id}/participants": (school, f"{home}/campaigns/{campaign}/participants"),
        "/v1/organisations/{uai}/campaigns/{campaign_id}/results": (school, f"{home}/campaigns/{campaign}/results"),
        "/v1/organisations/{uai}/imports/{import_id}": (school, f"{home}/imports/{made(http, school, f'{home}/imports')}"),
        "/v1/participations/{participation_id}": (pupil, f"/v1/participations/{participation}"),
        "/v1/sessions/{number}/invigilation": (school, f"/v1/sessions/{room}/invigilation"),
        "/v1/target-profiles": (school, "/v1/target-profiles"),
        "/v1/target-profiles/{profile_id}": (school, f"/v1/target-profiles/{profile}"),
    }


@pytest.mark.parametrize("route", POLLED)
def test_what_holds_is_not_sent_again(http: httpx.Client, places: Places, route: str) -> None:
    who, path = places[route]
    for _ in range(CHANGES):
        first = http.get(path, headers=who)
        assert first.status_code == 200, first.text
        tag = first.headers["etag"]
        again = http.get(path, headers=who | {"If-None-Match": tag})
        if again.status_code == 200 and again.headers["etag"] != tag:
            continue
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert http.get(path, headers=who | {"If-None-Match": "*"}).status_code == 304
        return
    raise AssertionError(f"{path} changed {CHANGES} times while it was read")


def test_a_candidate_is_taken_off_the_list_and_the_answer_has_no_content(
    played: Stack, http: httpx.Client, school: Headers, room: str
) -> None:
    group = http.get(f"/v1/organisations/{played.record['uai']}/classes", headers=school).json()["items"][0]["name"]
    enrolled = http.post(f"/v1/sessions/{room}/candidates", json={"class": group}, headers=school | {"Idempotency-Key": str(uuid.uuid4())})
    candidate = f"/v1/sessions/{room}/candidates/{enrolled.json()['items'][0]['id']}"
    removed = http.delete(candidate, headers=school)
    assert (removed.status_code, removed.content) == (204, b"")
    assert http.delete(candidate, headers=school).status_code == 404
