"""The outline of a release: which skills and challenges it has and which skill a challenge tests, without a word of what is asked.

It is all that is needed to tell what earlier answers have shown, whichever release they were given in. A pupil's tests are spread over
years of releases: an outline is about a twentieth of a whole release to read and to open, and a thirtieth to keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.content import Release, Skill
from engine.errors import UnknownReferenceError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A challenge of an outline: its id, and the position of the skill that it tests."""

    id: str
    skill_index: int


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The outline of one release; its positions are that release's. Made with :meth:`of`, opened with :meth:`from_bundle`."""

    version: str
    skills: tuple[Skill, ...]
    challenges: tuple[Placed, ...]
    _by_id: Mapping[str, int] = field(init=False, repr=False)
    _by_tube: Mapping[str, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_tube: dict[str, list[Skill]] = {}
        for skill in self.skills:
            by_tube.setdefault(skill.tube, []).append(skill)
        tubes = {tube: tuple(skill.index for skill in sorted(chain, key=lambda skill: skill.level)) for tube, chain in by_tube.items()}
        object.__setattr__(self, "_by_id", {skill.id: skill.index for skill in self.skills})
        object.__setattr__(self, "_by_tube", tubes)

    @classmethod
    def of(cls, release: Release) -> "Outline":
        """The outline of a release.

        >>> from engine.synthetic import synthetic_release
        >>> outline = Outline.of(synthetic_release())
        >>> outline.challenges[3].id, outline.skills[outline.challenges[3].skill_index].id
        ('ch3', '1.1-1-2')
        """
        return cls(release.version, release.skills, tuple(Placed(item.id, item.skill_index) for item in release.challenges))

    @classmethod
    def from_bundle(cls, bundle: bytes) -> "Outline":
        """An outline from its gzipped JSON file. Raises :class:`~engine.errors.InvalidContentError`.

        >>> Outline.from_bundle(b"not a bundle")
        Traceback (most recent call last):
            ...
        engine.errors.InvalidContentError: the outline cannot be read: Error -3 while decompressing data: incorrect header check
        """
        from engine.bundles import open_outline  # json and zlib are paid only by those who open bundles

        return open_outline(bundle)

    def as_json(self) -> dict[str, Any]:
        """What its file holds, before gzip.

        >>> from engine.synthetic import synthetic_release
        >>> Outline.of(synthetic_release()).as_json()["challenges"][3]
        {'id': 'ch3', 'skill': '1.1-1-2'}
        """
        return {
            "format": FORMAT,
            "version": self.version,
            "skills": [
                {"id": skill.id, "tube": skill.tube, "competence": skill.competence, "level": skill.level, "name": skill.name}
                for skill in self.skills
            ],
            "challenges": [{"id": item.id, "skill": self.skills[item.skill_index].id} for item in self.challenges],
        }

    def tube_skills(self, tube_id: str) -> tuple[int, ...]:
        """As :meth:`engine.content.Release.tube_skills`.

        >>> from engine.synthetic import synthetic_release
        >>> Outline.of(synthetic_release()).tube_skills("1.1-2")
        (7, 8, 9, 10, 11, 12, 13)
        """
        try:
            return self._by_tube[tube_id]
        except KeyError:
            raise UnknownReferenceError(f"this release has no tube {tube_id!r}") from None

    def skill_index(self, skill_id: str) -> int:
        """As :meth:`engine.content.Release.skill_index`.

        >>> from engine.synthetic import synthetic_release
        >>> Outline.of(synthetic_release()).skill_index("1.1-1-2")
        1
        """
        try:
            return self._by_id[skill_id]
        except KeyError:
            raise UnknownReferenceError(f"this release has no skill {skill_id!r}") from None

    def has_skill(self, skill_id: str) -> bool:
        """As :meth:`engine.content.Release.has_skill`.

        >>> from engine.synthetic import synthetic_release
        >>> outline = Outline.of(synthetic_release())
        >>> outline.has_skill("1.1-1-2"), outline.has_skill("9.9-1-2")
        (True, False)
        """
        return skill_id in self._by_id


#: What tells positions from names: a release, or its outline where that is enough.
Structure = Release | Outline
