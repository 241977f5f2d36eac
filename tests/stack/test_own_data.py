"""Export and erasure on the deployed stack: the real queues, under the roles that the template gives."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jsonschema
import pytest
from botocore.exceptions import ClientError

from jalon.accounts.erasure import SECOND_PASS_AFTER
from jalon.edge.erasures import subject_of
from local.deploy import account_environment, client
from local.journey.api import Api
from local.paths import ROOT
from tests.cloud import template
from tests.own_data.traces import kept, snake
from tests.stack.conftest import Stack
from tests.stack.make import environment
from tests.stack.test_gateway import _as_role_of
from tests.stack.test_gateway import _table as physical

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
SCHEMA = json.loads((ROOT / "docs" / "personal-data.schema.json").read_text())
PASSWORD = "un lapin dans la lune"
#: What the erasing role may delete by key, beside tables that this test's person has rows in.
KEYS: dict[str, dict[str, Any]] = {
    "IdempotencyTable": {"key": {"S": "x"}},
    "MembersTable": {"uai": {"S": "x"}, "user_id": {"S": "x"}},
    "InvitationsTable": {"digest": {"S": "x"}},
    "ReconciliationsTable": {"subject": {"S": "x"}, "object": {"S": "x"}},
    "ParticipationsTable": {"campaign_shard": {"S": "x"}, "user_id": {"S": "x"}},
    "SittingsTable": {"user_id": {"S": "x"}},
    "InvigilatorsTable": {"session_number": {"S": "x"}, "user_id": {"S": "x"}},
}


def eventually(what: str, look: Callable[[], Any], patience_s: float = 60) -> Any:
    """What ``look`` finds, once it finds something."""
    deadline = time.monotonic() + patience_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} did not happen within {patience_s} s"
        time.sleep(0.5)
    return found


def person(stack: Stack, http: httpx.Client) -> tuple[Api, str, str]:
    """Someone with an account, a test begun and a tutorial; the signed-in API, the number, the address."""
    api, email = stack.api(http), f"{uuid.uuid4().hex}@exemple.example"
    made = api.post(
        "/v1/accounts",
        {"email": email, "password": PASSWORD, "first_name": "Anaïs", "last_name": "Exemplaire", "birth_date": "2009-02-17"},
        expect=201,
    )
    mine = api.signed_in(api.token_for(grant_type="password", username=email, password=PASSWORD))
    test = mine.post("/v1/assessments", {"purpose": "competence", "competence": "1.1"}, expect=(200, 201))
    question = test["question"]
    given = {"ticket": question["ticket"], "idempotency_key": "first", "answer": {"skipped": True}}
    mine.post("/v1/assessments/{assessment_id}/answers", given, assessment_id=test["id"])
    return mine, str(made["id"]), email


def present(stack: Stack, *needles: str) -> set[str]:
    """The tables in which any of the needles is."""
    dynamodb, found = client("dynamodb", stack.up.cloud.endpoint), set()
    for name, resource in template()["Resources"].items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            pages = dynamodb.get_paginator("scan").paginate(TableName=physical(stack, name))
            if any(needle in repr(page["Items"]) for page in pages for needle in needles):
                found.add(name)
    return found


def export_of(api: Api) -> dict[str, Any]:
    """The document, asked for, waited for and fetched."""
    asked = api.post("/v1/me/exports", expect=202)

    def ready() -> Any:
        read = api.get("/v1/me/exports/{export_id}", export_id=asked["id"])
        return read.body if read["status"] != "preparing" else None

    export = eventually("the export", ready)
    assert export["status"] == "ready"
    document: dict[str, Any] = httpx.get(export["download"]["url"], timeout=60).json()
    return document


def test_a_person_takes_their_data_along_and_is_erased(stack: Stack) -> None:
    with httpx.Client(timeout=60) as http:
        api, user_id, email = person(stack, http)
        document = export_of(api)
        assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)] == []
        assert (document["account"]["first_name"], len(document["assessments"][0]["answers"])) == ("Anaïs", 1)
        removed = http.delete(f"{stack.up.api_url}/v1/me/exports/{document['id']}", headers={"Authorization": f"Bearer {api.token}"})
        assert removed.status_code == 204
        api.get("/v1/me/exports/{export_id}", expect=404, export_id=document["id"])
        before = present(stack, user_id, email)
        assert {"IdentitiesTable", "CredentialsTable", "AssessmentsTable", "ProfilesTable", "RefreshTokensTable", "ExportsTable"} <= before

        asked = api.post("/v1/me/erasure", {"confirmation": "ERASE", "password": PASSWORD}, expect=202)
        assert asked["status"] == "requested"
        api.post("/v1/assessments", {"purpose": "competence", "competence": "1.2"}, expect=410)
        refused = http.post(f"{stack.up.api_url}/v1/oauth/token", data={"grant_type": "password", "username": email, "password": PASSWORD})
        assert refused.status_code in {400, 410}
        eventually("the first pass", lambda: api.get("/v1/me/erasure")["status"] == "erased")
        assert present(stack, user_id, email) == {"ErasuresTable"}

        move_second_pass(stack, user_id)
        eventually("the second pass", lambda: api.get("/v1/me/erasure")["status"] == "verified")
        assert present(stack, user_id, email) == set()
    assert proof(stack, user_id)["found"].items() >= {"identities": 1, "assessments": 1, "profiles": 1, "exports": 1}.items()


def certified_pupil(played: Stack, anyone: Api, school: Api) -> tuple[Api, dict[str, str]]:
    """One of the journey's pupils with a certificate that the journey's record does not name; the signed-in API and the login."""
    record = played.record
    named = {record["certificate"]["certification_id"], record["revoked"].get("certification_id")}
    for group in school.get("/v1/organisations/{uai}/classes", uai=record["uai"])["items"]:
        slips = school.post("/v1/organisations/{uai}/pupil-credentials", {"class": group["name"]}, uai=record["uai"])["items"]
        for slip in slips:
            login = {"username": slip["username"], "password": slip["initial_password"]}
            if None in login.values() or login["username"] == record["pupil"]["username"]:
                continue
            pupil = anyone.signed_in(anyone.token_for(grant_type="password", **login))
            certified = {item["id"] for item in pupil.get("/v1/me/certifications")["items"] if item["code"]}
            if certified and not certified & named:
                return pupil, login
    raise AssertionError("the journey left no other certified pupil")


def test_a_certified_pupil_is_erased_and_the_certificate_stays(played: Stack) -> None:
    record = played.record
    with httpx.Client(timeout=60) as http:
        api = played.api(http)
        school = api.signed_in(api.token_for(grant_type="password", **record["admin"]))
        refused = school.post("/v1/me/erasure", {"confirmation": "ERASE", "password": record["admin"]["password"]}, expect=409)
        assert (refused["code"], refused["uai"]) == ("last_administrator", record["uai"])

        path = "/v1/organisations/{uai}/sessions/{number}/results"
        results = school.get(path, uai=record["uai"], number=record["session"]).body
        pupil, login = certified_pupil(played, api, school)
        document = export_of(pupil)
        assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)] == []
        assert document["certifications"][0]["certificates"]
        assert document["participations"]
        assert document["schools"][0]["on_list"]

        pupil.post("/v1/me/erasure", {"confirmation": "ERASE", "password": login["password"]}, expect=202)
        eventually("the first pass", lambda: pupil.get("/v1/me/erasure")["status"] == "erased")
        user_id = document["account"]["id"]
        places = {snake(table) for table in present(played, user_id, login["username"])}
        assert places <= kept().keys()
        assert {"certificates", "published_results", "candidates", "results"} <= places
        move_second_pass(played, user_id)
        eventually("the second pass", lambda: pupil.get("/v1/me/erasure")["status"] == "verified")
        assert proof(played, user_id)["kept"]["certificates"] >= 1
        assert school.get(path, uai=record["uai"], number=record["session"]).body == results


def move_second_pass(stack: Stack, user_id: str) -> None:
    """Twenty-five minutes later: the record is that much older, and its message comes."""
    client("dynamodb", stack.up.cloud.endpoint).update_item(
        TableName=physical(stack, "ErasuresTable"),
        Key={"subject": {"S": subject_of(user_id)}},
        UpdateExpression="SET requested_at = requested_at - :passed",
        ExpressionAttributeValues={":passed": {"N": str(int((SECOND_PASS_AFTER + timedelta(seconds=1)).total_seconds() * 1000))}},
    )
    message = json.dumps({"user_id": user_id})
    client("sqs", stack.up.cloud.endpoint).send_message(QueueUrl=physical(stack, "ErasureQueue"), MessageBody=message)


def proof(stack: Stack, user_id: str) -> dict[str, Any]:
    """What the operator's command says, with the settings that the stack gave its functions, as on AWS."""
    command = [sys.executable, "-m", "tools.in_stack", "--stack", "jalon", "erase_account.prove", user_id]
    settings = environment() | account_environment(stack.up.cloud.endpoint)
    run = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    proved: dict[str, Any] = json.loads(run.stdout)
    assert proved["present"] == {}
    return proved


