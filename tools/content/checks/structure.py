"""Identifiers, references, coverage and proportions of the whole content (docs/content.md, « Ce que vérifie le lint »)."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from tools.content.model import Compiled, Shown
from tools.content.reading import Source

MIN_CHALLENGES = 2  # a skill, validated and in French: so every test is offered in French (docs/decisions/0006)
MIN_VARIANTS = 5  # a challenge
MIN_SKILLS_AT_LEVEL = 2  # a competence: a skill is worth at most 4 pix and a level 8 (docs/domain.md §3)


def check(source: Source, compiled: Compiled) -> Iterator[str]:
    """One line per breach."""
    yield from _identifiers(source, compiled)
    yield from _skills(source, compiled)
    yield from _tutorials(compiled)
    yield from _profiles(compiled)
    yield from _coverage(source, compiled)


def _identifiers(source: Source, compiled: Compiled) -> Iterator[str]:
    codes = {competence["code"] for competence in compiled.competences}
    for tube in source.tubes:
        if tube.competence not in codes:
            yield f"{tube.path}: the folder must start with a competence's code"
    for kind, ids in (
        ("tube", [tube.id for tube in source.tubes]),
        ("challenge", [challenge.id for challenge in compiled.challenges]),
        ("target profile", [profile["id"] for profile in compiled.target_profiles]),
    ):
        yield from (f"{id_}: two {kind}s have this identifier" for id_, count in Counter(ids).items() if count > 1)
    names = Counter(skill["name"] for skill in compiled.skills)
    yield from (f"« {name} » names {count} skills" for name, count in names.items() if count > 1)


def _skills(source: Source, compiled: Compiled) -> Iterator[str]:
    french = Counter(challenge.skill for challenge in compiled.challenges if challenge.locale == "fr" and challenge.status == "validated")
    for skill in compiled.skills:
        if french[skill["id"]] < MIN_CHALLENGES:
            yield f"{skill['id']}: {french[skill['id']]} validated challenge(s) in French, {MIN_CHALLENGES} are needed"
        if not skill["tutorials"]:
            yield f"{skill['id']}: no tutorial"
    for challenge in compiled.challenges:
        if len(challenge.variants) < MIN_VARIANTS:
            yield f"{challenge.id}: {len(challenge.variants)} variants, {MIN_VARIANTS} are needed"
        if len({_answer(variant) for variant in challenge.variants}) < 2:
            yield f"{challenge.id}: every variant has the same answer; a pupil could pass it on"
        if challenge.level > source.framework["max_level"]:
            yield f"{challenge.id}: level {challenge.level} is above the highest level open ({source.framework['max_level']})"


def _answer(variant: Shown) -> str:
    """What is right in one variant, whatever the letters of its choices and the order of its fields."""
    solution = variant.solution
    if "choices" in solution:
        return str(sorted(choice["text"] for choice in variant.choices if choice["id"] in solution["choices"]))
    if isinstance(solution.get("fields"), dict):
        return str(sorted((field["label"], solution["fields"][field["id"]]["accepted"][0]) for field in variant.fields))
    return str(solution.get("accepted") or solution["groups"])


def _tutorials(compiled: Compiled) -> Iterator[str]:
    for tube in compiled.tubes:
        own = [tutorial for tutorial in compiled.tutorials if tutorial["id"] in tube["tutorials"]]
        if sum("url" in tutorial for tutorial in own) < 2 or not any("text" in tutorial for tutorial in own):
            yield f"{tube['id']}: two tutorials elsewhere and one written here are needed"
    for tutorial in compiled.tutorials:
        if "url" in tutorial:
            split = urlsplit(tutorial["url"])
            if split.scheme != "https" or not re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", split.netloc):
                yield f"{tutorial['id']}: {tutorial['url']} is not a public https address"


def _profiles(compiled: Compiled) -> Iterator[str]:
    skills = {skill["id"] for skill in compiled.skills}
    tubes = {skill["tube"] for skill in compiled.skills}
    for profile in compiled.target_profiles:
        missing = [id_ for id_ in profile.get("skills", []) if id_ not in skills]
        missing += [tube["id"] for tube in profile.get("tubes", []) if tube["id"] not in tubes]
        yield from (f"profile {profile['id']}: {id_} does not exist" for id_ in missing)
        if not profile.get("skills") and not profile.get("tubes"):
            yield f"profile {profile['id']}: empty"


def _coverage(source: Source, compiled: Compiled) -> Iterator[str]:
    """Each competence that has begun must let a pupil reach every level open."""
    competence_of = {tube["id"]: tube["competence"] for tube in compiled.tubes}
    counts = Counter((competence_of[skill["tube"]], skill["level"]) for skill in compiled.skills)
    for code in sorted(set(competence_of.values())):
        for level in range(1, source.framework.get("covered_level", source.framework["max_level"]) + 1):
            if counts[code, level] < MIN_SKILLS_AT_LEVEL:
                yield f"{code}: {counts[code, level]} skill(s) at level {level}, {MIN_SKILLS_AT_LEVEL} are needed to reach it"
