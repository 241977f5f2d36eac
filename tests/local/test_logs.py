"""`make logs` leaves nothing out without saying so."""

import time
import uuid

import pytest

from local import logs
from local.deploy import client

#: More than the emulator gives in one answer.
LINES = 10_500


@pytest.fixture(scope="module")
def group(emulator: str) -> str:
    """The name of a log group with so many lines, several of them in each millisecond."""
    name, began_ms = f"/jalon/{uuid.uuid4().hex}", int(time.time() * 1000) - LINES
    told = client("logs", emulator)
    told.create_log_group(logGroupName=name)
    for stream in ("one", "two"):
        told.create_log_stream(logGroupName=name, logStreamName=stream)
        events = [{"timestamp": began_ms + number // 5, "message": f"{stream} {number}\n"} for number in range(LINES // 2)]
        for first in range(0, len(events), 1000):
            told.put_log_events(logGroupName=name, logStreamName=stream, logEvents=events[first : first + 1000])
    return name.rpartition("/")[2]


def test_every_line_is_read_once_past_where_one_answer_ends(emulator: str, group: str) -> None:
    lines = [line for _, _, line in logs.events(emulator, group)]
    assert len(lines) == len(set(lines)) == LINES


def test_the_end_of_a_log_says_how_much_is_left_out(emulator: str, group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert logs.show(emulator, group) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == logs.LAST
    assert f"{logs.LAST} lines of {LINES}" in told.err
    assert f"make logs NAME={group} ALL=1" in told.err


def test_the_whole_log_is_given_when_asked_for_and_nothing_is_said_beside_it(
    emulator: str, group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert logs.show(emulator, group, whole=True) == 0
    told = capsys.readouterr()
    assert (len(told.out.splitlines()), told.err) == (LINES, "")