def client_of(stack: Stack, function: str, service: str) -> Any:
    """A client with the rights of a function's role."""
    return _as_role_of(stack, function, service)


def test_the_erasing_role_may_remove_from_every_table_it_has_to(stack: Stack) -> None:
    dynamodb = client_of(stack, "EraseAccountFunction", "dynamodb")
    for table, key in KEYS.items():
        dynamodb.delete_item(TableName=physical(stack, table), Key=key)


def test_an_administrator_may_leave_a_school_in_one_transaction(stack: Stack) -> None:
    """The condition fails, since there is no such school; the right to ask it does not."""
    table, values = physical(stack, "MembersTable"), {":admin": {"S": "admin"}}
    other, own = ({"uai": {"S": "x"}, "user_id": {"S": user_id}} for user_id in ("other", "own"))
    check = {"TableName": table, "Key": other, "ConditionExpression": "#r = :admin", "ExpressionAttributeNames": {"#r": "role"}}
    dynamodb = client_of(stack, "OwnDataFunction", "dynamodb")
    with pytest.raises(ClientError, match="TransactionCanceled"):
        dynamodb.transact_write_items(
            TransactItems=[{"ConditionCheck": check | {"ExpressionAttributeValues": values}}, {"Delete": {"TableName": table, "Key": own}}]
        )


def test_nobody_else_may_remove_an_identity_or_read_an_export(stack: Stack) -> None:
    for function in ("OwnDataFunction", "ExportDataFunction", "AnswersFunction", "CampaignsFunction"):
        with pytest.raises(ClientError, match="AccessDenied"):
            client_of(stack, function, "dynamodb").delete_item(TableName=physical(stack, "IdentitiesTable"), Key={"user_id": {"S": "x"}})
    for function in ("AccountsFunction", "EraseAccountFunction", "CampaignsFunction"):
        with pytest.raises(ClientError, match=r"AccessDenied|403"):
            client_of(stack, function, "s3").get_object(Bucket=physical(stack, "ExportBucket"), Key="exports/x/y.json")
