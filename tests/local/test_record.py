"""A journey played elsewhere leaves the record of this machine's system alone."""

import json
import os
from pathlib import Path

import pytest

from local import running
from local.journey import record
from local.journey.record import HERE, record_of

API = "http://127.0.0.1:4666/_aws/execute-api/jalon"


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose note says that it serves ``API``."""
    note = tmp_path / "running.json"
    note.write_text(
        json.dumps({"pid": os.getpid(), "emulator_pid": 1, "port": 4666, "site_port": 1, "api_url": API, "site_url": "http://127.0.0.1:1"})
    )
    monkeypatch.setattr(running, "RUNNING", note)


@pytest.mark.usefixtures("up")
def test_the_system_that_runs_here_has_the_record_that_the_next_start_reads_back() -> None:
    assert record_of(API) == record_of(f"{API}/") == HERE


@pytest.mark.usefixtures("up")
def test_every_other_address_has_a_record_of_its_own() -> None:
    elsewhere = [
        "https://abc123.execute-api.eu-west-3.amazonaws.com",
        "http://127.0.0.1:4766/_aws/execute-api/jalon",
        "https://api.example",
    ]
    records = {record_of(address) for address in elsewhere}
    assert len(records) == len(elsewhere)
    assert HERE not in records
    assert all(file.parent == record._ELSEWHERE for file in records)
    assert record_of(elsewhere[0]).name == "abc123.execute-api.eu-west-3.amazonaws.com.json"


def test_with_nothing_up_here_an_address_of_this_machine_is_as_any_other() -> None:
    if running.running() is not None:
        pytest.skip("a `make run` is up in this folder")
    assert record_of(API) != HERE
