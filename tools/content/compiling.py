"""From the files of ``content/`` to the content of a release: every variant drawn, every solution computed."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.challenge import Accessibility
from tools.content import priors
from tools.content.chance import Draw
from tools.content.expressions import ExpressionError, evaluate, render
from tools.content.forms import FORMS, FormError, make
from tools.content.generators.documents import MEDIA_TYPES
from tools.content.generators.library import LIBRARY
from tools.content.model import Attachment, Compiled, CompiledChallenge, Shown
from tools.content.reading import Source, TubeFile

USUAL_VARIANTS = 6
LEAST_GUESS = 0.0001  # nothing is impossible to guess, and a model needs a positive chance
_REDRAWS = 60
LANGUAGES = {"en": "en", "simple": "fr-simple"}  # key in the file → locale of the release
_LABELS = {"fr": "Votre réponse", "en": "Your answer", "fr-simple": "Votre réponse"}
_ORDER_LABELS = {"fr": "Les lettres dans l’ordre", "en": "The letters in order", "fr-simple": "Les lettres dans l’ordre"}


class CompileError(ValueError):
    """A challenge that cannot be compiled; the message names it and says why."""


def compile_source(source: Source) -> Compiled:
    """Compile everything. Challenges that fail are left out and named in ``problems``."""
    problems: list[str] = []
    tutorials: list[dict[str, Any]] = []
    tubes: list[dict[str, Any]] = []
    skills: list[dict[str, Any]] = []
    challenges: list[CompiledChallenge] = []
    for file in source.tubes:
        own = list(_tutorials(file))
        tutorials += own
        tubes.append({"id": file.id, "competence": file.competence, "name": file.data["name"], "tutorials": [t["id"] for t in own]})
        for level, skill in sorted(file.data["skills"].items()):
            skill_id = f"{file.id}-{level}"
            listed = [own[number - 1]["id"] for number in skill.get("tutorials", range(1, len(own) + 1))]
            skills.append({"id": skill_id, "tube": file.id, "level": int(level), "name": skill["name"], "tutorials": listed})
            for key, challenge in ((key, value) for key, value in skill.items() if re.fullmatch("[a-z]", key)):
                for locale, part in _in_each_language(challenge):
                    try:
                        challenges.append(_challenge(f"{skill_id}-{key}", skill_id, int(level), locale, part, source.priors))
                    except CompileError as error:
                        problems.append(str(error))
    framework = source.framework
    return Compiled(
        max_level=framework["max_level"],
        domains=tuple({"code": d["code"], "name": d["name"]} for d in framework["domains"]),
        competences=tuple(
            {"code": c["code"], "domain": d["code"], "name": c["name"]} for d in framework["domains"] for c in d["competences"]
        ),
        tubes=tuple(tubes),
        skills=tuple(skills),
        challenges=tuple(challenges),
        tutorials=tuple(tutorials),
        target_profiles=tuple(_profile(profile, skills, tubes) for profile in source.target_profiles),
        problems=tuple(problems),
        files_of_tubes={file.id: str(file.path) for file in source.tubes},
    )


def _tutorials(file: TubeFile) -> Iterator[dict[str, Any]]:
    for number, tutorial in enumerate(file.data.get("tutorials", []), start=1):
        written = "text" in tutorial
        record = {
            "id": f"{file.id}-t{number}",
            "title": tutorial["title"],
            "source": tutorial.get("source", "Jalon"),
            "format": tutorial.get("format", "texte" if written else "page"),
            "duration_s": tutorial["minutes"] * 60,
        }
        yield record | ({"text": tutorial["text"].strip()} if written else {"url": tutorial["url"]})


def _profile(profile: Mapping[str, Any], skills: list[dict[str, Any]], tubes: list[dict[str, Any]]) -> dict[str, Any]:
    """``skills`` as written, or ``tubes`` with a ceiling; ``competences: {"1.1": 5}`` stands for all their tubes."""
    named = {"id": profile["id"], "name": profile["name"], "kind": profile.get("kind", "parcours")}
    if "skills" in profile:
        return named | {"skills": list(profile["skills"])}
    ceilings = [
        {"id": tube["id"], "max_level": profile["competences"][tube["competence"]]}
        for tube in tubes
        if tube["competence"] in profile.get("competences", {})
    ]
    listed = {tube["id"] for tube in profile.get("tubes", [])}
    ceilings = [tube for tube in ceilings if tube["id"] not in listed] + [dict(tube) for tube in profile.get("tubes", [])]
    lowest = {tube["id"]: min((s["level"] for s in skills if s["tube"] == tube["id"]), default=1) for tube in tubes}
    kept = [tube for tube in ceilings if tube["max_level"] >= lowest.get(tube["id"], 1)]
    return named | {"tubes": kept}


def _in_each_language(challenge: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """French, then each translation: what it does not say again is taken from the French."""
    base = {key: value for key, value in challenge.items() if key not in LANGUAGES}
    yield "fr", base
    for key, locale in LANGUAGES.items():
        if key in challenge:
            translated = dict(challenge[key])
            other_form = any(form in translated for form in FORMS)
            yield locale, {**{k: v for k, v in base.items() if not (other_form and k in FORMS)}, **translated}


def _challenge(base_id: str, skill: str, level: int, locale: str, part: Mapping[str, Any], prior: Mapping[str, Any]) -> CompiledChallenge:
    id_ = base_id if locale == "fr" else f"{base_id}-{locale.rsplit('-', 1)[-1]}"
    try:
        made = _variants(base_id, locale, part)
    except (ExpressionError, FormError, ValueError, KeyError, TypeError) as error:
        raise CompileError(f"{id_}: {error}") from error
    type_ = made[0][0]
    variants = tuple(shown for _, shown in made)
    guess = max(round(max(shown.blind_chance for shown in variants), 4), LEAST_GUESS)
    difficulty, discrimination = priors.parameters(prior, level, type_, guess)
    return CompiledChallenge(
        id=id_,
        skill=skill,
        level=level,
        type=type_,
        locale=locale,
        timer_s=part.get("timer"),
        focused=bool(part.get("focus", False)),
        status=part.get("status", "validated"),
        accessibility=_accessibility(part),
        difficulty=difficulty,
        discrimination=discrimination,
        guess=guess,
        variants=variants,
        spotted=bool(part.get("spotted", False)),
        brands=frozenset(part.get("brands", [])),
    )


def _accessibility(part: Mapping[str, Any]) -> tuple[str, ...]:
    """What a pupil can do without: ``obstacles`` in the file names what is needed after all."""
    obstacles = part.get("obstacles", [])
    return tuple(
        flag.value
        for flag, need in (
            (Accessibility.SCREEN_READER, "sight"),
            (Accessibility.COLOUR_BLIND, "colours"),
            (Accessibility.KEYBOARD, "pointer"),
        )
        if need not in obstacles
    )


def _variants(base_id: str, locale: str, part: Mapping[str, Any]) -> list[tuple[str, Shown]]:
    cases = _cases(part.get("cases"))
    count = part.get("variants", max(USUAL_VARIANTS if len(cases) < 5 else 0, len(cases)))
    made: list[tuple[str, Shown]] = []
    digests: set[str] = set()
    for number in range(count):
        for redraw in range(_REDRAWS):
            draw = Draw(f"{base_id}#{number}" + (f"/{redraw}" if redraw else ""))
            variant = _variant(part, cases[number % len(cases)], number, draw, locale)
            digest = fingerprint(variant[1])
            if digest not in digests:
                break
        else:
            raise FormError(f"{count} variants are wanted but only {len(made)} different ones can be drawn")
        digests.add(digest)
        made.append(variant)
    return made


def fingerprint(shown: Shown) -> str:
    """Equal for two variants that show a pupil the same thing, whatever the order of choices and fields."""
    record = shown.public()
    record["choices"] = sorted(choice["text"] for choice in shown.choices)
    record["fields"] = sorted((field["label"], sorted(field.get("options", []))) for field in shown.fields)
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _variant(part: Mapping[str, Any], case: Mapping[str, Any], number: int, draw: Draw, locale: str) -> tuple[str, Shown]:
    functions: dict[str, Callable[..., Any]] = {
        "between": draw.between, "pick": draw.pick, "sample": draw.sample, "shuffled": draw.shuffled,
    }  # fmt: skip
    scope: dict[str, Any] = {**LIBRARY, **functions, "n": number, **case}
    for name, expression in part.get("given", {}).items():
        if name in case:
            raise FormError(f"`{name}` is both a column of `cases` and a name of `given`")
        scope[name] = evaluate(expression, scope) if isinstance(expression, str) else expression
    body = {key: render(value, scope) for key, value in part.items() if key not in {"cases", "given", "variants", "files", "images"}}
    body["instruction"] = str(body.pop("ask")).strip()
    body.setdefault("label", (_ORDER_LABELS if "order" in part else _LABELS)[locale])
    type_, shown = make(body, draw)
    files = [_attachment(render(file, scope)) for key in ("files", "images") for file in part.get(key, [])]
    return type_, Shown(
        instruction=shown.instruction,
        solution=shown.solution,
        blind_chance=part.get("guess", shown.blind_chance),
        right=shown.right,
        wrong=shown.wrong,
        fields=shown.fields,
        choices=shown.choices,
        files=tuple(files),
    )


def _attachment(file: Mapping[str, Any]) -> Attachment:
    body = file["content"]
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        raise FormError(f"the file {file['name']} has no content made by a file generator")
    extension = file["name"].rsplit(".", 1)[-1].lower()
    media_type = MEDIA_TYPES.get(extension, "application/octet-stream")
    return Attachment(file["name"], media_type, body, hashlib.sha256(body).hexdigest(), file.get("alt"))


def _cases(cases: Any) -> list[dict[str, Any]]:
    r"""The rows of a pipe table, or a list of mappings; one empty case where nothing is listed.

    >>> _cases("mot | nombre\nchat | 3")
    [{'mot': 'chat', 'nombre': 3}]
    """
    if cases is None:
        return [{}]
    if isinstance(cases, list):
        return [dict(case) for case in cases]
    lines = [[cell.strip() for cell in line.split(" | ")] for line in str(cases).strip().splitlines()]
    names = lines[0]
    for line in lines:
        if len(line) != len(names):
            raise FormError(f"the row « {' | '.join(line)} » does not have the {len(names)} cells of its heading")
    return [{name: _value(text) for name, text in zip(names, line, strict=True)} for line in lines[1:]]


def _value(text: str) -> Any:
    """A cell: a number is a number unless it stands between quotes."""
    if re.fullmatch(r"-?(?:0|[1-9][0-9]*)", text):
        return int(text)
    if re.fullmatch(r"-?(?:0|[1-9][0-9]*)\.[0-9]+", text):
        return float(text)
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text
