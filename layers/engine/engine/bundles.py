"""Opens a release from its two gzipped JSON files, and its outline from a third (their form is in docs/content.md)."""

import gc
import json
import zlib
from collections.abc import Mapping
from typing import Any

from engine import content
from engine.challenge import Attachment, Challenge, Choice, Field, Variant
from engine.errors import InvalidContentError
from engine.outline import FORMAT as OUTLINE_FORMAT
from engine.outline import Outline, Placed
from engine.solutions import Solution, parse_solution

FORMAT = 1
_GZIP = 31  # zlib's window bits for a gzip header and trailer

Json = Mapping[str, Any]


def open_release(public: bytes, solutions: bytes | None) -> content.Release:
    """The body of :meth:`engine.content.Release.from_bundles`.

    >>> import zlib
    >>> packer = zlib.compressobj(wbits=31)
    >>> open_release(packer.compress(b'{"format": 2}') + packer.flush(), None)
    Traceback (most recent call last):
        ...
    engine.errors.InvalidContentError: this engine reads bundles of format 1, not 2
    """
    collecting = gc.isenabled()
    gc.disable()  # everything made here is kept: looking for garbage meanwhile doubles the time a cold start waits
    try:
        data = _unzip(public, "the public bundle")
        if data.get("format") != FORMAT:
            raise InvalidContentError(f"this engine reads bundles of format {FORMAT}, not {data.get('format')!r}")
        return _release(data, None if solutions is None else _unzip(solutions, "the solutions"))
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidContentError(f"the bundle lacks or misplaces something: {error!r}") from error
    finally:
        if collecting:
            gc.enable()


def open_outline(bundle: bytes) -> Outline:
    """The body of :meth:`engine.outline.Outline.from_bundle`.

    >>> import zlib
    >>> packer = zlib.compressobj(wbits=31)
    >>> open_outline(packer.compress(b'{"format": 2}') + packer.flush())
    Traceback (most recent call last):
        ...
    engine.errors.InvalidContentError: this engine reads outlines of format 1, not 2
    """
    try:
        data = _unzip(bundle, "the outline")
        if data.get("format") != OUTLINE_FORMAT:
            raise InvalidContentError(f"this engine reads outlines of format {OUTLINE_FORMAT}, not {data.get('format')!r}")
        skills = tuple(
            content.Skill(index, item["id"], item["tube"], item["competence"], item["level"], item["name"])
            for index, item in enumerate(data["skills"])
        )
        position = {skill.id: skill.index for skill in skills}
        return Outline(data["version"], skills, tuple(Placed(item["id"], position[item["skill"]]) for item in data["challenges"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidContentError(f"the outline lacks or misplaces something: {error!r}") from error


def _unzip(bundle: bytes, what: str) -> Json:
    try:
        data = json.loads(zlib.decompress(bundle, _GZIP))
    except (zlib.error, ValueError) as error:
        raise InvalidContentError(f"{what} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise InvalidContentError(f"{what} must be a JSON object")
    return data


def _release(data: Json, solutions: Json | None) -> content.Release:
    tubes = tuple(content.Tube(tube["id"], tube["competence"], tube["name"], tuple(tube.get("tutorials", ()))) for tube in data["tubes"])
    skills = _skills(data["skills"], {tube.id: tube.competence for tube in tubes})
    challenges = _challenges(data["challenges"], {skill.id: skill.index for skill in skills})
    return content.Release(
        version=data["version"],
        max_level=data["max_level"],
        domains=tuple(content.Domain(domain["code"], domain["name"]) for domain in data["domains"]),
        competences=tuple(content.Competence(item["code"], item["domain"], item["name"]) for item in data["competences"]),
        tubes=tubes,
        skills=skills,
        challenges=challenges,
        tutorials={item["id"]: _tutorial(item) for item in data.get("tutorials", ())},
        target_profiles=tuple(_target_profile(profile, skills) for profile in data.get("target_profiles", ())),
        solutions=None if solutions is None else _solutions(data["version"], challenges, solutions),
    )


def _skills(items: list[Json], competence_of_tube: Mapping[str, str]) -> tuple[content.Skill, ...]:
    return tuple(
        content.Skill(
            index, item["id"], item["tube"], competence_of_tube[item["tube"]], item["level"], item["name"], tuple(item.get("tutorials", ()))
        )
        for index, item in enumerate(items)
    )


def _challenges(items: list[Json], skill_index: Mapping[str, int]) -> tuple[Challenge, ...]:
    return tuple(
        Challenge(
            index=index,
            id=item["id"],
            skill_index=skill_index[item["skill"]],
            type=item["type"],
            locale=item["locale"],
            timer_s=item.get("timer_s"),
            focused=bool(item.get("focused", False)),
            status=item["status"],
            difficulty=item.get("difficulty"),
            discrimination=item.get("discrimination"),
            guess=item.get("guess"),
            variants=tuple(_variant(variant) for variant in item["variants"]),
            accessibility=_flags(item.get("accessibility")),
        )
        for index, item in enumerate(items)
    )


def _flags(value: list[str] | Json | None) -> tuple[str, ...]:
    """Accessibility flags: a list, or an object whose true members are the flags."""
    if isinstance(value, Mapping):
        return tuple(name for name, on in value.items() if on)
    return tuple(value or ())


def _variant(item: Json) -> Variant:
    return Variant(
        instruction=item["instruction"],
        fields=tuple(
            Field(field["id"], field["label"], field["kind"], tuple(field.get("options") or ())) for field in item.get("fields") or ()
        ),
        choices=tuple(Choice(choice["id"], choice["text"]) for choice in item.get("choices") or ()),
        attachments=tuple(_attachment(file) for file in item.get("attachments") or ()),
        images=tuple(_attachment(file) for file in item.get("images") or ()),
        simulator=item.get("simulator"),
    )


def _attachment(item: Json) -> Attachment:
    return Attachment(item["name"], item["media_type"], item["sha256"], item["bytes"], item.get("alt", ""))


def _tutorial(item: Json) -> content.Tutorial:
    return content.Tutorial(
        item["id"], item["title"], item["source"], item["format"], item["duration_s"], item.get("url"), item.get("text")
    )


def _target_profile(item: Json, skills: tuple[content.Skill, ...]) -> content.TargetProfile:
    """From named skills, or from tubes with a level ceiling each; one or the other."""
    if "skills" in item:
        named = frozenset(item["skills"])
        chosen = tuple(skill.index for skill in skills if skill.id in named)
        if len(chosen) != len(named):
            raise InvalidContentError(f"target profile {item['id']} names a skill that does not exist")
    else:
        ceiling = {tube["id"]: tube["max_level"] for tube in item["tubes"]}
        chosen = content.skills_within(skills, ceiling)
        if ceiling.keys() - {skill.tube for skill in skills}:
            raise InvalidContentError(f"target profile {item['id']} names a tube that does not exist or holds no skill")
    return content.TargetProfile(item["id"], item["name"], chosen, item.get("kind", content.PARCOURS))


def _solutions(version: str, challenges: tuple[Challenge, ...], data: Json) -> dict[str, tuple[Solution, ...]]:
    if data["version"] != version:
        raise InvalidContentError(f"the solutions are those of release {data['version']}, not {version}")
    types = {challenge.id: challenge.type for challenge in challenges}
    stray = data["solutions"].keys() - types.keys()
    if stray:
        raise InvalidContentError(f"solutions for challenges that do not exist: {sorted(stray)[:5]}")
    return {
        challenge_id: tuple(parse_solution(types[challenge_id], variant) for variant in variants)
        for challenge_id, variants in data["solutions"].items()
    }
