"""Whose data a caller may read: deny by default."""

from datetime import UTC, datetime

import pytest

from jalon.edge.auth import SchoolNotCoveredError, ScopeRequiredError, caller
from tests.events import http_event


def client(schools: str | None) -> dict[str, object]:
    event = http_event("GET", "/v1/organisations/0990001N/lsu", subject="cli_1", scope="lsu:read")
    if schools is not None:
        event["requestContext"]["authorizer"]["jwt"]["claims"]["schools"] = schools
    return event


@pytest.mark.parametrize("schools", ["0990001N", "0990002P 0990001N", "[0990002P 0990001N]", "*"])
def test_a_client_reads_the_schools_it_is_registered_for(schools: str) -> None:
    caller(client(schools)).require_school("0990001N")


@pytest.mark.parametrize("schools", [None, "", "0990002P", "0990001", "0990001NX"])
def test_a_client_reads_no_other_school(schools: str | None) -> None:
    with pytest.raises(SchoolNotCoveredError) as refused:
        caller(client(schools)).require_school("0990001N")
    assert (refused.value.code, refused.value.facts) == ("school_not_covered", {"uai": "0990001N"})


def test_a_person_reads_no_school_as_a_client() -> None:
    person = caller(http_event("GET", "/v1/me", subject="usr_1", roles="teacher"))
    with pytest.raises(ScopeRequiredError):
        person.require_scope("lsu:read")
    with pytest.raises(SchoolNotCoveredError):
        person.require_school("0990001N")


@pytest.mark.parametrize("claim", ["1795424400", "1.7954244E9", 1795424400])
def test_when_a_person_proved_who_they_are_is_read_as_the_gateway_writes_numbers(claim: object) -> None:
    event = http_event("GET", "/v1/me", subject="usr_1")
    assert caller(event).authenticated_at is None
    event["requestContext"]["authorizer"]["jwt"]["claims"]["auth_time"] = claim
    assert caller(event).authenticated_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("claim", "epoch"), [("0", 0), ("3", 3), (0, 0), ("1.2E1", 12)])
def test_which_sign_ins_a_token_is_of_is_read_as_the_gateway_writes_numbers(claim: object, epoch: int) -> None:
    event = http_event("GET", "/v1/me", subject="usr_1")
    assert caller(event).sign_in_epoch is None
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sign_in_epoch"] = claim
    assert caller(event).sign_in_epoch == epoch
