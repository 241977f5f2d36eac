"""Every failure of a JSON API is a problem that names what to mend; a 500 says nothing of the inside."""

import json
import time
import uuid
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import Response, Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict

from jalon.edge.auth import caller
from jalon.edge.erasures import ErasureMark
from jalon.edge.http import Handler, api, lambda_handler
from jalon.edge.idempotency import IdempotencyRecord, _claim, idempotent, idempotent_but_for, request_name
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidInputError,
    JalonError,
    NotFoundError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
    Violation,
)
from tests.alarms import measured_in
from tests.cloud import Cloud
from tests.dynamodb_answers import losing
from tests.events import CONTEXT, body_of, http_event

MADE: list[str] = []


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    size: int = 1


class Made(BaseModel):
    id: str
    name: str


class ArchivedError(ConflictError):
    code = "archived"


ERRORS: dict[str, JalonError] = {
    "conflict": ArchivedError("It was archived.", since="2026-01-01"),
    "forbidden": ForbiddenError("No."),
    "gone": GoneError("Ended."),
    "invalid": InvalidInputError("Wrong.", (Violation("/a", "Mend a.", "bad"), Violation("/b", "Mend b."))),
    "missing": NotFoundError("None."),
    "large": TooLargeError("Too much."),
    "many": TooManyRequestsError("Slow down.", retry_after_s=7),
    "busy": UnavailableError("Later."),
    "of no kind": JalonError("the password is hunter2"),
}


@pytest.fixture
def handler() -> Handler:
    MADE.clear()
    router = Router()

    @router.post("/v1/things", middlewares=[idempotent])
    def make(thing: Thing) -> Response[Made]:
        MADE.append(thing.name)
        if thing.name == "refused":
            raise ERRORS["conflict"]
        made = Made(id=f"thing_{len(MADE)}", name=thing.name)
        return Response(status_code=201, content_type="application/json", body=made, headers={"Location": f"/v1/things/{made.id}"})

    @router.get("/v1/errors/<kind>")
    def fail(kind: str, size: Annotated[int, Query()] = 1) -> dict[str, Any]:
        if kind == "inside":
            raise RuntimeError("the password is hunter2")
        raise ERRORS[kind]

    @router.get("/v1/me")
    def me() -> dict[str, Any]:
        who = caller(router.current_event.raw_event)
        who.require_role("pupil")
        return {"subject": who.subject}

    @router.get("/v1/kept")
    def keep() -> Response[dict[str, str]]:
        return Response(status_code=200, content_type="application/json", body={}, headers={"cache-control": "private, no-cache"})

    @router.delete("/v1/things/<thing>", status_code=204)
    def remove(thing: str) -> Response[None]:
        MADE.remove(thing)
        return Response(status_code=204)

    service = f"test-{uuid.uuid4()}"  # a logger keeps the stream it was made with: each test has its own
    return lambda_handler(service, api(service, router))


def test_an_answer_without_content_is_an_empty_text_and_never_null(handler: Handler) -> None:
    MADE.append("x")
    answer = handler(http_event("DELETE", "/v1/things/x"), CONTEXT)
    assert (answer["statusCode"], answer["body"], MADE) == (204, "", [])


def test_no_cache_keeps_an_answer_unless_its_route_says_who_may(handler: Handler) -> None:
    MADE.append("x")
    answered = handler(http_event("DELETE", "/v1/things/x"), CONTEXT)
    signed_in = handler(http_event("GET", "/v1/me", subject="usr_1", roles="pupil"), CONTEXT)
    refused = handler(http_event("GET", "/v1/errors/conflict"), CONTEXT)
    unread = handler(http_event("POST", "/v1/things", "{not json"), CONTEXT)
    assert [answer["statusCode"] for answer in (answered, signed_in, refused, unread)] == [204, 200, 409, 400]
    assert {answer["headers"]["Cache-Control"] for answer in (answered, signed_in, refused, unread)} == {"no-store"}
    kept = {name.lower(): value for name, value in handler(http_event("GET", "/v1/kept"), CONTEXT)["headers"].items()}
    assert kept["cache-control"] == "private, no-cache"


