"""What the code and the pages promise of ``template.yaml``: time-outs, terms, rights, settings."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jalon.accounts.erasure import FIRST_PASS_AFTER, LONGEST_RUN
from jalon.accounts.erasure_notice import KEPT
from tests.cloud import template

ROOT = Path(__file__).parent.parent
RESOURCES: dict[str, Any] = template()["Resources"]
FUNCTIONS: dict[str, Any] = {
    name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::Serverless::Function"
}


def timeout(function: str) -> timedelta:
    """How long a function may run."""
    seconds = FUNCTIONS[function].get("Timeout", template()["Globals"]["Function"]["Timeout"])
    return timedelta(seconds=seconds)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_still_runs_at_the_second_pass_that_looked_at_the_mark_before_it_was_set(function: str) -> None:
    assert timeout(function) <= LONGEST_RUN


def test_the_first_pass_begins_after_the_request_that_asks_for_it() -> None:
    assert timeout("OwnDataFunction") < FIRST_PASS_AFTER


def test_logs_are_kept_no_longer_than_people_are_told() -> None:
    days = template()["Parameters"]["LogRetentionDays"]
    (told,) = (re.search(r"logs with the account's number, for (\d+) days at most", kept.what) for kept in KEPT if kept.part == "backups")
    assert told is not None
    assert max(days["AllowedValues"]) == int(told[1])
    assert days["Default"] in days["AllowedValues"]
    assert f"logs {told[1]} at most" in (ROOT / "docs" / "your-data.md").read_text()


def test_what_has_a_stream_is_keyed_by_identifiers_which_a_worker_may_log() -> None:
    identifiers = {
        "campaign_id",
        "campaign_shard",
        "user_id",
        "assessment_id",
        "session_number",
        "candidate_id",
        "certification_id",
        "year",
        "place",
    }
    keys = {
        part["AttributeName"]
        for resource in RESOURCES.values()
        if "StreamSpecification" in resource.get("Properties", {})
        for part in resource["Properties"]["KeySchema"]
    }
    assert keys == identifiers
