"""What of ``template.yaml`` the emulator cannot take, and what it gets instead.

Every difference between the stack on AWS and the stack on this machine is made in this module, and stands in the table of
docs/local.md. Nothing else may differ.
"""

import copy
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local.paths import ROOT, RUNTIME_PYTHON

Template = dict[str, Any]

#: The emulator pins an API's id to this tag, so that the API's address survives a new deployment.
API_ID_TAG = "ms-custom-id"
API_ID = "jalon"
_ADDRESS_ON_AWS = "https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
#: Each item of a map that runs side by side costs this machine a process.
MAP_HANDS = 3

_BOOTSTRAP = """#!/bin/sh
# Stands in for the managed Python runtime: AWS's own runtime client, function code before layers. Package {fingerprint}
export AWS_ENDPOINT_URL="{endpoint}" AWS_LAMBDA_LOG_GROUP_NAME="/aws/lambda/$AWS_LAMBDA_FUNCTION_NAME" TZ=":UTC"
export PYTHONPATH="{path}" PYTHONDONTWRITEBYTECODE=1
exec "{python}" -m awslambdaric "$_HANDLER"
"""


def load() -> Template:
    """The template as it is written."""
    parsed: Template = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


def stand_in_runtime(template: Template, artifacts: Path, endpoint: str, fingerprints: dict[str, str]) -> dict[str, str]:
    """Point each function at AWS's runtime client on this machine's Python; returns the ``bootstrap`` of each by logical id.

    The emulator's own Python worker dies at the first error and puts layers before code, and it unpacks packages and layers
    anew for each worker: the package it gets is the bootstrap alone, which names the built folders.
    """
    layers = [logical_id for logical_id, resource in template["Resources"].items() if resource["Type"] == "AWS::Serverless::LayerVersion"]
    layer_path = [str(artifacts / logical_id / "python") for logical_id in layers]
    layer_state = "".join(fingerprints[logical_id] for logical_id in layers)
    bootstraps = {}
    for logical_id in layers:
        del template["Resources"][logical_id]
    shared = template["Globals"]["Function"]
    for key in ("Layers", "Architectures", "CodeUri"):
        shared.pop(key, None)
    shared["Runtime"] = "provided.al2023"
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            bootstraps[logical_id] = _BOOTSTRAP.format(
                endpoint=endpoint,
                path=":".join([str(artifacts / logical_id), *layer_path]),
                python=RUNTIME_PYTHON,
                fingerprint=fingerprints[logical_id][:16] + "-" + _short(layer_state),
            )
            resource.pop("Metadata", None)
    return bootstraps


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:16]


