"""What a route may refuse is read off its code: through stores, wirings and what a ``try`` takes."""

import json

import pytest

from functions.accounts.routes import create_account, token
from functions.answers.routes import answer
from functions.campaigns.participation_routes import look_up_code
from jalon.campaigns.enter_code import enter_code
from jalon.edge.idempotency import idempotent
from tests.cloud import template
from tools.openapi import DOCUMENT
from tools.openapi_refusals import reached_by
from tools.refusals import Reached, reached


def codes(found: Reached) -> set[str]:
    return {error.code for error in found.refusals}


def test_what_a_use_case_raises_is_found_through_its_route() -> None:
    raised = {"campaign_code_unknown", "campaign_archived", "campaign_of_another_school", "organisation_not_found", "results_already_sent"}
    assert codes(reached(enter_code)) == raised | {"store_unavailable"}
    assert raised | {"role_required", "not_signed_in"} <= codes(reached(look_up_code))


def test_what_a_try_takes_is_not_told_and_what_it_is_turned_into_is() -> None:
    found = codes(reached(create_account))
    assert {"idempotency_key_reused", "email_taken"} <= found
    assert not {"account_exists", "condition_failed", "stale_write"} & found


def test_what_a_library_calls_back_is_found() -> None:
    assert "signing_unavailable" in codes(reached(token))


def test_a_refusal_says_what_it_says_where_it_is_made() -> None:
    refusals = {error.code: refusal for error, refusal in reached(answer).refusals.items()}
    assert refusals["answer_too_large"].detail == "An answer takes 1000 bytes at most; shorten the text."
    assert refusals["answer_too_large"].facts == {"limit_bytes": 1_000}
    key = {error.code: refusal for error, refusal in reached(idempotent).refusals.items()}["idempotency_key_required"]
    assert "of 1 to 255 characters" in key.detail


@pytest.mark.parametrize(("method", "form", "told"), [("GET", False, False), ("POST", False, True), ("POST", True, True)])
def test_a_body_is_refused_where_one_may_be_sent(method: str, form: bool, told: bool) -> None:
    found = codes(reached_by(method, (), form=form))
    assert ({"malformed_body", "too_large", "unsupported_media_type"} <= found) is told


def test_pages_of_other_sites_may_send_and_read_the_headers_that_the_document_tells_of() -> None:
    cors = template()["Resources"]["HttpApi"]["Properties"]["CorsConfiguration"]
    document = json.loads(DOCUMENT.read_text())
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    responses = [
        *document["components"]["responses"].values(),
        *(each for operation in operations for each in operation["responses"].values()),
    ]
    sent = {name.lower() for response in responses for name in response.get("headers", {})}
    asked = {each["name"].lower() for operation in operations for each in operation.get("parameters", ()) if each["in"] == "header"}
    assert sent - {"www-authenticate"} == set(cors["ExposeHeaders"])
    assert asked | {"authorization", "content-type"} == set(cors["AllowHeaders"])
