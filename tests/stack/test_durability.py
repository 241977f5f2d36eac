"""kill -9 of the embedded cloud in the middle of a test: it comes back with the answers that were acknowledged."""

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from local import emulator
from local.journey import school
from local.journey.answer_key import AnswerKey
from local.journey.classroom import seat_pupils
from local.journey.story import Story
from local.paths import CONTENT_RELEASE
from local.stack import bring_up, operator_client
from tests.stack.conftest import Stack

SAVED_WITHIN_S = 60
pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def wait_for_two_saves(folder: Path, port: int) -> None:
    """The first may have begun too early for what was answered last; the second began after the first had ended."""
    table_state, saved = folder / "state" / "dynamodb.json", 0
    deadline, latest = time.monotonic() + SAVED_WITHIN_S, table_state.stat().st_mtime_ns
    while saved < 2:
        assert time.monotonic() < deadline, f"the state was not saved twice within {SAVED_WITHIN_S} s"
        emulator.answers(port)  # nothing is saved where nothing is asked
        time.sleep(0.1)
        if table_state.stat().st_mtime_ns != latest:
            saved, latest = saved + 1, table_state.stat().st_mtime_ns


def test_kill_9_loses_no_answer_acknowledged_before_the_last_save(tmp_path: Path) -> None:
    port, site_port = emulator.free_port(), emulator.free_port()
    with httpx.Client(timeout=60) as http:
        with bring_up(tmp_path / "cloud", port, site_port, keep_state=True) as up:
            stack = Stack(up, tmp_path)
            operator = operator_client(up.cloud.endpoint)
            story = Story(stack.api(http), operator, AnswerKey.read(CONTENT_RELEASE), stack.verify_url, tmp_path, 6)
            for step in (school.activate_school, school.import_pupils, seat_pupils):
                step(story)
            pupil = story.pupils[0]
            started = pupil.api.post("/v1/assessments", {"purpose": "competence", "competence": "1.1"}).body
            before = pupil.finish(started, story.key, at_most=3)
            assert before["answered"] == 3
            wait_for_two_saves(tmp_path / "cloud", port)
            os.kill(up.cloud.process.pid, signal.SIGKILL)
            up.cloud.process.wait()
        with bring_up(tmp_path / "cloud", port, site_port, keep_state=True) as again:
            assert again.deployed.fingerprint == up.deployed.fingerprint
            after = pupil.api.get("/v1/assessments/{assessment_id}", assessment_id=before["id"])
            assert after["answered"] == 3
            assert after["question"]["instruction"] == before["question"]["instruction"]
            assert pupil.finish(after.body, story.key)["status"] == "completed"
