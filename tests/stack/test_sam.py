"""``sam build`` makes what Lambda runs, without Docker: Linux arm64 libraries and Python 3.13 bytecode."""

import os
import subprocess
from pathlib import Path

import pytest

from local.paths import HOME, ROOT

#: Everything that builds artifacts or stands on the one stack runs in one worker.
pytestmark = pytest.mark.xdist_group("stack")

SAM = HOME / "venvs" / "sam" / "bin" / "sam"


def test_sam_builds_arm64_libraries_and_bytecode_for_lambda(tmp_path: Path) -> None:
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-west-3"}
    built = tmp_path / "build"
    command = [str(SAM), "build", "--build-dir", str(built)]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if "its bytecode can only be made by a Python 3.13" in result.stderr:
        result = subprocess.run(
            command, cwd=ROOT, env=environment | {"JALON_BYTECODE": "none"}, capture_output=True, text=True, check=False
        )
        bytecode = False
    else:
        bytecode = True
    assert result.returncode == 0, result.stderr
    binaries = list(built.rglob("*.so"))
    assert binaries
    assert not [file for file in binaries if "x86_64" in file.name]
    assert any("aarch64" in file.name for file in binaries)
    assert bool(list((built / "JalonLayer").rglob("*.cpython-313.pyc"))) is bytecode
    assert (built / "AnswersFunction" / "functions" / "answers" / "app.py").exists()


def test_the_builder_names_what_the_template_lacks() -> None:
    from tools.artifact import main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["artifact", "NoSuchFunction", "/nonexistent"])
        assert main() == 2
