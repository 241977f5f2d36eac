"""Checks ``statemachines/*.asl.yaml``: the language's schema, every JSONata expression, and our own rules.

    python -m tools.state_machines

The schema is the one cfn-lint keeps (its rule E3601), given each definition inline; expressions are parsed by jsonata-python;
our rules are those of docs/style: a Comment on each state, TimeoutSeconds on each task, no business outcome from States.ALL.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "statemachines"


def findings(file: Path) -> list[str]:
    """Everything wrong with one definition; empty when it is right."""
    definition = yaml.safe_load(_substituted(file.read_text()))
    return [f"{file.name}: {finding}" for finding in (*_schema(definition), *_expressions(definition), *_rules(definition))]


def _substituted(text: str) -> str:
    """The definition with something of the right kind for each ``${…}`` that the template fills in."""
    inside = re.compile(r"\{%.*?%\}", re.DOTALL)
    text = inside.sub(lambda found: re.sub(r"\$\{\w+\}", "1", found.group()), text)
    return re.sub(r"\$\{\w+\}", "arn:aws:lambda:eu-west-3:123456789012:function:name", text)


def _schema(definition: dict[str, Any]) -> Iterator[str]:
    from cfnlint.api import lint_file

    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"RoleArn": "arn:aws:iam::123456789012:role/machine", "Definition": definition},
            }
        },
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(template, file)
        file.flush()
        for match in lint_file(Path(file.name)):
            yield f"{match.rule.id} {match.message}"


def _expressions(node: Any, path: str = "") -> Iterator[str]:
    from jsonata import Jsonata
    from jsonata.jexception import JException

    if isinstance(node, dict):
        for key, value in node.items():
            yield from _expressions(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _expressions(value, f"{path}/{index}")
    elif isinstance(node, str) and node.startswith("{%"):
        try:
            Jsonata(node.removeprefix("{%").removesuffix("%}").strip())
        except JException as error:
            yield f"{path}: {error}"


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state, those inside a Map or a Parallel included."""
    for name, state in definition.get("States", {}).items():
        yield name, state
        for inner in (state.get("ItemProcessor"), *state.get("Branches", ())):
            if inner:
                yield from states(inner)


def _rules(definition: dict[str, Any]) -> Iterator[str]:
    if definition.get("QueryLanguage") != "JSONata":
        yield "QueryLanguage must be JSONata"
    if "TimeoutSeconds" not in definition:
        yield "the machine has no TimeoutSeconds"
    for name, state in states(definition):
        if "Comment" not in state:
            yield f"{name} has no Comment"
        if state["Type"] == "Task":
            if "TimeoutSeconds" not in state:
                yield f"{name} has no TimeoutSeconds"
            if state["Resource"].endswith(".waitForTaskToken") and "HeartbeatSeconds" not in state:
                yield f"{name} waits for a token without HeartbeatSeconds"
            yield from _retries(name, state)


def _retries(name: str, state: dict[str, Any]) -> Iterator[str]:
    for retry in state.get("Retry", ()):
        if retry.get("JitterStrategy") != "FULL":
            yield f"{name} retries without jitter"


def main() -> int:
    """Print every finding; exit status 1 when there is one."""
    files = sorted(FOLDER.glob("*.asl.yaml"))
    found = [finding for file in files for finding in findings(file)]
    for finding in found:
        print(finding)
    print(f"{len(files)} state machines, {len(found)} findings")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
