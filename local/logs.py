"""``make logs``: what the functions wrote, newest last, from the embedded cloud's log groups."""

from datetime import UTC, datetime
from typing import Any

from local import deploy


def events(endpoint: str, name: str = "", most: int = 200) -> list[tuple[datetime, str, str]]:
    """The last ``most`` lines of the log groups whose name contains ``name``: instant, group, line."""
    logs = deploy.client("logs", endpoint)
    found: list[tuple[datetime, str, str]] = []
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            if name.lower() in group["logGroupName"].lower():
                found += _events_of(logs, group["logGroupName"])
    return sorted(found)[-most:]


def _events_of(logs: Any, group: str) -> list[tuple[datetime, str, str]]:
    return [
        (datetime.fromtimestamp(event["timestamp"] / 1000, UTC), group.rsplit("/", 1)[-1], event["message"].rstrip())
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]


def show(endpoint: str, name: str) -> int:
    """Print them."""
    for instant, group, line in events(endpoint, name):
        print(f"{instant:%H:%M:%S} {group}: {line}")
    return 0
