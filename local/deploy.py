"""Deploys ``template.yaml`` to the embedded cloud, as ``sam deploy`` does to AWS."""

import contextlib
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from local import rewrite
from local.build import ARTIFACTS, build_all
from local.emulator import ACCOUNT, REGION

STACK = "jalon"
PACKAGES = "jalon-packages"
#: The emulator takes any; it listens on this machine alone.
SECRET = "embedded"  # noqa: S105 - not one
LIMIT_S = 240


class DeployError(RuntimeError):
    """The stack cannot be deployed; the message names the resource that failed."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack that stands: its outputs, and a fingerprint of what was deployed."""

    outputs: dict[str, str]
    fingerprint: str


def client(service: str, endpoint: str) -> Any:
    """A client of the embedded cloud's account."""
    session: Any = boto3  # the stubs know each service by a literal; here it is a parameter
    return session.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key=SECRET,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 3}, read_timeout=LIMIT_S),
    )


def account_environment(endpoint: str) -> dict[str, str]:
    """What points the SDK at the embedded cloud's account."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }


def deploy(endpoint: str, site_url: str, tell: Callable[[str], None]) -> Deployed:
    """Build, package and create or update the stack. Unchanged, it returns at once. Raises :class:`DeployError`."""
    fingerprints = build_all(tell)
    tell("packaging")
    _, bootstraps = rewrite.for_emulator(ARTIFACTS, endpoint, REGION, fingerprints)
    keys = {logical_id: f"{logical_id}/{_digest(script)}.zip" for logical_id, script in bootstraps.items()}
    template, _ = rewrite.for_emulator(ARTIFACTS, endpoint, REGION, fingerprints, (PACKAGES, keys))
    body = json.dumps(template, sort_keys=True)
    fingerprint = _digest(body + site_url)
    current = _current(endpoint)
    if current and current.fingerprint == fingerprint:
        return current
    _upload(endpoint, bootstraps, keys, body, fingerprint)
    tell("creating resources" if current is None else "updating resources")
    _apply(endpoint, fingerprint, site_url, exists=_status(endpoint) is not None)
    deployed = _current(endpoint)
    if deployed is None:
        raise DeployError("The stack was deployed but cannot be read back; `make clean` starts afresh.")
    return deployed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _status(endpoint: str) -> str | None:
    try:
        stacks = client("cloudformation", endpoint).describe_stacks(StackName=STACK)["Stacks"]
    except ClientError:
        return None
    return str(stacks[0]["StackStatus"]) if stacks else None


def _current(endpoint: str) -> Deployed | None:
    """The stack as it stands, or None unless its last deployment succeeded."""
    if _status(endpoint) not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return None
    stack = client("cloudformation", endpoint).describe_stacks(StackName=STACK)["Stacks"][0]
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return Deployed(outputs, tags.get("fingerprint", ""))


def _upload(endpoint: str, bootstraps: dict[str, str], keys: dict[str, str], body: str, fingerprint: str) -> None:
    s3 = client("s3", endpoint)
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        s3.create_bucket(Bucket=PACKAGES, CreateBucketConfiguration={"LocationConstraint": REGION})
    for logical_id, script in bootstraps.items():
        s3.put_object(Bucket=PACKAGES, Key=keys[logical_id], Body=_package(script))
    s3.put_object(Bucket=PACKAGES, Key=f"{fingerprint}.json", Body=body.encode())


def _package(script: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, script)
    return packed.getvalue()


def _apply(endpoint: str, fingerprint: str, site_url: str, *, exists: bool) -> None:
    cloudformation = client("cloudformation", endpoint)
    status = _status(endpoint)
    if status and status.startswith(("ROLLBACK", "CREATE_FAILED", "DELETE_FAILED", "CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE")):
        raise DeployError(f"An earlier deployment did not finish ({status}); `make clean` removes it, then `make run` starts afresh.")
    request = {
        "StackName": STACK,
        "TemplateURL": f"{endpoint}/{PACKAGES}/{fingerprint}.json",
        "Parameters": [{"ParameterKey": "SiteUrl", "ParameterValue": site_url}],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": "fingerprint", "Value": fingerprint}],
    }
    try:
        (cloudformation.update_stack if exists else cloudformation.create_stack)(**request)
        waiter = cloudformation.get_waiter("stack_update_complete" if exists else "stack_create_complete")
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": LIMIT_S})
    except ClientError as error:
        raise DeployError(f"The embedded cloud refused the stack: {error.response['Error'].get('Message')}") from error
    except WaiterError as error:
        raise DeployError(f"The stack was not deployed. {_first_failure(endpoint)}") from error


def _first_failure(endpoint: str) -> str:
    events = client("cloudformation", endpoint).describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in events if "FAILED" in str(event.get("ResourceStatus", "")) and event["LogicalResourceId"] != STACK]
    if not failed:
        return "No resource says why."
    first = min(failed, key=lambda event: event.get("Timestamp") or time.time())
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason given')}"
