"""Every difference between the stack on AWS and the stack here is one of those listed, and nothing else differs."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from local import rewrite

ENDPOINT = "http://127.0.0.1:4566"
FINGERPRINTS = {
    logical_id: "f" * 64
    for logical_id, resource in rewrite.load()["Resources"].items()
    if resource["Type"] in {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
}


@pytest.fixture(scope="module")
def expanded() -> dict[str, Any]:
    keys = {logical_id: f"{logical_id}.zip" for logical_id in FINGERPRINTS if not logical_id.endswith("Layer")}
    template, _ = rewrite.for_emulator(Path("/artifacts"), ENDPOINT, "eu-west-3", FINGERPRINTS, ("packages", keys))
    return template


def _of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {logical_id: resource["Properties"] for logical_id, resource in template["Resources"].items() if resource["Type"] == kind}


def test_every_resource_is_kept_but_layers_policies_that_only_demand_tls_and_alarms_on_many_metrics(expanded: dict[str, Any]) -> None:
    kept = set(expanded["Resources"])
    gone = {logical_id for logical_id in rewrite.load()["Resources"] if logical_id not in kept}
    computed = {logical_id for logical_id, resource in rewrite.load()["Resources"].items() if "Metrics" in resource.get("Properties", {})}
    assert (
        gone
        == {"EngineLayer", "JalonLayer", "ContentBucketPolicy", "UploadBucketPolicy", "ExportBucketPolicy", "ArchiveBucketPolicy"}
        | computed
    )


def test_tables_queues_keys_and_the_distribution_are_as_the_template_writes_them(expanded: dict[str, Any]) -> None:
    written = rewrite.load()["Resources"]
    for kind in ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::CloudFront::Distribution"):
        for logical_id, properties in _of_type(expanded, kind).items():
            assert properties == written[logical_id]["Properties"], logical_id


def test_functions_keep_their_handler_their_memory_and_their_environment(expanded: dict[str, Any]) -> None:
    functions = _of_type(expanded, "AWS::Lambda::Function")
    assert len(functions) == len(FINGERPRINTS) - 2
    for logical_id, properties in functions.items():
        written = rewrite.load()["Resources"][logical_id]["Properties"]
        assert properties["Handler"] == written["Handler"]
        assert properties["Runtime"] == "provided.al2023"
        assert properties.get("MemorySize") == written.get("MemorySize", 1024)
        assert written.get("Environment", {}).get("Variables", {}).keys() <= properties["Environment"]["Variables"].keys()


def test_a_bootstrap_puts_the_function_before_the_layers() -> None:
    _, bootstraps = rewrite.for_emulator(Path("/artifacts"), ENDPOINT, "eu-west-3", FINGERPRINTS)
    path = re.search(r'PYTHONPATH="([^"]+)"', bootstraps["AnswersFunction"])
    assert path is not None
    assert path[1].split(":") == ["/artifacts/AnswersFunction", "/artifacts/EngineLayer/python", "/artifacts/JalonLayer/python"]


def test_a_change_of_a_layer_changes_every_package_so_that_no_worker_keeps_the_old_one() -> None:
    changed = FINGERPRINTS | {"EngineLayer": "e" * 64}
    _, before = rewrite.for_emulator(Path("/artifacts"), ENDPOINT, "eu-west-3", FINGERPRINTS)
    _, after = rewrite.for_emulator(Path("/artifacts"), ENDPOINT, "eu-west-3", changed)
    assert all(before[logical_id] != after[logical_id] for logical_id in before)


def test_every_route_of_the_template_is_a_route_here_with_its_authorizer(expanded: dict[str, Any]) -> None:
    wanted = {}
    for resource in rewrite.load()["Resources"].values():
        for event in (resource.get("Properties", {}).get("Events") or {}).values():
            if event["Type"] == "HttpApi":
                properties = event["Properties"]
                wanted[f"{properties['Method']} {properties['Path']}"] = properties.get("Auth", {}).get("Authorizer") != "NONE"
    made = {route["RouteKey"]: route.get("AuthorizationType") == "JWT" for route in _of_type(expanded, "AWS::ApiGatewayV2::Route").values()}
    assert made == wanted


def test_the_address_of_the_api_is_nowhere_that_of_aws(expanded: dict[str, Any]) -> None:
    here = f"{ENDPOINT}/_aws/execute-api/jalon"
    assert expanded["Outputs"]["ApiUrl"]["Value"] == here
    assert expanded["Resources"]["EndpointsPublication"]["Properties"]["ApiUrl"] == here
    assert "execute-api.$" not in str(expanded)


def test_the_secrets_are_referred_to_by_their_arn(expanded: dict[str, Any]) -> None:
    secrets = set(_of_type(expanded, "AWS::SecretsManager::Secret"))

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            return [node["Ref"]] if set(node) == {"Ref"} else [found for value in node.values() for found in references(value)]
        return [found for item in node for found in references(item)] if isinstance(node, list) else []

    assert secrets
    assert not secrets.intersection(references(expanded["Resources"]))


def test_only_answers_to_tasks_are_widened() -> None:
    template = rewrite.load()
    before = copy.deepcopy(template)
    rewrite.widen_task_answers(template)
    added = [
        statement
        for logical_id, resource in template["Resources"].items()
        for policy, written in zip(
            resource.get("Properties", {}).get("Policies") or (),
            before["Resources"][logical_id]["Properties"].get("Policies") or (),
            strict=True,
        )
        for statement in policy["Statement"][len(written["Statement"]) :]
    ]
    assert added
    assert all(action.startswith("states:SendTask") for statement in added for action in statement["Action"])


def test_each_rewrite_stands_in_the_table_of_the_documentation() -> None:
    table = (Path(rewrite.ROOT) / "docs" / "local.md").read_text().split("## What is rewritten")[1].split("##")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    words = [
        "provided.al2023",
        "bootstrap",
        "inside the template",
        "translator",
        "authorizer",
        "ms-custom-id",
        "without TLS",
        "!Ref",
        "SigningAlgorithm",
        "FromAddress",
        "`Metrics`",
        "execute-api",
    ]
    for word in [*words, "task token", "side by side", "SiteUrl"]:
        assert [row for row in rows if word in row], word


def test_only_the_right_to_send_mail_is_widened_to_any_sender() -> None:
    template = rewrite.load()
    before = copy.deepcopy(template)
    rewrite.widen_mail_senders(template)
    changed = [
        (logical_id, statement)
        for logical_id, resource in template["Resources"].items()
        for policy, written in zip(
            resource.get("Properties", {}).get("Policies") or (),
            before["Resources"][logical_id].get("Properties", {}).get("Policies") or (),
            strict=True,
        )
        for statement, former in zip(policy["Statement"], written["Statement"], strict=True)
        if statement != former
    ]
    assert [(logical_id, {key: statement[key] for key in statement if key != "Sid"}) for logical_id, statement in changed] == [
        (function, {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"})
        for function in ("AccountsFunction", "CampaignsFunction")
    ]
