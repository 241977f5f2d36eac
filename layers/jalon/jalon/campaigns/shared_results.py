"""What a pupil sends to the teacher (docs/domain.md §6): a snapshot, never changed by what the pupil does later."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.content import Release
from engine.scoring import Profile
from jalon.assessment.progress import known_of_target
from jalon.assessment.state import AssessmentState
from jalon.kernel.ids import ReleaseVersion


@dataclass(frozen=True, slots=True)
class SkillCount:
    """Of a target's skills: how many there are, how many were assessed, how many of these validated."""

    total: int
    assessed: int
    validated: int

    @property
    def mastery_percent(self) -> int:
        """Validated over assessed skills, in whole per cent; 0 when none was assessed."""
        return (200 * self.validated + self.assessed) // (2 * self.assessed) if self.assessed else 0


@dataclass(frozen=True, slots=True)
class AssessmentResults:
    """The outcome of a target profile's test; the skills are positions in ``release``."""

    release: ReleaseVersion
    assessed_skills: tuple[int, ...]
    validated_skills: tuple[int, ...]
    total: SkillCount
    competences: Mapping[str, SkillCount]


@dataclass(frozen=True, slots=True)
class CompetenceLevel:
    pix: int
    level: int


@dataclass(frozen=True, slots=True)
class ProfileResults:
    """A profile on the day it was sent; a competence not begun is at zero."""

    pix: int
    certifiable: bool
    certifiable_competences: int
    competences: Mapping[str, CompetenceLevel] = field(default_factory=dict)


SharedResults = AssessmentResults | ProfileResults


def assessment_results(release: Release, state: AssessmentState) -> AssessmentResults:
    """The outcome of a finished test, over all and per competence in the release's order."""
    knowledge = known_of_target(release, state)
    assessed, validated = frozenset(knowledge.elements), knowledge.validated()
    by_competence: dict[str, set[int]] = {}
    for index in state.target:
        by_competence.setdefault(release.skills[index].competence, set()).add(index)
    return AssessmentResults(
        release=state.release,
        assessed_skills=tuple(sorted(assessed)),
        validated_skills=tuple(sorted(validated)),
        total=_count(state.target, assessed, validated),
        competences={
            competence.code: _count(by_competence[competence.code], assessed, validated)
            for competence in release.competences
            if competence.code in by_competence
        },
    )


def _count(skills: Collection[int], assessed: frozenset[int], validated: frozenset[int]) -> SkillCount:
    return SkillCount(len(skills), len(assessed.intersection(skills)), len(validated.intersection(skills)))


def profile_results(profile: Profile) -> ProfileResults:
    """A profile as it is sent."""
    return ProfileResults(
        pix=profile.pix,
        certifiable=profile.certifiable,
        certifiable_competences=len(profile.certifiable_competences),
        competences={code: CompetenceLevel(score.pix, score.level) for code, score in profile.competences.items()},
    )
