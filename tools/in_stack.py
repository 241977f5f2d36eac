"""Runs an operator's command on a deployed stack, with the settings that the stack gave its functions.

    python -m tools.in_stack --stack jalon erase_account.prove usr_0123456789abcdef0123456789abcdef
    python -m tools.in_stack                    # which commands there are

A command is a module below ``functions/`` that can be run. It finds the tables, queues, buckets and secrets of the stack as the functions
do, and acts with the caller's own credentials, never with a function's role. Works on AWS with the usual credentials and region, and on the
embedded cloud with ``AWS_ENDPOINT_URL`` (``make command`` does both). Needs ``cloudformation:ListStackResources`` and
``lambda:GetFunctionConfiguration`` beside what the command itself needs. The exit status is the command's own; 2 when it cannot be run.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.sources import ROOT, python_environment

FUNCTIONS = ROOT / "functions"


class StackUnreadableError(RuntimeError):
    """The stack's settings cannot be read; the message is for the operator."""


def commands() -> dict[str, str]:
    """Each command's name (``erase_account.prove``) with the first line of its description."""
    found = {}
    for file in sorted(FUNCTIONS.glob("*/*.py")):
        source = file.read_text()
        if '\nif __name__ == "__main__":\n' in source:
            found[f"{file.parent.name}.{file.stem}"] = source.removeprefix('"""').partition("\n")[0]
    return found


def settings_of(cloudformation: Any, functions: Any, stack: str) -> dict[str, str]:
    """The variables of all the stack's functions together: the template gives one name one meaning.

    ``cloudformation`` and ``functions`` are boto3 clients of CloudFormation and of Lambda. Raises :class:`StackUnreadableError` when the
    stack is not there or may not be read, or when two functions are given different values under one name.
    """
    variables: dict[str, str] = {}
    try:
        for name in _functions_of(cloudformation, stack):
            given = functions.get_function_configuration(FunctionName=name).get("Environment", {}).get("Variables", {})
            for key, value in given.items():
                if variables.setdefault(key, value) != value:
                    raise StackUnreadableError(
                        f"Two functions of {stack} are given different values for {key}; no one process can act for both."
                    )
    except (BotoCoreError, ClientError) as error:
        raise StackUnreadableError(f"The stack {stack} cannot be read: {error}") from error
    return variables


def _functions_of(cloudformation: Any, stack: str) -> Iterator[str]:
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                yield resource["PhysicalResourceId"]


def run(stack: str, name: str, arguments: Sequence[str]) -> int:
    """Become the command; returns only when it cannot be run, and says why on the standard error."""
    if name not in commands():
        _say(f"There is no command {name!r}.", *_list()) if name else _say(*_list())
        return 2
    try:
        cloudformation = boto3.client("cloudformation")
        settings = settings_of(cloudformation, boto3.client("lambda"), stack)
    except (StackUnreadableError, BotoCoreError) as error:
        _say(str(error))
        return 2
    region = cloudformation.meta.region_name
    return _become(name, arguments, python_environment() | settings | {"AWS_REGION": region, "AWS_DEFAULT_REGION": region})


def _become(name: str, arguments: Sequence[str], environment: dict[str, str]) -> NoReturn:
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-m", f"functions.{name}", *arguments], environment)  # noqa: S606 - a module of ours, found above


def _list() -> list[str]:
    found = commands()
    width = max(map(len, found))
    return ["The commands:", *(f"  {name:<{width}}  {said}" for name, said in found.items())]


def _say(*lines: str) -> None:
    sys.stderr.write("\n".join(lines) + "\n")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Run an operator's command on a deployed stack.")
    parser.add_argument("--stack", default="jalon", help="the deployed stack")
    parser.add_argument("name", nargs="?", default="", help="the command; without it they are listed")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the command takes")
    given = parser.parse_args()
    return run(given.stack, given.name, given.arguments)


if __name__ == "__main__":
    sys.exit(main())
