"""Checks ``statemachines/*.asl.yaml``: the language's schema, every JSONata expression, and our own rules.

    python -m tools.state_machines

The schema is the one cfn-lint keeps (its rule E3601), given each definition inline; expressions are parsed by jsonata-python;
our rules are those of docs/architecture.md (*What is never lost*): a Comment on each state, TimeoutSeconds on each task and on the
machine, a heartbeat on each wait for a token, jitter on each retry, and no business outcome from an error that nobody named.
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
#: Names that catch what nobody named: all errors, or all that a task may fail with (Amazon States Language, "Errors").
UNNAMED = frozenset({"States.ALL", "States.TaskFailed"})


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


def scopes(definition: dict[str, Any]) -> Iterator[dict[str, dict[str, Any]]]:
    """The states that lead to each other: the machine's own, and those inside each Map or Parallel."""
    yield definition.get("States", {})
    for state in definition.get("States", {}).values():
        for inner in (state.get("ItemProcessor"), *state.get("Branches", ())):
            if inner:
                yield from scopes(inner)


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state, those inside a Map or a Parallel included."""
    for scope in scopes(definition):
        yield from scope.items()


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
    for scope in scopes(definition):
        yield from _outcomes(scope)


def _retries(name: str, state: dict[str, Any]) -> Iterator[str]:
    for retry in state.get("Retry", ()):
        if retry.get("JitterStrategy") != "FULL":
            yield f"{name} retries without jitter"


def _outcomes(scope: dict[str, dict[str, Any]]) -> Iterator[str]:
    """An outage is no answer: whoever catches what nobody named may tidy up, and then fails."""
    for name, state in scope.items():
        for catcher in state.get("Catch", ()):
            unnamed = sorted(UNNAMED.intersection(catcher["ErrorEquals"]))
            if unnamed and not _only_fails(scope, catcher["Next"]):
                yield f"{name} makes an outcome of {', '.join(unnamed)}: catch errors by name, or lead to a Fail"


def _only_fails(scope: dict[str, dict[str, Any]], start: str) -> bool:
    """Whether every way from a state ends in a Fail."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        state = scope.get(name, {})
        if state.get("Type") == "Succeed" or state.get("End"):
            return False
        ahead += _following(state)
    return True


def _following(state: dict[str, Any]) -> Iterator[str]:
    edges = [state, *state.get("Choices", ()), *state.get("Catch", ())]
    yield from (edge["Next"] for edge in edges if "Next" in edge)
    yield from (state[key] for key in ("Default",) if key in state)


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
