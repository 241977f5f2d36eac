"""The checker of state machines finds what is wrong, and only that."""

from pathlib import Path

import pytest

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
