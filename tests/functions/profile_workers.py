"""The two stream workers that note in profiles, handed what their streams would carry now."""

from collections.abc import Iterable
from typing import Any

from functions.project_certifications import wiring as certifications_wiring
from functions.project_certifications.app import handler as project_certifications
from functions.project_participations import wiring as participations_wiring
from functions.project_participations.app import handler as project_participations
from tests.cloud import Cloud
from tests.events import CONTEXT

Typed = dict[str, Any]


def whole(profiles: int, **changes: Any) -> dict[str, Any]:
    """What the command that rebuilds profiles says at its end, of so many and no other news unless told."""
    return {"profiles": profiles, "unknown": [], "failed": [], "go_on_after": None} | changes


def forget() -> None:
    """Wire both anew at their next use."""
    participations_wiring.parts.cache_clear()
    certifications_wiring.parts.cache_clear()


def changes(items: Iterable[Typed], *keys: str) -> list[Typed]:
    """A record for a change of each of these items, as a stream of keys carries it."""
    return [
        {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": str(number), "Keys": {name: item[name] for name in keys}}}
        for number, item in enumerate(items, start=1)
    ]


def participations(cloud: Cloud) -> list[Typed]:
    return changes(cloud.items("participations"), "campaign_shard", "user_id")


def campaigns(cloud: Cloud) -> list[Typed]:
    return changes(cloud.items("campaigns"), "campaign_id")


def candidates(cloud: Cloud) -> list[Typed]:
    return changes(cloud.items("candidates"), "session_number", "candidate_id")


def published_results(cloud: Cloud) -> list[Typed]:
    return changes(cloud.items("published_results"), "session_number", "certification_id")


def note_participations(records: list[Typed]) -> Typed:
    """What the worker reports of these records."""
    return project_participations({"Records": records}, CONTEXT)


def note_certifications(records: list[Typed]) -> Typed:
    """What the worker reports of these records."""
    return project_certifications({"Records": records}, CONTEXT)


def note_everything(cloud: Cloud) -> None:
    """Everything that the four streams could carry now."""
    assert note_participations([*participations(cloud), *campaigns(cloud)]) == {"batchItemFailures": []}
    assert note_certifications([*candidates(cloud), *published_results(cloud)]) == {"batchItemFailures": []}
