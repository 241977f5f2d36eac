"""The template's stores on the emulator, one isolated account per test: what in-process tests run against.

Only what a handler touches is made (tables, buckets, queues, keys, secrets), read from ``template.yaml`` itself, so that a
test never sees a table that the template does not have. The functions and the state machine are tested on the deployed stack.
"""

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-west-3"
SITE_URL = "https://jalon.example"
_accounts = itertools.count(int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) * 10_000_000 + 100_000_000_000)

Template = Mapping[str, Any]


@cache
def template() -> Template:
    """``template.yaml`` as written."""
    return yaml_parse((Path(__file__).parent.parent / "template.yaml").read_text())


@dataclass(slots=True)
class Cloud:
    """One account of the emulator, with the template's stores in it."""

    endpoint: str
    account: str
    names: dict[str, str] = field(default_factory=dict)  # logical id → what Ref gives
    arns: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of this account, made once."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.endpoint,
                region_name=REGION,
                aws_access_key_id=self.account,
                aws_secret_access_key="test",
                config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}),
            )
        return self._clients[service]

    def items(self, logical_table: str) -> list[dict[str, Any]]:
        """Every item of a table, in DynamoDB's typed form."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.environment[f"TABLE_{logical_table.upper()}"])
        return [item for page in pages for item in page["Items"]]


def build(endpoint: str) -> Cloud:
    """A fresh account with the template's stores."""
    cloud = Cloud(endpoint, str(next(_accounts)))
    makers = {
        "AWS::DynamoDB::Table": _table,
        "AWS::S3::Bucket": _bucket,
        "AWS::SQS::Queue": _queue,
        "AWS::KMS::Key": _key,
        "AWS::SecretsManager::Secret": _secret,
        "AWS::Logs::LogGroup": _log_group,
    }
    for logical_id, resource in template()["Resources"].items():
        make = makers.get(resource["Type"])
        if make:
            make(cloud, logical_id, resource.get("Properties", {}))
    cloud.environment = _environment(cloud)
    return cloud


def _table(cloud: Cloud, logical_id: str, properties: Mapping[str, Any]) -> None:
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "StreamSpecification", "BillingMode")
    request = {key: properties[key] for key in wanted if key in properties}
    if "StreamSpecification" in request:
        request["StreamSpecification"] = {**request["StreamSpecification"], "StreamEnabled": True}
    answer = cloud.client("dynamodb").create_table(TableName=logical_id, **request)
    cloud.names[logical_id] = logical_id
    cloud.arns[logical_id] = answer["TableDescription"]["TableArn"]


def _bucket(cloud: Cloud, logical_id: str, _properties: Mapping[str, Any]) -> None:
    name = f"{logical_id.lower()}-{cloud.account}"
    cloud.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    cloud.names[logical_id] = name
    cloud.arns[logical_id] = f"arn:aws:s3:::{name}"


def _queue(cloud: Cloud, logical_id: str, _properties: Mapping[str, Any]) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=logical_id)["QueueUrl"]
    cloud.names[logical_id] = url
    cloud.arns[logical_id] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _key(cloud: Cloud, logical_id: str, properties: Mapping[str, Any]) -> None:
    spec = properties.get("KeySpec", "SYMMETRIC_DEFAULT")
    answer = cloud.client("kms").create_key(KeySpec=spec, KeyUsage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"))["KeyMetadata"]
    cloud.names[logical_id] = answer["KeyId"]
    cloud.arns[logical_id] = answer["Arn"]


def _log_group(cloud: Cloud, logical_id: str, _properties: Mapping[str, Any]) -> None:
    """Of the groups the one that our code writes to; the runtime writes to the others."""
    if logical_id == "OperatorLogs":
        cloud.client("logs").create_log_group(logGroupName=logical_id)
        cloud.names[logical_id] = logical_id


def _secret(cloud: Cloud, logical_id: str, properties: Mapping[str, Any]) -> None:
    generate = properties.get("GenerateSecretString", {})
    secretsmanager = cloud.client("secretsmanager")
    value = (
        properties.get("SecretString")
        or secretsmanager.get_random_password(
            PasswordLength=generate.get("PasswordLength", 32), ExcludePunctuation=generate.get("ExcludePunctuation", False)
        )["RandomPassword"]
    )
    if "SecretStringTemplate" in generate:
        import json

        value = json.dumps({**json.loads(generate["SecretStringTemplate"]), generate["GenerateStringKey"]: value})
    answer = secretsmanager.create_secret(Name=logical_id, SecretString=value)
    cloud.names[logical_id] = cloud.arns[logical_id] = answer["ARN"]


def _environment(cloud: Cloud) -> dict[str, str]:
    """Every variable the template gives any function, for which the stores above are enough."""
    variables: dict[str, Any] = dict(template()["Globals"]["Function"]["Environment"]["Variables"])
    for resource in template()["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            variables |= resource["Properties"].get("Environment", {}).get("Variables", {})
    resolved = {name: _resolve(cloud, value) for name, value in variables.items()}
    return {name: value for name, value in resolved.items() if value is not None} | {
        "SITE_URL": SITE_URL,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": cloud.account,
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Jalon",
    }


def _resolve(cloud: Cloud, value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return str(value)
    if "Ref" in value:
        parameter = template()["Parameters"].get(value["Ref"])
        return str(parameter["Default"]) if parameter else cloud.names.get(value["Ref"])
    if "Fn::GetAtt" in value:
        target = value["Fn::GetAtt"]
        logical_id, attribute = target.split(".", 1) if isinstance(target, str) else target
        return cloud.arns.get(logical_id) if attribute == "Arn" else cloud.names.get(logical_id)
    return None
