"""What the compiler makes of the files: the content of one release, before it is written (docs/domain.md §2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file made at build; ``alt`` is the alternative text of an image shown with the question."""

    name: str
    media_type: str
    body: bytes
    sha256: str
    alt: str | None = None

    @property
    def is_image_shown(self) -> bool:
        """True when the page shows it, false when the pupil downloads it."""
        return self.alt is not None

    def public(self) -> dict[str, Any]:
        """The bundle's record of this file."""
        record: dict[str, Any] = {"name": self.name, "media_type": self.media_type, "sha256": self.sha256, "bytes": len(self.body)}
        return record | {"alt": self.alt} if self.alt is not None else record


@dataclass(frozen=True, slots=True)
class Shown:
    """What one variant shows and how its answer is judged.

    ``right`` and ``wrong`` are answers in the client's form (``{"choices": […]}``, ``{"text": …}``, ``{"fields": {…}}``):
    the lint proves that the grader accepts every right one and refuses every wrong one. ``blind_chance`` is the
    probability that an answer given without reading is right.
    """

    instruction: str
    solution: dict[str, Any]
    blind_chance: float
    right: tuple[dict[str, Any], ...]
    wrong: tuple[dict[str, Any], ...]
    fields: tuple[dict[str, Any], ...] = ()
    choices: tuple[dict[str, Any], ...] = ()
    files: tuple[Attachment, ...] = ()

    def public(self) -> dict[str, Any]:
        """The variant as the pupil's client receives it: no solution."""
        record: dict[str, Any] = {"instruction": self.instruction}
        if self.fields:
            record["fields"] = list(self.fields)
        if self.choices:
            record["choices"] = list(self.choices)
        attachments = [f.public() for f in self.files if not f.is_image_shown]
        images = [f.public() for f in self.files if f.is_image_shown]
        return record | ({"attachments": attachments} if attachments else {}) | ({"images": images} if images else {})


@dataclass(frozen=True, slots=True)
class CompiledChallenge:
    """One challenge in one locale, with all its variants."""

    id: str
    skill: str
    level: int
    type: str
    locale: str
    timer_s: int | None
    focused: bool
    status: str
    accessibility: tuple[str, ...]
    difficulty: float
    discrimination: float
    guess: float
    variants: tuple[Shown, ...]
    spotted: bool = False
    brands: frozenset[str] = frozenset()

    def public(self) -> dict[str, Any]:
        """The bundle's record; ``calibration: prior`` until answers of pupils have given real parameters."""
        return {
            "id": self.id,
            "skill": self.skill,
            "type": self.type,
            "locale": self.locale,
            "timer_s": self.timer_s,
            "focused": self.focused,
            "accessibility": list(self.accessibility),
            "status": self.status,
            "difficulty": self.difficulty,
            "discrimination": self.discrimination,
            "guess": self.guess,
            "calibration": "prior",
            "variants": [variant.public() for variant in self.variants],
        }


@dataclass(frozen=True, slots=True)
class Compiled:
    """All that a release holds, in its final order."""

    max_level: int
    domains: tuple[dict[str, Any], ...]
    competences: tuple[dict[str, Any], ...]
    tubes: tuple[dict[str, Any], ...]
    skills: tuple[dict[str, Any], ...]
    challenges: tuple[CompiledChallenge, ...]
    tutorials: tuple[dict[str, Any], ...]
    target_profiles: tuple[dict[str, Any], ...]
    problems: tuple[str, ...] = ()
    files_of_tubes: Mapping[str, str] = field(default_factory=dict)
