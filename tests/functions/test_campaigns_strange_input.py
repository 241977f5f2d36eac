"""Whatever is sent, the API function answers with a refusal of its own and never with a 5xx."""

import json
from typing import Any

import pytest

from functions.campaigns.app import handler
from tests.events import CONTEXT, http_event
from tests.functions.school import UAI, School
from tests.functions.unreadable_bodies import STRANGE

TEXTS = tuple(value for value in STRANGE if (isinstance(value, str) and value.isprintable()) or value == "\x00")
SCHOOL = f"/v1/organisations/{UAI}"
BODIES: dict[str, dict[str, Any]] = {
    "/v1/organisations": {"uai": UAI, "name": "A", "official_email": "a@exemple.example"},
    f"{SCHOOL}/activation": {
        "activation_code": "X",
        "first_name": "A",
        "last_name": "B",
        "email": "a@exemple.example",
        "password": "x" * 20,
    },
    "/v1/accepted-invitations": {
        "invitation_code": "X",
        "first_name": "A",
        "last_name": "B",
        "email": "a@exemple.example",
        "password": "x" * 20,
    },
    "/v1/me/memberships": {"invitation_code": "X"},
    f"{SCHOOL}/invitations": {"email": "a@exemple.example", "role": "member"},
    f"{SCHOOL}/pupil-credentials": {"class": "5Z"},
    f"{SCHOOL}/access-recoveries": {"first_name": "A", "last_name": "B", "birth_date": "2012-01-01", "ine": "1"},
    f"{SCHOOL}/sign-in-windows": {"class": "5Z"},
    "/v1/reconciliations": {"uai": UAI, "first_name": "A", "last_name": "B", "birth_date": "2012-01-01", "ine": "1"},
    f"{SCHOOL}/campaigns": {"type": "profile_collection", "name": "A", "target_profile_id": None, "multiple_sendings": None},
    f"{SCHOOL}/target-profiles": {"name": "A", "topics": [{"id": "tube11a", "max_level": 2}]},
    "/v1/participations": {"code": "BCDFGH234"},
}
LISTS = (f"{SCHOOL}/pupils", f"{SCHOOL}/certifiable", f"{SCHOOL}/campaigns", f"{SCHOOL}/target-profiles", "/v1/participations")
PLACES = (
    "/v1/organisations/{}",
    "/v1/campaign-codes/{}",
    "/v1/participations/{}",
    f"{SCHOOL}/campaigns/{{}}",
    f"{SCHOOL}/imports/{{}}",
    f"{SCHOOL}/target-profiles/{{}}",
    "/v1/target-profiles/{}",
)


def status_of(event: dict[str, Any]) -> int:
    return int(handler(event, CONTEXT)["statusCode"])


@pytest.mark.parametrize("path", BODIES)
def test_no_body_breaks_a_route(shared_school: School, path: str) -> None:
    for field in BODIES[path]:
        for value in STRANGE:
            body = json.dumps(BODIES[path] | {field: value})
            event = http_event("POST", path, body, subject=shared_school.admin, roles="pupil teacher", scope="organisations:write")
            assert status_of(event) < 500, (field, value)
    for text in ("", "[]", "null", "{", '{"a":', "\ud800"):
        assert status_of(http_event("POST", path, text, subject=shared_school.admin, roles="pupil", scope="organisations:write")) < 500, (
            text
        )


@pytest.mark.parametrize("path", LISTS)
def test_no_query_breaks_a_list(shared_school: School, path: str) -> None:
    for name in ("class", "limit", "cursor", "status", "unknown"):
        for value in TEXTS:
            assert status_of(http_event("GET", path, subject=shared_school.admin, roles="pupil", query={name: value})) < 500, (name, value)


@pytest.mark.parametrize("place", PLACES)
def test_no_path_breaks_a_route(shared_school: School, place: str) -> None:
    for value in TEXTS:
        assert status_of(http_event("GET", place.format(value), subject=shared_school.admin, roles="pupil")) < 500, value
