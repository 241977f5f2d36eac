"""What the simulated pupils know: the right answers of a built release, read as data.

A real pupil has them in the head; the API never gives one before the answer. A question is found by its challenge and by
what is shown of it, as a pupil would recognise it.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
WRONG_TEXT = "zzzz-je-ne-sais-pas"


@dataclass(frozen=True, slots=True)
class Known:
    """A question of the release: the level of its skill, and its right answer."""

    level: int
    competence: str
    right: Answer


class AnswerKey:
    """The right answer to each question of one release."""

    def __init__(self, public: Mapping[str, Any], solutions: Mapping[str, Any]) -> None:
        self.version = str(public["version"])
        skills = {skill["id"]: skill for skill in public["skills"]}
        tubes = {tube["id"]: tube for tube in public["tubes"]}
        self._known: dict[tuple[str, str], Known] = {}
        for challenge in public["challenges"]:
            skill = skills[challenge["skill"]]
            competence = tubes[skill["tube"]]["competence"]
            for variant, solution in zip(challenge["variants"], solutions["solutions"][challenge["id"]], strict=True):
                known = Known(int(skill["level"]), competence, _right(solution))
                self._known[challenge["id"], _appearance(variant)] = known

    @classmethod
    def read(cls, release: Path) -> "AnswerKey":
        """The key of the current release in a folder that the content build wrote."""
        version = json.loads((release / "releases" / "current.json").read_text())["version"]
        folder = release / "releases" / version
        public, solutions = (json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes())) for name in ("public", "solutions"))
        return cls(public, solutions)

    @property
    def competences(self) -> frozenset[str]:
        """The competences that the release has questions for."""
        return frozenset(known.competence for known in self._known.values())

    def find(self, question: Mapping[str, Any]) -> Known:
        """What is known of a question as the API shows it; raises KeyError for one that is not of this release."""
        return self._known[str(question["challenge_id"]), _appearance(question)]


def _appearance(shown: Mapping[str, Any]) -> str:
    """What tells the variants of a challenge apart when they are looked at."""
    files = [file["name"] + str(file.get("alt", "")) for kind in ("attachments", "images") for file in shown.get(kind) or ()]
    parts = [
        shown["instruction"],
        [[choice["id"], choice["text"]] for choice in shown.get("choices") or ()],
        [[field["id"], field["label"], list(field.get("options") or ())] for field in shown.get("fields") or ()],
        sorted(files),
    ]
    return json.dumps(parts, ensure_ascii=False)


def _right(solution: Mapping[str, Any]) -> Answer:
    if "choices" in solution:
        return {"choices": list(solution["choices"])}
    if "accepted" in solution:
        return {"text": str(solution["accepted"][0])}
    if "groups" in solution:
        pairs = zip(solution["fields"], solution["groups"], strict=True)
        return {"fields": {field: str(group[0]) for field, group in pairs}}
    return {"fields": {field: str(rule["accepted"][0]) for field, rule in solution["fields"].items()}}


def wrong(question: Mapping[str, Any], right: Answer) -> Answer:
    """An answer that a pupil who does not know might give: another choice, or a text that is nowhere near."""
    choices = [choice["id"] for choice in question.get("choices") or ()]
    if choices:
        others = [choice for choice in choices if choice not in right["choices"]]
        return {"choices": others[:1] or choices[:1]}
    fields = question.get("fields") or ()
    if "text" in right:
        return {"text": _wrong_entry(fields[0], right["text"]) if fields else WRONG_TEXT}
    return {"fields": {field["id"]: _wrong_entry(field, right["fields"][field["id"]]) for field in fields}}


def _wrong_entry(field: Mapping[str, Any], right: str) -> str:
    """Another option of a field that offers some: any other text is refused there."""
    others = [option for option in field.get("options") or () if option != right]
    return others[0] if others else WRONG_TEXT