def test_a_body_that_breaks_the_schema_is_a_problem_with_a_pointer_for_each_field(handler: Handler) -> None:
    answer = handler(http_event("POST", "/v1/things", {"size": "big", "colour": "red"}), CONTEXT)
    assert answer["statusCode"] == 422
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    document = body_of(answer)
    assert document["code"] == "invalid_input"
    assert {(error["pointer"], error["code"], error["detail"]) for error in document["errors"]} == {
        ("/name", "required", "This is needed."),
        ("/size", "form", "A whole number is expected."),
        ("/colour", "superfluous", "There is no such field here: leave it out."),
    }


@pytest.mark.parametrize("body", ["{not json", '"text"', "[1]", "null", "", "\ud800"])
def test_a_body_that_is_not_the_expected_json_is_refused_and_nothing_is_made(handler: Handler, cloud: Cloud, body: str) -> None:
    bind(Settings.from_environment(), IdempotencyRecord, ErasureMark)
    answer = handler(http_event("POST", "/v1/things", body), CONTEXT)
    assert answer["statusCode"] in {400, 422}
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert MADE == []


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/xml",
        "nonsense",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json-patch+json",
    ],
)
def test_a_body_of_another_media_type_is_refused_by_its_name(handler: Handler, cloud: Cloud, media_type: str) -> None:
    answer = handler(http_event("POST", "/v1/things", {"name": "x"}, headers={"content-type": media_type}), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (415, "unsupported_media_type")
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert MADE == []


def test_a_media_type_has_parameters_and_any_case_and_may_be_missing(handler: Handler, store: Cloud) -> None:
    for media_type in ("application/json; charset=utf-8", "Application/JSON", ""):
        answer = handler(http_event("POST", "/v1/things", {"name": "x"}, headers={"content-type": media_type}), CONTEXT)
        assert answer["statusCode"] == 201, answer["body"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("conflict", 409),
        ("forbidden", 403),
        ("gone", 410),
        ("invalid", 422),
        ("missing", 404),
        ("large", 413),
        ("many", 429),
        ("busy", 503),
    ],
)
def test_each_kind_of_error_has_its_status(handler: Handler, kind: str, status: int) -> None:
    answer = handler(http_event("GET", f"/v1/errors/{kind}"), CONTEXT)
    assert answer["statusCode"] == status
    document = body_of(answer)
    assert document["status"] == status
    assert document["detail"] == ERRORS[kind].detail
    assert document["instance"] == f"/v1/errors/{kind}"


def test_the_facts_of_an_error_are_members_of_its_problem(handler: Handler) -> None:
    assert body_of(handler(http_event("GET", "/v1/errors/conflict"), CONTEXT))["since"] == "2026-01-01"


def test_a_caller_who_must_slow_down_is_told_for_how_long(handler: Handler) -> None:
    assert handler(http_event("GET", "/v1/errors/many"), CONTEXT)["headers"]["Retry-After"] == "7"


def test_a_failure_of_ours_tells_nothing_of_the_inside(handler: Handler, capsys: pytest.CaptureFixture[str]) -> None:
    answer = handler(http_event("GET", "/v1/errors/inside"), CONTEXT)
    assert answer["statusCode"] == 500
    assert "hunter2" not in json.dumps(answer)
    logged = capsys.readouterr().out
    assert "UNEXPECTED_ERROR" in logged
    assert "RuntimeError" in logged
    assert "test_http.py" in logged, "the place is told"
    assert "hunter2" not in logged, "the message is not: it may hold what was being worked on"


@pytest.mark.parametrize(("kind", "code"), [("inside", "UNEXPECTED_ERROR"), ("of no kind", "ERROR_WITHOUT_KIND")])
def test_every_500_is_counted_where_an_alarm_looks(handler: Handler, capsys: pytest.CaptureFixture[str], kind: str, code: str) -> None:
    assert handler(http_event("GET", f"/v1/errors/{kind}"), CONTEXT)["statusCode"] == 500
    told = capsys.readouterr().out
    assert code in told
    lines = [json.loads(line) for line in told.splitlines()]
    assert [measured_in(line).name for line in lines if "_aws" in line] == ["UnexpectedError"]
    assert "hunter2" not in told


def test_a_query_parameter_of_the_wrong_type_is_named(handler: Handler) -> None:
    document = body_of(handler(http_event("GET", "/v1/errors/conflict", query={"size": "many"}), CONTEXT))
    assert document["status"] == 422
    assert document["errors"][0]["pointer"] == "/query/size"


