"""Finds a person anywhere: in every table and bucket of the template, packed or not."""

import base64
import contextlib
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.own_data.world import Person, World

PAGE = Path(__file__).parents[2] / "docs" / "your-data.md"


def snake(logical_id: str) -> str:
    """A table by the name it has in the code and the pages: ``CampaignStatsTable`` → ``campaign_stats``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id.removesuffix("Table")).lower()


def kept() -> dict[str, str]:
    """What the page says each table may hold of somebody who was erased."""
    section = PAGE.read_text().partition("### What is kept")[2].partition("### The proof")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([\w ]+) \|", section, re.MULTILINE))


def texts(value: Any) -> Iterator[str]:
    """Every text in an item: keys, values, what is JSON inside a text, and binary values as what they may have been made from."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from texts(each)
    elif isinstance(value, (list, tuple, set)):
        for each in value:
            yield from texts(each)
    elif isinstance(value, bytes):
        yield value.decode("latin-1")
        yield value.decode("utf-8", "replace")
        yield base64.b64encode(value).decode()
        if value.startswith(b"\x1f\x8b"):
            yield gzip.decompress(value).decode("utf-8", "replace")
    else:
        yield str(value)
        if isinstance(value, str) and value.startswith(("[", "{")):
            with contextlib.suppress(json.JSONDecodeError):
                yield from texts(json.loads(value))


def found_in(item: Any, person: Person) -> set[str]:
    """What of the person is in an item."""
    whole = "\n".join(texts(item)).casefold()
    return {what for what, needle in person.needles.items() if needle.casefold() in whole}


def found(world: World, person: Person) -> dict[str, set[str]]:
    """What of the person is in each table of the template and in each bucket; those with nothing are left out."""
    places: dict[str, set[str]] = {}
    for table, items in world.everything().items():
        for item in items:
            places.setdefault(snake(table), set()).update(found_in(item, person))
    for (bucket, key), body in world.objects().items():
        places.setdefault(bucket, set()).update(found_in({"key": key, "body": body}, person))
    return {place: what for place, what in places.items() if what}


def of_others(world: World, person: Person) -> dict[str, list[str]]:
    """Every item with nothing of the person in it; the counts of campaigns follow the participations, and records are the proof."""
    return {
        table: sorted(repr(sorted(item.items())) for item in items if not found_in(item, person))
        for table, items in world.everything().items()
        if table not in {"CampaignStatsTable", "ErasuresTable"}
    }
