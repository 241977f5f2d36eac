"""A small release for the tests: six competences of two topics and three levels, every type of question, planted solutions.

All of it is in French, competence 1.2 and one skill of 1.1 in English too, and one skill of 1.1 in simple French.
"""

import gzip
import json
from functools import cache
from typing import Any

from engine.content import Release

VERSION = "2026.1-0123456789ab"
#: Stands in every solution text; a test greps responses and logs for it.
PLANTED = "zanzibar-solution"
COMPETENCES = ("1.1", "1.2", "2.1", "3.1", "4.1", "5.1")
LEVELS = (1, 2, 3)
CAMPAIGN_PROFILE = "tp_campaign"
DISCOVERY_PROFILE = "discovery"
IN_ENGLISH = ("tube11a_1", "tube12a_1", "tube12a_2", "tube12a_3", "tube12b_1", "tube12b_2", "tube12b_3")
IN_SIMPLE_FRENCH = ("tube11a_2",)


def _skill_id(tube: str, level: int) -> str:
    return f"{tube}_{level}"


def _challenge(tube: str, level: int, rank: int, locale: str = "fr") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rank-th challenge of a skill: types take turns; the third level's second one is timed, its first focused."""
    kind = ("QCU", "QROC", "QROCM-ind", "QCM", "QROCM-dep")[(level + rank) % 5]
    challenge_id = f"ch_{tube}_{level}_{rank}" + ("" if locale == "fr" else f"_{locale}")
    challenge: dict[str, Any] = {
        "id": challenge_id,
        "skill": _skill_id(tube, level),
        "type": kind,
        "locale": locale,
        "timer_s": 30 if (level, rank) == (3, 1) else None,
        "focused": (level, rank) == (3, 0),
        "accessibility": [],
        "status": "validated",
        "difficulty": float(level - 2),
        "discrimination": 1.0,
        "guess": 0.0,
    }
    variants, solutions = zip(*(_variant(kind, challenge_id, number) for number in range(2)), strict=True)
    return challenge | {"variants": list(variants)}, list(solutions)


def _variant(kind: str, challenge_id: str, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    instruction = f"Question {challenge_id}, jeu {number}"
    text = f"{PLANTED} {challenge_id} {number}"
    if kind in {"QCU", "QCM"}:
        choices = [{"id": choice, "text": f"Proposition {choice}"} for choice in "abcd"]
        return {"instruction": instruction, "choices": choices}, {"choices": ["b"] if kind == "QCU" else ["b", "d"]}
    names = ["f1"] if kind == "QROC" else ["f1", "f2"]
    variant = {"instruction": instruction, "fields": [{"id": name, "label": name, "kind": "text"} for name in names]}
    treatments = ["t1", "t2"]
    if kind == "QROC":
        return variant, {"accepted": [text], "kind": "text", "treatments": treatments}
    if kind == "QROCM-ind":
        return variant, {"fields": {name: {"accepted": [f"{text} {name}"], "kind": "text", "treatments": treatments} for name in names}}
    return variant, {"fields": names, "groups": [[f"{text} {name}"] for name in names], "kind": "text", "treatments": treatments}


@cache
def bundles(version: str = VERSION, max_level: int = 7, without: str = "") -> tuple[bytes, bytes]:
    """The two files of the release, gzipped; ``without`` names a tube that it does not have."""
    tubes = [(f"tube{code.replace('.', '')}{letter}", code) for code in COMPETENCES for letter in "ab"]
    tubes = [(tube, code) for tube, code in tubes if tube != without]
    pairs = [_challenge(tube, level, rank) for tube, _ in tubes for level in LEVELS for rank in range(2)]
    for locale, skills in (("en", IN_ENGLISH), ("fr-simple", IN_SIMPLE_FRENCH)):
        pairs += [_challenge(tube, int(level), 0, locale) for tube, _, level in (skill.rpartition("_") for skill in skills)]
    public = {
        "format": 1,
        "version": version,
        "max_level": max_level,
        "domains": [{"code": str(number), "name": f"Domaine {number}"} for number in range(1, 6)],
        "competences": [{"code": code, "domain": code[0], "name": f"Compétence {code}"} for code in COMPETENCES],
        "tubes": [{"id": tube, "competence": code, "name": tube, "tutorials": ["tuto_tube"]} for tube, code in tubes],
        "skills": [
            {"id": _skill_id(tube, level), "tube": tube, "level": level, "name": f"{tube} {level}", "tutorials": ["tuto_skill"]}
            for tube, _ in tubes
            for level in LEVELS
        ],
        "challenges": [challenge for challenge, _ in pairs],
        "tutorials": [
            {"id": name, "title": name, "source": "Jalon", "format": "texte", "duration_s": 60, "url": None, "text": "À lire."}
            for name in ("tuto_skill", "tuto_tube")
        ],
        "target_profiles": [
            {"id": CAMPAIGN_PROFILE, "name": "Parcours", "tubes": [{"id": "tube11a", "max_level": 3}, {"id": "tube12a", "max_level": 2}]},
            {
                "id": DISCOVERY_PROFILE,
                "name": "Découverte",
                "kind": "discovery",
                "skills": ["tube11a_1", "tube12a_2", "tube21b_3"],
            },
        ],
    }
    solutions = {"version": version, "solutions": {challenge["id"]: given for challenge, given in pairs}}
    return _zip(public), _zip(solutions)


def _zip(document: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)


@cache
def release(version: str = VERSION, without: str = "") -> Release:
    return Release.from_bundles(*bundles(version, without=without))


def right_answer(challenge_id: str, variant_text: str, kind: str) -> dict[str, Any]:
    """A right answer to a question as a client sees it; knows the solutions as this module made them."""
    number = int(variant_text.rpartition(" ")[2])
    text = f"{PLANTED} {challenge_id} {number}"
    if kind == "QCU":
        return {"choices": ["b"]}
    if kind == "QCM":
        return {"choices": ["d", "b"]}
    if kind == "QROC":
        return {"text": text.upper()}
    return {"fields": {"f1": f"{text} f1", "f2": f"{text} f2"}}


def wrong_answer(kind: str) -> dict[str, Any]:
    """A wrong answer of the shape that the type asks."""
    if kind in {"QCU", "QCM"}:
        return {"choices": ["a"]}
    return {"text": "faux"} if kind == "QROC" else {"fields": {"f1": "faux", "f2": "faux"}}
