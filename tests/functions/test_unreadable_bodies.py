"""A body that cannot be read is refused by every function before anything else is done, with a problem that names what to mend."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from functions.accounts import app as accounts
from functions.accounts import own_data_app as own_data
from functions.accounts.operations import OPERATIONS
from functions.accounts.own_data_operations import OPERATIONS as OWN_DATA_OPERATIONS
from functions.answers import app as answers
from functions.campaigns import app as campaigns
from functions.certificates import app as certificates
from functions.jury import app as jury
from functions.sessions import app as sessions
from jalon.edge.bodies import FORM, JSON
from tests.events import CONTEXT, body_of, http_event
from tests.functions.unreadable_bodies import UNREADABLE, Unreadable

Handler = Callable[[dict[str, Any], Any], Mapping[str, Any]]
RESOLVERS = (answers, campaigns, certificates, jury, sessions)
WRITING = ("POST", "PUT", "PATCH")


def _routes() -> Iterator[tuple[Handler, str, str, str]]:
    """Every route that may be sent a body: its function, method, path and media type."""
    for module in RESOLVERS:
        for route in (*module.app._static_routes, *module.app._dynamic_routes):
            if route.method in WRITING:
                yield module.handler, route.method, route.openapi_path, JSON
    for module, operations in ((accounts, OPERATIONS), (own_data, OWN_DATA_OPERATIONS)):
        for operation in operations:
            if operation.method in WRITING:
                yield module.handler, operation.method, operation.path, FORM if operation.form else JSON


ROUTES = tuple(_routes())


@pytest.mark.parametrize("unreadable", UNREADABLE, ids=lambda unreadable: unreadable.name)
def test_no_route_of_any_function_reads_it(unreadable: Unreadable) -> None:
    asked = 0
    for handler, method, path, media_type in ROUTES:
        if media_type == FORM and unreadable.json_only:
            continue
        event = unreadable.event(method, path, media_type, subject="usr_" + "0" * 32, roles="pupil jury teacher")
        answer = handler(event, CONTEXT)
        problem = body_of(answer)
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        assert (answer["statusCode"], problem["code"]) == (unreadable.status, unreadable.code), (method, path)
        assert headers["content-type"] == "application/problem+json"
        assert (problem["status"], problem["instance"]) == (unreadable.status, path)
        assert problem["detail"]
        asked += 1
    assert asked > 40


def test_every_public_route_is_among_them() -> None:
    from tools.openapi import PUBLIC

    assert {(method.lower(), path) for _, method, path, _ in ROUTES} >= {route for route in PUBLIC if route[0] != "get"}


@pytest.mark.parametrize("path", ["/v1/oauth/token", "/v1/oauth/revoke"])
def test_a_form_is_asked_for_where_oauth_asks_for_one(path: str) -> None:
    answer = accounts.handler(http_event("POST", path, "{}"), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["wanted"]) == (415, FORM)


def test_what_an_answer_and_an_enrolment_may_measure() -> None:
    for handler, path, largest in ((answers.handler, "/v1/assessments", 16), (sessions.handler, "/v1/sessions/1/candidates", 256)):
        answer = handler(http_event("POST", path, " " * (largest * 1024 + 1)), CONTEXT)
        assert (answer["statusCode"], body_of(answer)["limit_bytes"]) == (413, largest * 1024)
        assert handler(http_event("POST", path, " " * largest * 1024), CONTEXT)["statusCode"] == 400
