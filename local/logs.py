"""``make logs``: what the functions wrote, newest last, from the embedded cloud's log groups."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from local import deploy

#: How much is shown unless all is asked for.
LAST = 200

Line = tuple[datetime, str, str]


def events(endpoint: str, name: str = "") -> list[Line]:
    """Every line of the log groups whose name contains ``name``, oldest first: instant, group, line."""
    logs = deploy.client("logs", endpoint)
    found: list[Line] = []
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            if name.lower() in group["logGroupName"].lower():
                found += (_line(group["logGroupName"], event) for event in _events_of(logs, group["logGroupName"]))
    return sorted(found)


def _line(group: str, event: dict[str, Any]) -> Line:
    return datetime.fromtimestamp(event["timestamp"] / 1000, UTC), group.rsplit("/", 1)[-1], event["message"].rstrip()


def _events_of(logs: Any, group: str) -> Iterator[dict[str, Any]]:
    """Each event of a group once.

    The emulator ends an answer after 10 000 events without a word of those that follow, so that reading begins again at the last instant
    read, past what was read of it, until there is nothing more.
    """
    since_ms, read = 0, 0
    while True:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since_ms)
        fresh = [event for page in pages for event in page["events"]][read:]
        if not fresh:
            return
        yield from fresh
        last_ms = fresh[-1]["timestamp"]
        read = sum(event["timestamp"] == last_ms for event in fresh) + (read if last_ms == since_ms else 0)
        since_ms = last_ms


def write(lines: list[Line], to: TextIO) -> None:
    """One line each, with its instant and its group's name before it."""
    to.writelines(f"{instant:%H:%M:%S} {group}: {line}\n" for instant, group, line in lines)


def show(endpoint: str, name: str, *, whole: bool = False) -> int:
    """Print the last :data:`LAST` lines, or the ``whole`` log; what was left out is said on the standard error, which no file takes in."""
    lines = events(endpoint, name)
    write(lines if whole else lines[-LAST:], sys.stdout)
    if not whole and len(lines) > LAST:
        asked = f"make logs NAME={name} ALL=1" if name else "make logs ALL=1"
        sys.stderr.write(f"These are the last {LAST} lines of {len(lines)}. All of them: {asked}\n")
    return 0
