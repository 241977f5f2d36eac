"""The checker of state machines finds what is wrong, and only that."""

from pathlib import Path

import pytest
import yaml

from tools.state_machines import FOLDER, findings

RIGHT = """
Comment: Says hello.
QueryLanguage: JSONata
StartAt: Hello
TimeoutSeconds: 60
States:
  Hello:
    Comment: Say it.
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Arguments:
      FunctionName: ${HelloFunction}
      Payload: "{% $states.input %}"
    TimeoutSeconds: 10
    Retry:
      - ErrorEquals: [Lambda.ServiceException]
        JitterStrategy: FULL
    End: true
"""


def _findings(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "machine.asl.yaml"
    file.write_text(text)
    return findings(file)


def test_ours_are_right() -> None:
    files = list(FOLDER.glob("*.asl.yaml"))
    assert files
    assert [finding for file in files for finding in findings(file)] == []


def test_a_right_one_has_no_finding(tmp_path: Path) -> None:
    assert _findings(tmp_path, RIGHT) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("QueryLanguage: JSONata\n", "", "QueryLanguage"),
        ("TimeoutSeconds: 60\n", "", "machine has no TimeoutSeconds"),
        ("    Comment: Say it.\n", "", "Hello has no Comment"),
        ("    TimeoutSeconds: 10\n", "", "Hello has no TimeoutSeconds"),
        ("        JitterStrategy: FULL\n", "", "without jitter"),
        ("$states.input %}", "$states.input + %}", "/Payload"),
        ("    Type: Task\n", "    Type: Chore\n", "E3601"),
        ("lambda:invoke\n", "lambda:invoke.waitForTaskToken\n", "HeartbeatSeconds"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in RIGHT
    assert any(expected in finding for finding in _findings(tmp_path, RIGHT.replace(old, new)))


FAILING = """
  Tidy:
    Comment: Take back what was begun.
    Type: Pass
    Next: Choose
  Choose:
    Comment: Either way it failed.
    Type: Choice
    Choices:
      - Condition: "{% $states.input.late %}"
        Next: Failed
    Default: Failed
  Failed:
    Comment: Nobody foresaw it.
    Type: Fail
"""
GOING_ON = """
  Tidy:
    Comment: As if nothing had been.
    Type: Pass
    End: true
"""


def _catching(error: str, rest: str) -> str:
    return RIGHT.replace(
        "    End: true\n", f"    Catch:\n      - ErrorEquals: [{error}]\n        Next: Tidy\n    End: true\n"
    ) + rest.lstrip("\n")


@pytest.mark.parametrize("error", ["States.ALL", "States.TaskFailed", "ScoringError, States.TaskFailed"])
def test_what_nobody_named_never_becomes_an_outcome(tmp_path: Path, error: str) -> None:
    (finding,) = _findings(tmp_path, _catching(error, GOING_ON))
    assert "Hello makes an outcome of States." in finding


def test_inside_a_map_neither(tmp_path: Path) -> None:
    machine = yaml.safe_load(_catching("States.ALL", GOING_ON))
    inside = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Hello", "States": machine["States"]}
    machine |= {"StartAt": "All", "States": {"All": {"Comment": "Say it to each.", "Type": "Map", "End": True, "ItemProcessor": inside}}}
    (finding,) = _findings(tmp_path, yaml.safe_dump(machine))
    assert "Hello makes an outcome of States.ALL" in finding


def test_it_may_be_tidied_up_after_and_then_fail(tmp_path: Path) -> None:
    assert _findings(tmp_path, _catching("States.ALL", FAILING)) == []


def test_an_error_that_has_a_name_may_lead_on(tmp_path: Path) -> None:
    assert _findings(tmp_path, _catching("ScoringError", GOING_ON)) == []
