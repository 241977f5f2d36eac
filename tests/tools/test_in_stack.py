"""Operators' commands get the settings of a deployed stack, all its functions' together, or a sentence that says why not."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.cloud import template
from tools.in_stack import StackUnreadableError, commands, settings_of


def client(service: str) -> tuple[Any, Stubber]:
    """A client that answers what it is told to, in the service's own shapes, and never asks anybody."""
    session: Any = boto3
    made = session.client(service, region_name="eu-west-3", aws_access_key_id="x", aws_secret_access_key="x")
    return made, Stubber(made)


def read(variables: dict[str, dict[str, str]]) -> dict[str, str]:
    """The settings of a stack whose functions have these variables, found over two pages."""
    cloudformation, stack = client("cloudformation")
    functions, configured = client("lambda")
    (*first, last) = [summary("AWS::Lambda::Function", name) for name in variables]
    pages = [[summary("AWS::DynamoDB::Table", "a-table"), *first], [last]]
    stack.add_response("list_stack_resources", {"StackResourceSummaries": pages[0], "NextToken": "more"}, {"StackName": "jalon"})
    stack.add_response("list_stack_resources", {"StackResourceSummaries": pages[1]}, {"StackName": "jalon", "NextToken": "more"})
    for name, given in variables.items():
        configured.add_response("get_function_configuration", {"Environment": {"Variables": given}}, {"FunctionName": name})
    with stack, configured:
        return settings_of(cloudformation, functions, "jalon")


def summary(kind: str, name: str) -> dict[str, Any]:
    """A resource as CloudFormation lists it."""
    return {
        "LogicalResourceId": name,
        "PhysicalResourceId": name,
        "ResourceType": kind,
        "LastUpdatedTimestamp": "2026-11-22T00:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
    }


def test_the_settings_of_all_functions_are_one_environment() -> None:
    found = read({"one": {"TABLE_A": "a", "SITE_URL": "s"}, "two": {"TABLE_B": "b", "SITE_URL": "s"}, "three": {}})
    assert found == {"TABLE_A": "a", "TABLE_B": "b", "SITE_URL": "s"}


def test_a_name_with_two_values_is_refused_by_name() -> None:
    with pytest.raises(StackUnreadableError, match="TABLE_A"):
        read({"one": {"TABLE_A": "a"}, "two": {"TABLE_A": "another"}})


def test_what_may_not_be_read_is_said_in_a_sentence() -> None:
    cloudformation, stack = client("cloudformation")
    stack.add_client_error("list_stack_resources", "AccessDenied", "not you")
    with stack, pytest.raises(StackUnreadableError, match=r"jalon cannot be read: .*not you"):
        settings_of(cloudformation, client("lambda")[0], "jalon")


def test_the_template_gives_one_name_one_meaning() -> None:
    meanings: dict[str, set[str]] = {}
    for resource in template()["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            for name, value in resource["Properties"].get("Environment", {}).get("Variables", {}).items():
                meanings.setdefault(name, set()).add(json.dumps(value, sort_keys=True))
    assert len(meanings) > 40
    assert [name for name, values in meanings.items() if len(values) > 1] == []


def test_a_command_is_a_module_that_can_be_run_and_says_what_it_does() -> None:
    found = commands()
    assert {"answers.reconcile", "erase_account.prove", "erase_account.repeat", "project_profiles.rebuild"} <= found.keys()
    assert not [name for name in found if name.endswith((".app", ".wiring", ".routes"))]
    assert all(said.endswith((".", ":")) or len(said) > 20 for said in found.values()), found
