"""Every file follows its published JSON Schema."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from tools.content.reading import Source, read_schema


def check(source: Source) -> Iterator[str]:
    """One line per breach, with the file and the place in it."""
    validators = {name: Draft202012Validator(read_schema(source.root, name)) for name in ("tube", "framework", "priors", "profile")}
    yield from _breaches("framework.yaml", validators["framework"], source.framework)
    yield from _breaches("priors.yaml", validators["priors"], source.priors)
    for profile in source.target_profiles:
        yield from _breaches(f"profiles/{profile['id']}.yaml", validators["profile"], {k: v for k, v in profile.items() if k != "id"})
    for tube in source.tubes:
        yield from _breaches(str(tube.path.relative_to(source.root)), validators["tube"], tube.data)


def _breaches(file: str, validator: Draft202012Validator, data: Any) -> Iterator[str]:
    for error in validator.iter_errors(data):
        place = "/".join(str(step) for step in error.absolute_path)
        hint = " A text that holds « : » must stand between quotes." if _split_text(error.instance) else ""
        yield f"{file}: /{place}: {error.message[:300]}{hint}"


def _split_text(data: Any) -> bool:
    """True when YAML has read a sentence with a colon as a key and a value."""
    items = data if isinstance(data, list) else [data]
    return any(isinstance(item, dict) and len(item) == 1 and " " in next(iter(item)) for item in items)