def test_an_unknown_path_is_a_problem_too(handler: Handler) -> None:
    answer = handler(http_event("GET", "/v1/nothing"), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (404, "no_such_route")


def test_a_call_without_claims_is_asked_to_sign_in(handler: Handler) -> None:
    answer = handler(http_event("GET", "/v1/me"), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (401, "not_signed_in")


def test_a_caller_without_the_role_is_refused(handler: Handler) -> None:
    answer = handler(http_event("GET", "/v1/me", subject="usr_1", roles="teacher"), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (403, "role_required")


def test_roles_are_read_however_the_gateway_writes_them(handler: Handler) -> None:
    assert handler(http_event("GET", "/v1/me", subject="usr_1", roles="[teacher pupil]"), CONTEXT)["statusCode"] == 200


@pytest.fixture
def store(cloud: Cloud) -> Cloud:
    bind(Settings.from_environment(), IdempotencyRecord, ErasureMark)
    return cloud


def test_a_creation_without_a_key_is_refused(handler: Handler, store: Cloud) -> None:
    answer = handler(http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key=""), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (422, "idempotency_key_required")
    assert MADE == []


def test_the_same_request_under_the_same_key_makes_one_thing_and_answers_the_same(handler: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k")
    first, second = handler(event, CONTEXT), handler(event, CONTEXT)
    assert MADE == ["a"]
    assert (first["statusCode"], second["statusCode"]) == (201, 201)
    assert body_of(first) == body_of(second) == {"id": "thing_1", "name": "a"}
    assert second["headers"]["Location"] == "/v1/things/thing_1"
    assert second["headers"]["Idempotency-Replayed"] == "true"


def test_another_request_under_the_same_key_is_refused(handler: Handler, store: Cloud) -> None:
    handler(http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k"), CONTEXT)
    answer = handler(http_event("POST", "/v1/things", {"name": "b"}, subject="usr_1", key="k"), CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (422, "idempotency_key_reused")
    assert MADE == ["a"]


def test_a_function_is_wired_before_its_middlewares_run(cloud: Cloud) -> None:
    router = Router()

    @router.post("/v1/things", middlewares=[idempotent])
    def make(thing: Thing) -> Made:
        return Made(id="thing_1", name=thing.name)

    service = f"test-{uuid.uuid4()}"
    IdempotencyRecord.Meta.table_name = "idempotency"  # as it is when an environment starts
    handler = lambda_handler(
        service, api(service, router, prepare=lambda: bind(Settings.from_environment(), IdempotencyRecord, ErasureMark))
    )
    assert handler(http_event("POST", "/v1/things", {"name": "a"}), CONTEXT)["statusCode"] == 200
    assert len(cloud.items("idempotency")) == 1


def test_two_callers_may_choose_the_same_key(handler: Handler, store: Cloud) -> None:
    for subject in ("usr_1", "usr_2"):
        assert handler(http_event("POST", "/v1/things", {"name": "a"}, subject=subject, key="k"), CONTEXT)["statusCode"] == 201
    assert MADE == ["a", "a"]


def test_a_refusal_frees_the_key_because_nothing_was_made(handler: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/things", {"name": "refused"}, subject="usr_1", key="k")
    assert handler(event, CONTEXT)["statusCode"] == 409
    assert handler(event, CONTEXT)["statusCode"] == 409
    assert store.items("idempotency") == []


def under_way(handler: Handler, event: dict[str, Any]) -> IdempotencyRecord:
    """The record of a request that has begun in this second and not finished."""
    handler(event, CONTEXT)
    record = next(iter(IdempotencyRecord.scan()))
    record.update([IdempotencyRecord.status.set(0), IdempotencyRecord.started_at.set(int(time.time()))])
    return record


def test_a_repeat_while_the_first_is_under_way_waits_its_turn(handler: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k")
    under_way(handler, event)
    answer = handler(event, CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (409, "request_in_progress")


def test_a_claim_whose_answer_was_lost_is_recognised_when_it_is_sent_again(handler: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k")
    with losing("PutItem", "started_at") as lost:
        first = handler(event, CONTEXT)
    second = handler(event, CONTEXT)
    assert (lost, first["statusCode"], MADE) == (["PutItem"], 201, ["a"])
    assert second["headers"]["Idempotency-Replayed"] == "true"


def test_a_claim_that_arrives_once_more_after_the_answer_takes_nothing_back(handler: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k")
    handler(event, CONTEXT)
    late = next(iter(IdempotencyRecord.scan()))
    late.status = 0
    standing = _claim(late)
    assert standing is not None
    assert standing.status == 201
    assert (handler(event, CONTEXT)["statusCode"], MADE) == (201, ["a"])


def test_a_repeat_whose_first_is_refused_while_it_looks_takes_the_freed_key(
    handler: Handler, store: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repeat is refused the key; then the first request is refused, and frees it; then the repeat reads what stands there."""
    event = http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k")
    record, read = under_way(handler, event), IdempotencyRecord.get

    def read_late(key: str, **options: Any) -> IdempotencyRecord:
        record.delete()
        return read(key, **options)

    monkeypatch.setattr(IdempotencyRecord, "get", read_late)
    answer = handler(event, CONTEXT)
    assert (answer["statusCode"], MADE) == (201, ["a", "a"])


def test_a_key_that_others_take_and_free_all_the_time_is_not_asked_for_without_end(
    handler: Handler, store: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = http_event("POST", "/v1/things", {"name": "a"}, subject="usr_1", key="k")
    under_way(handler, event)
    looked: list[str] = []

    def freed_and_taken_again(key: str, **_: Any) -> IdempotencyRecord:
        looked.append(key)
        raise IdempotencyRecord.DoesNotExist

    monkeypatch.setattr(IdempotencyRecord, "get", freed_and_taken_again)
    answer = handler(event, CONTEXT)
    assert (answer["statusCode"], body_of(answer)["code"]) == (409, "request_in_progress")
    assert (len(looked), MADE) == (3, ["a"])


class Kept(BaseModel):
    id: str
    opening_code: str
    name: str


@pytest.fixture
def vault(store: Cloud) -> Handler:
    """A route whose answer carries a secret."""
    router = Router()

    def code(request: str) -> str:
        return f"secret-of-{request}"

    @router.post("/v1/vaults", status_code=201, middlewares=[idempotent_but_for(opening_code=code)])
    def make(thing: Thing) -> Kept:
        return Kept(id="vault_1", opening_code=code(request_name(router.current_event)), name=thing.name)

    service = f"test-{uuid.uuid4()}"
    return lambda_handler(service, api(service, router))


def test_a_secret_is_told_again_and_kept_nowhere(vault: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/vaults", {"name": "é"}, subject="usr_1", key="k")
    first, second = vault(event, CONTEXT), vault(event, CONTEXT)
    assert body_of(first)["opening_code"].startswith("secret-of-")
    assert (second["statusCode"], second["body"]) == (201, first["body"])
    assert second["headers"]["Idempotency-Replayed"] == "true"
    assert body_of(first)["opening_code"] not in str(store.items("idempotency"))


@pytest.mark.parametrize("change", [{"key": "l"}, {"subject": "usr_2"}])
def test_no_other_request_is_told_the_secret(vault: Handler, change: dict[str, Any]) -> None:
    request: dict[str, Any] = {"body": {"name": "a"}, "subject": "usr_1", "key": "k"}
    codes = {body_of(vault(http_event("POST", "/v1/vaults", **each), CONTEXT))["opening_code"] for each in (request, request | change)}
    assert len(codes) == 2


def test_another_body_under_a_key_that_is_free_again_makes_another_secret(vault: Handler, store: Cloud) -> None:
    codes = set()
    for name in ("a", "b"):
        answer = vault(http_event("POST", "/v1/vaults", {"name": name}, subject="usr_1", key="k"), CONTEXT)
        codes.add(body_of(answer)["opening_code"])
        for record in IdempotencyRecord.scan():
            record.delete()
    assert len(codes) == 2


def test_a_record_that_an_earlier_version_wrote_is_answered_as_it_stands(vault: Handler, store: Cloud) -> None:
    event = http_event("POST", "/v1/vaults", {"name": "a"}, subject="usr_1", key="k")
    vault(event, CONTEXT)
    record = next(iter(IdempotencyRecord.scan()))
    earlier = {"id": "vault_1", "opening_code": "BCDF-2346", "name": "a"}
    record.update([IdempotencyRecord.body.set(json.dumps(earlier))])
    assert body_of(vault(event, CONTEXT)) == earlier
