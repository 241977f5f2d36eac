"""Small releases for tests, and a bundle written the way the content build writes it."""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from engine.challenge import VALIDATED, Challenge, Variant
from engine.content import Competence, Domain, Release, Skill, Tube

COMPETENCES = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2")


def challenge(index: int, skill_index: int, **changes: Any) -> Challenge:
    """A validated, untimed QROC with one variant, unless changed."""
    facts: dict[str, Any] = {
        "id": f"ch{index}",
        "type": "QROC",
        "locale": "fr",
        "timer_s": None,
        "focused": False,
        "status": VALIDATED,
        "difficulty": 0.0,
        "discrimination": 1.0,
        "guess": 0.0,
        "variants": (Variant("?"),),
    }
    return Challenge(index=index, skill_index=skill_index, **(facts | changes))


def release(
    tubes: Mapping[str, Mapping[str, Sequence[int]]],
    *,
    per_skill: int = 1,
    max_level: int = 7,
    challenges: Sequence[Mapping[str, Any]] | None = None,
    version: str = "test",
) -> Release:
    """A release from ``{competence: {tube: levels}}``.

    Each skill has ``per_skill`` plain challenges, or ``challenges`` lists them all as changes with the ``skill`` id, which is
    ``tube`` + level.
    """
    skills: list[Skill] = []
    for code, chains in tubes.items():
        for tube, levels in chains.items():
            skills += [Skill(len(skills) + n, f"{tube}{level}", tube, code, level, f"{tube}{level}") for n, level in enumerate(levels)]
    by_id = {skill.id: skill.index for skill in skills}
    if challenges is None:
        challenges = [{"skill": skill.id} for skill in skills for _ in range(per_skill)]
    made = []
    for index, changes in enumerate(challenges):
        facts = dict(changes)
        made.append(challenge(index, by_id[facts.pop("skill")], **facts))
    return Release(
        version=version,
        max_level=max_level,
        domains=tuple(Domain(code, code) for code in dict.fromkeys(code[0] for code in tubes)),
        competences=tuple(Competence(code, code[0], code) for code in tubes),
        tubes=tuple(Tube(tube, code, tube) for code, chains in tubes.items() for tube in chains),
        skills=tuple(skills),
        challenges=tuple(made),
    )


def whole_framework(*, per_skill: int = 2, levels: Sequence[int] = (1, 2, 3, 4, 5, 6, 7), tubes: int = 3) -> Release:
    """All sixteen competences, each with ``tubes`` chains over ``levels``."""
    return release({code: {f"t{code}{letter}": levels for letter in "abcdefgh"[:tubes]} for code in COMPETENCES}, per_skill=per_skill)


def gzipped(data: object) -> bytes:
    """JSON in a gzip envelope."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(json.dumps(data).encode()) + packer.flush()


PUBLIC: dict[str, Any] = {
    "format": 1,
    "version": "v1",
    "max_level": 7,
    "domains": [{"code": "1", "name": "Information et données"}],
    "competences": [{"code": "1.1", "domain": "1", "name": "Mener une recherche et une veille d'information"}],
    "tubes": [{"id": "rech", "competence": "1.1", "name": "Recherche", "tutorials": ["tuto1"]}],
    "skills": [
        {"id": "rech1", "tube": "rech", "level": 1, "name": "Chercher", "tutorials": ["tuto1"]},
        {"id": "rech2", "tube": "rech", "level": 2, "name": "Trouver", "tutorials": []},
    ],
    "challenges": [
        {
            "id": "qcu",
            "skill": "rech1",
            "type": "QCU",
            "locale": "fr-FR",
            "timer_s": None,
            "focused": True,
            "accessibility": {"screen_reader": True, "colours": False},
            "status": "validated",
            "difficulty": -1.5,
            "discrimination": 1.2,
            "guess": 0.25,
            "variants": [{"instruction": "Lequel ?", "choices": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]}],
        },
        {
            "id": "qroc",
            "skill": "rech2",
            "type": "QROC",
            "locale": "fr",
            "timer_s": 60,
            "focused": False,
            "accessibility": [],
            "status": "archived",
            "difficulty": 0.5,
            "discrimination": 0.9,
            "guess": 0.0,
            "variants": [
                {
                    "instruction": "Combien ?",
                    "fields": [{"id": "f", "label": "Nombre", "kind": "number"}],
                    "attachments": [{"name": "a.ods", "media_type": "application/ods", "sha256": "00", "bytes": 3}],
                    "images": [{"name": "a.png", "media_type": "image/png", "sha256": "01", "bytes": 4, "alt": "un chat"}],
                },
                {"instruction": "Et là ?", "fields": [{"id": "f", "label": "Nombre", "kind": "number"}]},
            ],
        },
    ],
    "tutorials": [{"id": "tuto1", "title": "Chercher", "source": "Jalon", "format": "page", "duration_s": 120, "text": "…"}],
    "target_profiles": [
        {"id": "p1", "name": "Débuter", "tubes": [{"id": "rech", "max_level": 1}]},
        {"id": "p2", "name": "Tout", "skills": ["rech2", "rech1"]},
    ],
}

SOLUTIONS: dict[str, Any] = {
    "version": "v1",
    "solutions": {
        "qcu": [{"choices": ["b"]}],
        "qroc": [{"accepted": ["12"], "kind": "number", "treatments": []}, {"accepted": ["13"], "kind": "number", "treatments": []}],
    },
}
