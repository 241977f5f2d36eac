"""What the code and the pages promise of ``template.yaml``: time-outs, terms, rights, settings."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jalon.accounts.erasure import FIRST_PASS_AFTER, LONGEST_RUN
from jalon.accounts.erasure_notice import KEPT
from tests.cloud import template

ROOT = Path(__file__).parent.parent
RESOURCES: dict[str, Any] = template()["Resources"]
FUNCTIONS: dict[str, Any] = {
    name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::Serverless::Function"
}


TABLES = {name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::DynamoDB::Table"}


def timeout(function: str) -> timedelta:
    """How long a function may run."""
    seconds = FUNCTIONS[function].get("Timeout", template()["Globals"]["Function"]["Timeout"])
    return timedelta(seconds=seconds)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_still_runs_at_the_second_pass_that_looked_at_the_mark_before_it_was_set(function: str) -> None:
    assert timeout(function) <= LONGEST_RUN


def test_the_first_pass_begins_after_the_request_that_asks_for_it() -> None:
    assert timeout("OwnDataFunction") < FIRST_PASS_AFTER


def test_logs_are_kept_no_longer_than_people_are_told() -> None:
    days = template()["Parameters"]["LogRetentionDays"]
    (told,) = (re.search(r"logs with the account's number, for (\d+) days at most", kept.what) for kept in KEPT if kept.part == "backups")
    assert told is not None
    assert max(days["AllowedValues"]) == int(told[1])
    assert days["Default"] in days["AllowedValues"]
    assert f"logs {told[1]} at most" in (ROOT / "docs" / "your-data.md").read_text()


def test_what_has_a_stream_is_keyed_by_identifiers_which_a_worker_may_log() -> None:
    identifiers = {
        "campaign_id",
        "campaign_shard",
        "user_id",
        "assessment_id",
        "session_number",
        "candidate_id",
        "certification_id",
        "year",
        "place",
    }
    keys = {
        part["AttributeName"]
        for resource in RESOURCES.values()
        if "StreamSpecification" in resource.get("Properties", {})
        for part in resource["Properties"]["KeySchema"]
    }
    assert keys == identifiers


# --- settings and rights ---


def given(function: str) -> dict[str, Any]:
    """The variables that a function is given of its own."""
    variables: dict[str, Any] = FUNCTIONS[function].get("Environment", {}).get("Variables", {})
    return variables


def may(function: str, service: str) -> Iterator[tuple[set[str], str, Any]]:
    """What a function's role may do with a service: the actions, the text of the resources, the condition."""
    for policy in FUNCTIONS[function].get("Policies", ()):
        for statement in policy["Statement"]:
            actions = {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
            if any(action.startswith(f"{service}:") for action in actions):
                yield actions, json.dumps(statement["Resource"]), statement.get("Condition")


def buckets_in(resource: str) -> set[str]:
    return {name for name in re.findall(r"\w+Bucket", resource) if name in RESOURCES}


@pytest.fixture(scope="module")
def read() -> dict[str, set[str]]:
    """What each function reads of the template while it is wired."""
    command = [sys.executable, "-m", "tests.settings_read"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "AWS_DEFAULT_REGION": "eu-west-3"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return {name: set(names) for name, names in json.loads(told).items()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_what_it_reads_and_nothing_else(function: str, read: dict[str, set[str]]) -> None:
    """Secrets that only some requests need are read when one does; the next test is about them."""
    unread = set(given(function)) - read[function]
    assert read[function] <= set(given(function))
    assert not {name for name in unread if not name.startswith("SECRET_")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_read_the_secrets_that_it_is_given_and_no_other(function: str) -> None:
    told = {value["Ref"] for name, value in given(function).items() if name.startswith("SECRET_")}
    readable = {name for _, resource, _ in may(function, "secretsmanager") for name in re.findall(r'"Ref": "(\w+)"', resource)}
    assert readable == told


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_rights_on_the_tables_that_it_is_given_and_on_no_other(function: str) -> None:
    told = {value["Ref"] for name, value in given(function).items() if name.startswith("TABLE_")}
    assert {name for _, resource, _ in may(function, "dynamodb") for name in re.findall(r"\w+Table", resource) if name in TABLES} == told


def test_only_the_erasure_deletes_people_and_their_exports() -> None:
    for table in ("IdentitiesTable", "ExportsTable", "AssessmentsTable", "ProfilesTable"):
        able = {
            function
            for function in FUNCTIONS
            for actions, resource, _ in may(function, "dynamodb")
            if "dynamodb:DeleteItem" in actions and f'"{table}"' in resource
        }
        assert able == {"EraseAccountFunction"}, table


def test_mail_is_sent_by_two_functions_and_from_one_address() -> None:
    rights = [(function, condition) for function in FUNCTIONS for _, _, condition in may(function, "ses")]
    sender = {"StringEquals": {"ses:FromAddress": {"Ref": "MailSender"}}}
    assert rights == [("AccountsFunction", sender), ("CampaignsFunction", sender)]


#: It signs addresses for objects that a table says are there, and reads none.
SIGNS_ONLY = {("OwnDataFunction", "ExportBucket")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_who_reads_objects_is_told_when_one_is_missing(function: str) -> None:
    """S3 answers 404 for a missing object to whoever may list its name, and 403 to anyone else."""
    reads = {bucket for actions, resource, _ in may(function, "s3") if "s3:GetObject" in actions for bucket in buckets_in(resource)}
    lists = {
        bucket: condition
        for actions, resource, condition in may(function, "s3")
        if "s3:ListBucket" in actions
        for bucket in buckets_in(resource)
    }
    assert {bucket for bucket in reads if (function, bucket) not in SIGNS_ONLY} <= set(lists)
    if "ContentBucket" in lists:
        assert lists["ContentBucket"] == {"StringLike": {"s3:prefix": "releases/*"}}


def test_outlines_are_read_by_those_who_walk_through_a_persons_tests() -> None:
    """And whoever may read an outline may read the whole, for releases that were published without one."""
    outlines = {function for function in FUNCTIONS for _, resource, _ in may(function, "s3") if "/releases/*/outline.json.gz" in resource}
    whole = {function for function in FUNCTIONS for _, resource, _ in may(function, "s3") if "/releases/*/public.json.gz" in resource}
    assert outlines == {
        "CampaignsFunction",
        "ExportDataFunction",
        "ProjectProfilesFunction",
        "SessionsFunction",
        "TrackParticipationsFunction",
    }
    assert outlines <= whole


# --- what takes no token ---

#: The load the system is made for (docs/domain.md §10).
STARTS_A_SECOND = 300
API = RESOURCES["HttpApi"]["Properties"]
#: Each writes to an address that nobody has proved.
WRITES_TO_ANYONE = {"POST /v1/email-codes", "POST /v1/password-recoveries", "POST /v1/sign-in-codes"}


def public_posts() -> set[str]:
    """Every route that takes a body from anyone."""
    found = (event["Properties"] for function in FUNCTIONS.values() for event in (function.get("Events") or {}).values())
    return {
        f"{route['Method']} {route['Path']}" for route in found if route.get("Auth") == {"Authorizer": "NONE"} and route["Method"] != "GET"
    }


def a_second(limit: Any) -> int:
    return int(template()["Parameters"][limit["Ref"]]["Default"] if isinstance(limit, dict) else limit)


def test_what_takes_no_token_has_a_throttle_of_its_own_and_nothing_else_has() -> None:
    """The gateway refuses a stack that has settings for a route which is not there."""
    assert set(API["RouteSettings"]) == public_posts()


@pytest.mark.parametrize("route", API["RouteSettings"])
def test_a_throttle_is_below_the_whole_apis_and_lets_a_countrys_sign_ins_through(route: str) -> None:
    settings, default = API["RouteSettings"][route], API["DefaultRouteSettings"]
    assert set(settings) == set(default)
    assert settings["DetailedMetricsEnabled"] is True
    rate, burst = a_second(settings["ThrottlingRateLimit"]), a_second(settings["ThrottlingBurstLimit"])
    assert rate <= burst < default["ThrottlingRateLimit"]
    if route in WRITES_TO_ANYONE:
        assert settings["ThrottlingRateLimit"] == {"Ref": "MailsPerSecond"}
    elif route.split("/")[2] in {"oauth", "password-setups", "provider-sign-ins"}:
        assert settings["ThrottlingRateLimit"] == {"Ref": "SignInsPerSecond"}
        assert rate >= 3 * STARTS_A_SECOND


@pytest.mark.parametrize("bucket", [name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::S3::Bucket"])
def test_nobody_reads_or_writes_a_bucket_without_tls_or_from_outside(bucket: str) -> None:
    assert set(RESOURCES[bucket]["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    policies = [resource["Properties"] for resource in RESOURCES.values() if resource["Type"] == "AWS::S3::BucketPolicy"]
    (policy,) = [each["PolicyDocument"] for each in policies if each["Bucket"] == {"Ref": bucket}]
    (denied,) = [statement for statement in policy["Statement"] if statement["Effect"] == "Deny"]
    assert (denied["Principal"], denied["Action"]) == ("*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert bucket in str(denied["Resource"][0])
    assert f"{bucket}.Arn}}/*" in str(denied["Resource"][1])


def test_what_the_gateway_refuses_itself_is_told_from_what_a_function_refuses() -> None:
    """Of a request that reached no function the access log has no status: the filter names what the log's format does."""
    pattern = RESOURCES["RequestsShed"]["Properties"]["FilterPattern"]
    form = API["AccessLogSettings"]["Format"]
    for member, variable in (("status", "$context.status"), ("integration_status", "$context.integration.status")):
        assert f"$.{member} " in pattern
        assert f'"{member}":{variable}' in form.replace(f'"{variable}"', variable)


def test_the_operators_page_names_the_templates_parameters_and_no_other() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    table = page.split("## For pupils")[1].split("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    set_by_command = set(re.findall(r"--parameter-overrides (\w+)=", page)) | set(re.findall(r" (\w+)=arn:", page))
    assert named | set_by_command <= set(template()["Parameters"])
    assert {"AlarmTopicArn", "AnswersConcurrency", "SignInsPerSecond", "MailsPerSecond"} <= named
