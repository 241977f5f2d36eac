"""However stuck a service is, a call to it ends before the function that makes it is ended."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from jalon.edge import aws
from jalon.edge.aws import Patience, client, patience
from jalon.edge.tables import LONGEST_OPERATION_S, TableMeta
from tests.cloud import Cloud, template

#: IAM's name of a service → botocore's. A service that is not here has no place in a function's rights before somebody looks at this.
CLIENTS = {
    "dynamodb": "dynamodb",
    "kms": "kms",
    "lambda": "lambda",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "ses": "sesv2",
    "sqs": "sqs",
    "states": "stepfunctions",
}


def functions() -> Mapping[str, Mapping[str, Any]]:
    resources = template()["Resources"].items()
    return {name: resource["Properties"] for name, resource in resources if resource["Type"] == "AWS::Serverless::Function"}


def actions(value: Any) -> Iterator[str]:
    """Every action that a function's policies allow, the conditional ones too."""
    if isinstance(value, Mapping):
        if "Action" in value:
            yield from [value["Action"]] if isinstance(value["Action"], str) else value["Action"]
        for key, each in value.items():
            if key != "Action":
                yield from actions(each)
    elif isinstance(value, list):
        for each in value:
            yield from actions(each)


def services_of(function: str) -> set[str]:
    """What a function may call: by its own policies, and by those that are put on its role."""
    attached = [
        resource["Properties"]["PolicyDocument"]
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy" and {"Ref": f"{function}Role"} in resource["Properties"]["Roles"]
    ]
    return {CLIENTS[action.partition(":")[0]] for action in actions([functions()[function].get("Policies", []), *attached])}


def longest_s(service: str) -> float:
    return LONGEST_OPERATION_S if service == "dynamodb" else patience(service).longest_s


@pytest.mark.parametrize("function", functions())
def test_a_function_outlasts_each_of_its_calls(function: str) -> None:
    services = services_of(function)
    time_out = functions()[function].get("Timeout", template()["Globals"]["Function"]["Timeout"])
    assert services, "what a function may call is read off its policies"
    assert {service: longest_s(service) for service in services if longest_s(service) >= time_out} == {}


def test_what_a_function_may_call_is_read_off_its_role_too() -> None:
    assert {name for name in functions() if "lambda" in services_of(name)} == {"CertificatesFunction", "ArchiveCertificatesFunction"}


@pytest.mark.parametrize("service", sorted(set(CLIENTS.values()) - {"dynamodb"}))
def test_a_client_waits_as_long_as_is_said(cloud: Cloud, service: str) -> None:
    config, waits = client(service).meta.config, patience(service)
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (
        waits.connect_s,
        waits.read_s,
        waits.tries,
    )


def test_the_tables_are_waited_for_as_long_as_is_said() -> None:
    waits = patience("dynamodb")
    assert (TableMeta.connect_timeout_seconds, TableMeta.read_timeout_seconds, 1 + TableMeta.max_retry_attempts) == (
        waits.connect_s,
        waits.read_s,
        waits.tries,
    )


@contextmanager
def silence() -> Iterator[tuple[str, list[socket.socket]]]:
    """An address that takes calls and never answers, and the calls it took."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with suppress(OSError):  # the server is closed
                while True:
                    taken.append(server.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", taken
    for each in taken:
        each.close()


def test_a_service_that_never_answers_is_given_up_within_what_is_said(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = Patience(read_s=0.1, tries=2, connect_s=0.1)
    with silence() as (address, taken):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setitem(aws._PATIENCE, "s3", waits)
        aws.forget_clients()
        asking = client("s3")
        began = time.monotonic()
        with pytest.raises(ReadTimeoutError):
            asking.get_object(Bucket="content", Key="release")
        took = time.monotonic() - began
    assert len(taken) == waits.tries
    assert (
        waits.tries * waits.read_s <= took < waits.longest_s + 10
    )  # the machine is busy with other tests; who never gives up is noticed by then too
