"""The scores that come with a test: what the test itself knows while it runs, the profile's once it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.content import Release
from engine.knowledge import Knowledge, elements_of
from engine.scoring import CompetenceScore, Profile, score_competence
from jalon.assessment.state import AssessmentState


class Basis(StrEnum):
    """What shown scores count: ``test``, what was known when the test began and its own answers; ``profile``, every test of the user."""

    TEST = "test"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class ShownScores:
    """``competences`` are those that the test asks about, in the release's order; ``pix`` is the total over all, None where not known."""

    basis: Basis
    pix: int | None
    competences: Mapping[str, CompetenceScore]


def shown_scores(release: Release, state: AssessmentState, profile: Profile | None) -> ShownScores:
    """The profile's figures where there is a profile to show, else the test's."""
    return scores_of_test(release, state) if profile is None else scores_of_profile(release, state, profile)


def scores_of_test(release: Release, state: AssessmentState) -> ShownScores:
    """What the item alone can say, without a read: no total, since other tests may have changed their competences meanwhile."""
    at_start = Knowledge.unpack(state.knowledge_at_start)
    knowledge = at_start.updated(elements_of(release, state.target, at_start, state.answers))
    return ShownScores(Basis.TEST, None, {code: score_competence(release, code, knowledge) for code in _touched(release, state)})


def scores_of_profile(release: Release, state: AssessmentState, profile: Profile) -> ShownScores:
    """The profile's total, and its scores of the test's competences."""
    nothing = CompetenceScore(0, 0)
    return ShownScores(Basis.PROFILE, profile.pix, {code: profile.competences.get(code, nothing) for code in _touched(release, state)})


def _touched(release: Release, state: AssessmentState) -> tuple[str, ...]:
    codes = {release.skills[index].competence for index in state.target}
    return tuple(competence.code for competence in release.competences if competence.code in codes)
