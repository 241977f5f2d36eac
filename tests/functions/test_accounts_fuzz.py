"""Whatever is sent, accounts answers as its description says, and never with a fault of its own."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.accounts.openapi import EXAMPLES, document
from functions.accounts.operations import OPERATIONS, Operation
from tests.cloud import Cloud
from tests.events import http_event
from tests.functions.accounts_client import reply, send
from tests.functions.accounts_cloud import emptied

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=6,
)
SCOPES = "clients:write organisations:write staff:write"
#: The run's own settings, and that the examples of a test share its tables.
ONE_CLOUD_FOR_ALL = [*settings.default.suppress_health_check, HealthCheck.function_scoped_fixture]


@pytest.fixture(scope="module")
def person(accounts_cloud: Cloud) -> str:
    emptied(accounts_cloud)
    return send("create_account").body["id"]


@st.composite
def bodies(draw: st.DrawFn, operation: Operation) -> str:
    """The route's example with one field changed, dropped or added; or anything at all."""
    example: dict[str, Any] = json.loads(EXAMPLES.read_text())[operation.request.__name__] if operation.request else {}
    if not example or draw(st.integers(0, 9)) == 0:
        return draw(st.text(max_size=60) | JSON.map(json.dumps))
    field = draw(st.sampled_from([*example, "other"]))
    changed = {**example, field: draw(JSON)} if draw(st.booleans()) else {key: value for key, value in example.items() if key != field}
    return json.dumps(changed)


@st.composite
def forms(draw: st.DrawFn) -> str:
    """Pairs of the parameters' names with anything, or no form at all."""
    names = [
        "grant_type",
        "username",
        "password",
        "refresh_token",
        "scope",
        "client_id",
        "client_secret",
        "token",
        "token_type_hint",
        "device_token",
        "sign_in_code",
    ]
    grants = ["password", "refresh_token", "client_credentials", "authorization_code"]
    value = st.sampled_from(grants) | st.text("abc.%&=+é\x00\n ", max_size=12)
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), value), max_size=5))
    return "&".join(f"{name}={value}" for name, value in pairs) if draw(st.booleans()) else draw(st.text(max_size=40))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
@settings(max_examples=25, suppress_health_check=ONE_CLOUD_FOR_ALL)
@given(data=st.data())
def test_no_request_makes_it_fail(operation: Operation, accounts_cloud: Cloud, person: str, data: st.DataObject) -> None:
    body = data.draw(forms() if operation.form else bodies(operation))
    headers = {"content-type": "application/x-www-form-urlencoded"} if operation.form else {}
    if operation.form and data.draw(st.booleans()):
        headers["authorization"] = "Basic " + data.draw(st.text("abcXYZ019=:", max_size=12))
    subject = "cli_operator" if operation.path in {"/v1/staff", "/v1/clients"} else person
    event = http_event(operation.method, operation.path, body, subject=subject, roles="pupil", scope=SCOPES, headers=headers)
    answer = reply(event)
    assert answer.status < 500
    if answer.status >= 400:
        described = document()["paths"][operation.path][operation.method.lower()]["responses"]
        if str(answer.status) in described and answer.headers["content-type"] == "application/json":
            assert answer.body["error"]
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "detail", "code"} <= set(answer.body)
    else:
        assert answer.status == operation.status
