"""``docs/problems.md``: every problem that the API tells of, from the same source as the OpenAPI document and written with it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jalon.edge.field_errors import MEANINGS
from tools.field_codes import field_codes

PAGE = Path(__file__).resolve().parent.parent / "docs" / "problems.md"
_STANDARD = frozenset({"type", "title", "status", "detail", "code", "instance", "errors"})
_HEAD = """# Problems: what a refusal says, and what to do

<!-- Made from the code by `python -m tools.openapi`; `make check` compares. -->

A function refuses with `application/problem+json` (RFC 9457): `code` is stable and is what a program looks at; `detail` says in
English what is wrong and how to mend it, for who writes that program: a screen says it to people in its own words, by the code
([0009](decisions/0009-refusals-are-in-english.md)). `type` is `/problems/` and the code with hyphens for its underscores
(`invalid_input`: `/problems/invalid-input`). `errors[].pointer` names each field that cannot be accepted: in the body by its JSON pointer
(RFC 6901, `/candidates/0/birth_date`), elsewhere by the place and the name (`/path/uai`, `/query/limit`, `/header/idempotency-key`),
and `errors[].code`, as stable, says what is wrong with it ([below](#what-is-wrong-with-a-field)).
*Also tells* are the further members. Which route answers which of them stands in [openapi.json](openapi.json), with an
example of each. A refusal without a `code` is the gateway's own (no valid access token, too many requests), or that of an OAuth endpoint
(RFC 6749 §5.2, [sign-in.md](sign-in.md)), whose problems have its `error` too. A 500 is `internal_error`:
something went wrong on our side, and nothing is said of it; the same request may be sent again. 429 and 503 come with `Retry-After`.
"""


_FIELDS = """
## What is wrong with a field

`errors[].code` of a problem. The first nine are what the API's document says of a field; the others are rules of the service. A sentence
that depends on the field stands here as one field has it.

| code | it means, or says, for example |
|---|---|
"""


def page(document: Mapping[str, Any]) -> str:
    """The page for an OpenAPI document: a table for each status, a row for each code; then the codes of fields."""
    rows: dict[tuple[int, str], list[str]] = {}
    routes = _routes(document)
    for code, example in document["components"]["examples"].items():
        value = example["value"]
        told = ", ".join(f"`{name}`" for name in value if name not in _STANDARD)
        row = f"| `{code}` | {example.get('summary') or '–'} | {value['detail']} | {told or '–'} | {routes[code]} |"
        rows.setdefault((value["status"], value["title"]), []).append(row)
    parts = [_HEAD]
    for (status, title), lines in sorted(rows.items()):
        parts.append(
            f"\n## {status} {title}\n\n| code | what it means | it says, for example | also tells | routes |\n|---|---|---|---|---|\n"
        )
        parts.append("\n".join(sorted(lines)) + "\n")
    meant = field_codes()
    ordered = [*MEANINGS, *(code for code in meant if code not in MEANINGS)]
    parts += [_FIELDS, *(f"| `{code}` | {meant[code]} |\n" for code in ordered)]
    return "".join(parts)


def _routes(document: Mapping[str, Any]) -> dict[str, str]:
    """Where each code is answered: the one route, or how many."""
    found: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for code in codes_of(operation["responses"].values(), document):
                found.setdefault(code, []).append(f"`{method.upper()} {path}`")
    return {code: where[0] if len(where) == 1 else str(len(where)) for code, where in found.items()}


def codes_of(responses: Iterable[Mapping[str, Any]], document: Mapping[str, Any]) -> set[str]:
    """The codes of the problems that these responses may be."""
    found: set[str] = set()
    for response in responses:
        own = document["components"]["responses"][response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        found |= own.get("content", {}).get("application/problem+json", {}).get("examples", {}).keys()
    return found
