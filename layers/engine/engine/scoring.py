"""Pix and levels, from what a pupil knows (docs/domain.md §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.content import Release
from engine.knowledge import Knowledge

PIX_PER_LEVEL: Final = 8
MAX_PIX_PER_SKILL: Final = 4
COMPETENCES_TO_CERTIFY: Final = 5
CERTIFIED_MAXIMUM: Final = 895


@dataclass(frozen=True, slots=True)
class CompetenceScore:
    """Pix (0 to 8 × max level) and level (0 to max level) in one competence."""

    pix: int
    level: int


@dataclass(frozen=True, slots=True)
class Profile:
    """The whole profile. ``certifiable_competences`` are the codes at level ≥ 1; ``certifiable`` when there are at least 5."""

    pix: int
    competences: Mapping[str, CompetenceScore]
    certifiable: bool
    certifiable_competences: tuple[str, ...]


def score_competence(release: Release, code: str, knowledge: Knowledge) -> CompetenceScore:
    """The score of one competence; raises :class:`~engine.errors.UnknownReferenceError`.

    A skill is worth min(4, 8 / number of skills at its level in its competence); the sum over validated skills is rounded
    down (exactly, in whole fractions) and capped at 8 × max level; the level is floor(pix / 8), capped.
    """
    raise NotImplementedError


def profile_of(release: Release, knowledge: Knowledge) -> Profile:
    """The profile over every competence of the release, in its order."""
    raise NotImplementedError


def maximum_pix(release: Release) -> int:
    """The most a profile can reach: 8 × max level per competence (768 at 6 levels, 896 at 7, 1024 at 8)."""
    raise NotImplementedError
