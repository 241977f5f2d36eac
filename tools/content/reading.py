"""Reads the files of ``content/`` as plain data.

YAML is read with the core schema of YAML 1.2 only: ``oui``, ``no``, ``on`` and ``1.10`` written by a teacher stay
what they look like, and a key written twice is an error rather than a silent loss.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as BaseLoader
except ImportError:  # PyYAML without libyaml: slower, same result
    from yaml import SafeLoader as BaseLoader  # type: ignore[assignment]  # another class with the same resolvers and constructors


class ContentFileError(Exception):
    """A file of ``content/`` that cannot be read; the message names the file and the line."""


class _TeacherLoader(BaseLoader):
    """YAML 1.2 core schema, duplicate keys refused."""


_TeacherLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~)$", "n~"),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _TeacherLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _mapping(loader: _TeacherLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """Keys are always text: a level written ``3`` and one written ``"3"`` are the same, and JSON Schema wants texts."""
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is written twice", key_node.start_mark)
        seen.add(key)
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


_TeacherLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Any:
    """The data of one YAML file. Raises :class:`ContentFileError` with file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_TeacherLoader)  # noqa: S506 - a SafeLoader's child
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentFileError(f"{path}: {error}") from error


@dataclass(frozen=True, slots=True)
class TubeFile:
    """One tube as its author wrote it: ``data`` follows ``content/schema/tube.schema.json``."""

    path: Path
    competence: str
    id: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """All of ``content/``, read but not yet checked."""

    root: Path
    framework: dict[str, Any]
    priors: dict[str, Any]
    tubes: tuple[TubeFile, ...]
    target_profiles: tuple[dict[str, Any], ...]


def read_source(root: Path) -> Source:
    """Read ``framework.yaml``, ``priors.yaml``, ``profiles/*.yaml`` and ``<competence>/<tube>.yaml`` in a stable order."""
    tubes = tuple(
        TubeFile(path=path, competence=path.parent.name.split("-")[0], id=path.stem, data=read_yaml(path))
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name[0].isdigit()
        for path in sorted(folder.glob("*.yaml"))
    )
    profiles = tuple({"id": path.stem, **read_yaml(path)} for path in sorted((root / "profiles").glob("*.yaml")))
    return Source(
        root=root,
        framework=read_yaml(root / "framework.yaml"),
        priors=read_yaml(root / "priors.yaml"),
        tubes=tubes,
        target_profiles=profiles,
    )


def read_schema(root: Path, name: str) -> dict[str, Any]:
    """One published JSON Schema of ``content/schema/``."""
    schema: dict[str, Any] = json.loads((root / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema
