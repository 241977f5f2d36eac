"""The child that saves the embedded cloud's state: what it holds of its parent, and what the parent hears of it."""

import json
import os
import subprocess
from pathlib import Path

from local.paths import EMULATOR_PYTHON, ROOT

#: In the emulator's own environment, with its own way of writing: the state says whether the child holds the parent's socket.
SAVE = """
import os, socket
from local.emulator_main import _save

with socket.create_server(("127.0.0.1", 0)) as listening:

    def state():
        try:
            return {"socket": os.fstat(listening.fileno()).st_mode}
        except OSError:
            return {"socket": None}

    def breaks():
        raise ValueError

    print(_save({"sqs": state}, ["sqs"]), _save({"sqs": breaks}, ["sqs"]), state()["socket"] is not None)
"""


def test_a_save_holds_no_socket_of_its_parent_and_one_that_breaks_off_is_told_from_one_that_ends(tmp_path: Path) -> None:
    environment = os.environ | {"PERSIST_STATE": "1", "STATE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([EMULATOR_PYTHON, "-c", SAVE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["True", "False", "True"], ran.stderr
    assert json.loads((tmp_path / "sqs.json").read_text())["payload"] == {"socket": None}
