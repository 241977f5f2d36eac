"""Pix and levels, from what a pupil knows (docs/domain.md §3)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
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

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> from engine.knowledge import Element
    >>> known = Knowledge.of(Element(n, True, True, at=0) for n in release.tube_skills("1.1-1"))  # one tube of four: 2 pix a skill
    >>> score_competence(release, "1.1", known)
    CompetenceScore(pix=14, level=1)
    """
    return _score(release, code, knowledge.validated())


def profile_of(release: Release, knowledge: Knowledge) -> Profile:
    """The profile over every competence of the release, in its order.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> from engine.knowledge import Element
    >>> profile = profile_of(release, Knowledge.of(Element(skill.index, skill.level <= 2, True, at=0) for skill in release.skills))
    >>> profile.pix, profile.certifiable, profile.competences["5.2"]
    (256, True, CompetenceScore(pix=16, level=2))
    """
    validated = knowledge.validated()
    competences = {competence.code: _score(release, competence.code, validated) for competence in release.competences}
    certifiable = tuple(code for code, score in competences.items() if score.level >= 1)
    return Profile(
        pix=sum(score.pix for score in competences.values()),
        competences=competences,
        certifiable=len(certifiable) >= COMPETENCES_TO_CERTIFY,
        certifiable_competences=certifiable,
    )


def maximum_pix(release: Release) -> int:
    """The most a profile can reach: 8 × max level per competence (768 at 6 levels, 896 at 7, 1024 at 8).

    >>> from engine.synthetic import synthetic_release
    >>> maximum_pix(synthetic_release())
    896
    """
    return PIX_PER_LEVEL * release.max_level * len(release.competences)


def _score(release: Release, code: str, validated: frozenset[int]) -> CompetenceScore:
    """Sums in whole units of 1/denominator pix: with fractions such as 8/7, floats would lose a pix to rounding."""
    total: Counter[int] = Counter()
    known: Counter[int] = Counter()
    for index in release.competence_skills(code):
        level = release.skills[index].level
        total[level] += 1
        known[level] += index in validated
    denominator = lcm(*total.values())
    worth = {level: min(MAX_PIX_PER_SKILL * denominator, PIX_PER_LEVEL * denominator // count) for level, count in total.items()}
    raw = sum(count * worth[level] for level, count in known.items()) // denominator
    pix = min(raw, PIX_PER_LEVEL * release.max_level)
    return CompetenceScore(pix, min(pix // PIX_PER_LEVEL, release.max_level))