def point_at_packages(template: Template, bucket: str, keys: dict[str, str]) -> None:
    """Each function's package is an object in ``bucket``, as ``sam package`` leaves it."""
    for logical_id, key in keys.items():
        template["Resources"][logical_id]["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}


def inline_definitions(template: Template) -> None:
    """A state machine's file becomes its definition in the template, as ``sam package`` would refer to it in S3.

    Its maps run at most :data:`MAP_HANDS` items side by side.
    """
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine" and "DefinitionUri" in resource["Properties"]:
            file = ROOT / resource["Properties"].pop("DefinitionUri")
            definition = yaml.safe_load(file.read_text())
            for state in definition["States"].values():
                if "MaxConcurrency" in state:
                    state["MaxConcurrency"] = min(state["MaxConcurrency"], MAP_HANDS)
            resource["Properties"]["Definition"] = definition


def allow_plain_http(template: Template) -> None:
    """Drop the bucket policies' statements that demand TLS: the emulator speaks plain HTTP, on 127.0.0.1 only."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::S3::BucketPolicy":
            document = resource["Properties"]["PolicyDocument"]
            document["Statement"] = [statement for statement in document["Statement"] if statement.get("Sid") != "TlsOnly"]
    emptied = [
        logical_id
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::S3::BucketPolicy" and not resource["Properties"]["PolicyDocument"]["Statement"]
    ]
    for logical_id in emptied:
        del template["Resources"][logical_id]


def refer_to_secrets_by_arn(template: Template) -> None:
    """``Ref`` of a secret is its ARN on AWS and its name in the emulator, whose ``Fn::GetAtt`` gives the ARN."""
    secrets = {logical_id for logical_id, resource in template["Resources"].items() if resource["Type"] == "AWS::SecretsManager::Secret"}

    def mended(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"Ref"} and node["Ref"] in secrets:
                return {"Fn::GetAtt": [node["Ref"], "Arn"]}
            return {key: mended(value) for key, value in node.items()}
        return [mended(item) for item in node] if isinstance(node, list) else node

    template["Resources"] = mended(template["Resources"])


def tell_the_address_here(template: Template, endpoint: str) -> None:
    """The API's address on AWS becomes the one it has here, wherever the template tells it: discovery sends nobody's credentials away."""

    def mended(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"Fn::Sub"} and node["Fn::Sub"] == _ADDRESS_ON_AWS:
                return api_url(endpoint)
            return {key: mended(value) for key, value in node.items()}
        return [mended(item) for item in node] if isinstance(node, list) else node

    for part in ("Resources", "Outputs"):
        template[part] = mended(template[part])


def api_url(endpoint: str) -> str:
    """The API's address in the embedded cloud."""
    return f"{endpoint}/_aws/execute-api/{API_ID}"


def _role_statements(template: Template) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Each statement of each function's role, with the list it stands in."""
    for resource in template["Resources"].values():
        for policy in resource.get("Properties", {}).get("Policies") or ():
            if isinstance(policy, dict) and isinstance(policy.get("Statement"), list):
                yield from ((policy["Statement"], statement) for statement in tuple(policy["Statement"]))


def drop_signing_conditions(template: Template) -> None:
    """Drop roles' conditions on ``kms:SigningAlgorithm``, a key that the emulator does not fill in and so never matches."""
    for _, statement in _role_statements(template):
        if any("kms:SigningAlgorithm" in test for test in statement.get("Condition", {}).values()):
            del statement["Condition"]


def widen_task_answers(template: Template) -> None:
    """Let a role that may answer a state machine's task answer any: the emulator cannot tell whose a task token is."""
    for statements, statement in _role_statements(template):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        answers = [action for action in actions if action.startswith("states:SendTask")]
        if answers:
            statements.append({"Effect": "Allow", "Action": answers, "Resource": "*"})


def widen_mail_senders(template: Template) -> None:
    """Let a role that may send mail as one of this account's identities send as any.

    The emulator asks for the right on ``*``, and does not fill in ``ses:FromAddress``.
    """
    for _, statement in _role_statements(template):
        if statement["Action"] == "ses:SendEmail":
            statement["Resource"] = "*"
            del statement["Condition"]


def drop_alarms_on_many_metrics(template: Template) -> None:
    """Drop the alarms whose metric is computed from several: the emulator refuses a stack with one."""
    resources = template["Resources"]
    for logical_id in [
        name for name, item in resources.items() if item["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in item["Properties"]
    ]:
        del resources[logical_id]


def expand(template: Template, region: str) -> Template:
    """The SAM transform, by AWS's own translator; CloudFormation runs the same one on AWS."""
    parameters = {name: str(parameter.get("Default", "")) for name, parameter in template.get("Parameters", {}).items()}
    os.environ.setdefault("AWS_DEFAULT_REGION", region)  # the translator asks the SDK which partition it writes for
    expanded: Template = transform(template, parameters | {"AWS::Region": region}, _NoManagedPolicies())
    return expanded


class _NoManagedPolicies:
    """Ours are written out; no managed policy is looked up by name."""

    def load(self) -> dict[str, str]:
        return {}


def spread_http_api(template: Template) -> Template:
    """The API's OpenAPI body becomes routes, integrations and authorizers: the emulator ignores a body and answers 404."""
    spread: dict[str, Any] = {}
    for logical_id, resource in template["Resources"].items():
        spread[logical_id] = resource
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in resource["Properties"]:
            spread |= _routes_of(logical_id, resource["Properties"])
            resource["Properties"].setdefault("Tags", {})[API_ID_TAG] = API_ID
    template["Resources"] = spread
    return template


def _routes_of(api: str, properties: dict[str, Any]) -> dict[str, Any]:
    body = properties.pop("Body")
    properties |= {"ProtocolType": "HTTP", "Name": body.get("info", {}).get("title", api)}
    for unknown in ("BasePath", "FailOnWarnings"):
        properties.pop(unknown, None)
    cors = body.get("x-amazon-apigateway-cors")
    if cors:
        properties["CorsConfiguration"] = dict(cors)  # the emulator spells its keys as the body does
    authorizers, made = _authorizers(api, body)
    integrations: dict[str, str] = {}
    for path, item in body.get("paths", {}).items():
        for method, operation in item.items():
            integration = operation.get("x-amazon-apigateway-integration")
            if integration:
                made |= _route(api, (method, path), operation, integrations, authorizers)
    return made


def _authorizers(api: str, body: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    names: dict[str, str] = {}
    made: dict[str, Any] = {}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        authorizer = scheme.get("x-amazon-apigateway-authorizer")
        if authorizer and authorizer["type"] == "jwt":
            names[name] = f"{api}Authorizer{_identifier(name)}"
            source = authorizer["identitySource"]
            made[names[name]] = {
                "Type": "AWS::ApiGatewayV2::Authorizer",
                "Properties": {
                    "ApiId": {"Ref": api},
                    "Name": name,
                    "AuthorizerType": "JWT",
                    "IdentitySource": source if isinstance(source, list) else [source],
                    "JwtConfiguration": {
                        "Issuer": authorizer["jwtConfiguration"]["issuer"],
                        "Audience": authorizer["jwtConfiguration"]["audience"],
                    },
                },
            }
    return names, made


def _route(
    api: str, where: tuple[str, str], operation: dict[str, Any], integrations: dict[str, str], authorizers: dict[str, str]
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    integration = operation["x-amazon-apigateway-integration"]
    fingerprint = json.dumps(integration, sort_keys=True)
    if fingerprint not in integrations:
        integrations[fingerprint] = f"{api}Integration{len(integrations)}"
        made[integrations[fingerprint]] = {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": api},
                "IntegrationType": integration["type"].upper(),
                "IntegrationMethod": integration.get("httpMethod", "POST"),
                "IntegrationUri": integration["uri"],
                "PayloadFormatVersion": integration.get("payloadFormatVersion", "2.0"),
            },
        }
    method, path = where
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    route_key = "$default" if path == "/$default" else f"{verb} {path}"
    properties: dict[str, Any] = {
        "ApiId": {"Ref": api},
        "RouteKey": route_key,
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integrations[fingerprint]}]]},
    }
    for requirement in operation.get("security") or []:
        for name, scopes in requirement.items():
            if name in authorizers:
                properties |= {"AuthorizerId": {"Ref": authorizers[name]}, "AuthorizationType": "JWT"}
                if scopes:
                    properties["AuthorizationScopes"] = scopes
    made[f"{api}Route{_identifier(route_key)}"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
    return made


def _identifier(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text.title()) or "Default"


def for_emulator(
    artifacts: Path, endpoint: str, region: str, fingerprints: dict[str, str], packages: tuple[str, dict[str, str]] | None = None
) -> tuple[Template, dict[str, str]]:
    """The stack as the emulator takes it, with the bootstrap of each function.

    ``packages`` is the bucket and the key of each function's package; without it the template still lacks its ``CodeUri``
    (the first pass, which only says what to package).
    """
    template = copy.deepcopy(load())
    bootstraps = stand_in_runtime(template, artifacts, endpoint, fingerprints)
    if packages is None:
        return template, bootstraps
    point_at_packages(template, *packages)
    inline_definitions(template)
    allow_plain_http(template)
    drop_signing_conditions(template)
    widen_task_answers(template)
    widen_mail_senders(template)
    drop_alarms_on_many_metrics(template)
    refer_to_secrets_by_arn(template)
    tell_the_address_here(template, endpoint)
    return spread_http_api(expand(template, region)), bootstraps
