"""No refusal that a test provokes may be missing from the API's document: what ``tools.refusals`` reads off the code, seen from outside."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from jalon.edge import problems
from tools.openapi import DOCUMENT
from tools.problems_page import codes_of

#: Answered anywhere, and told of where it may be expected: faults of ours, and bodies sent to routes that take none.
_ANYWHERE = frozenset({"internal_error", "malformed_body", "too_large", "unsupported_media_type"})


@cache
def _documented() -> tuple[tuple[re.Pattern[str], frozenset[tuple[str, str]]], ...]:
    """For each path, as a pattern, the statuses and codes that its operations tell of."""
    document = json.loads(DOCUMENT.read_text())
    return tuple(
        (
            re.compile(re.sub(r"{\w+}", "[^/]+", path)),
            frozenset(
                (status, code)
                for operation in item.values()
                for status, response in operation["responses"].items()
                for code in codes_of([response], document)
            ),
        )
        for path, item in document["paths"].items()
    )


@cache
def _field_codes() -> frozenset[str]:
    """The codes that a field may be refused with, as the document lists them."""
    problem = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Problem"]
    return frozenset(problem["properties"]["errors"]["items"]["properties"]["code"]["enum"])


def untold(status: int, code: str, path: str) -> bool:
    """Whether a path of the document tells nothing of this refusal."""
    told = [codes for pattern, codes in _documented() if pattern.fullmatch(path)]
    return bool(told) and code not in _ANYWHERE and not any((str(status), code) in codes for codes in told)


@pytest.fixture(autouse=True)
def refusals_are_documented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that was refused with what the document does not tell of the path."""
    missing: set[str] = set()
    make = problems.problem

    def noted(status: int, title: str, code: str, detail: str, instance: str = "", *others: Any) -> dict[str, Any]:
        if untold(status, code, instance):
            missing.add(f"{status} {code} at {instance}")
        made = make(status, title, code, detail, instance, *others)
        missing.update(
            f"errors[].code {each['code']} at {instance}" for each in made.get("errors", ()) if each["code"] not in _field_codes()
        )
        return made

    monkeypatch.setattr(problems, "problem", noted)
    yield
    assert not missing, f"docs/openapi.json does not tell of {sorted(missing)}: run `python -m tools.openapi`, or mend tools/refusals.py"
