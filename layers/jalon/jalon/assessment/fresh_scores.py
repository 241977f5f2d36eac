"""Scores that already count the answers of a test under way, computed from its item alone."""

from collections.abc import Mapping

from engine.content import Release
from engine.knowledge import Knowledge, elements_of
from engine.scoring import CompetenceScore, score_competence
from jalon.assessment.state import AssessmentState


def fresh_scores(release: Release, state: AssessmentState) -> dict[str, CompetenceScore]:
    """The score of every competence as the projection will show it: those the test touches anew, the others as at its start.

    The item holds all that was known of the competences its target touches, so the pupil reads their own writes without
    waiting for the projection and without a read.
    """
    at_start = Knowledge.unpack(state.knowledge_at_start)
    knowledge = at_start.updated(elements_of(release, state.target, at_start, state.answers))
    return {**state.profile_at_start, **{code: score_competence(release, code, knowledge) for code in touched(release, state)}}


def touched(release: Release, state: AssessmentState) -> tuple[str, ...]:
    """The competences a test asks about, in the release's order."""
    codes = {release.skills[index].competence for index in state.target}
    return tuple(competence.code for competence in release.competences if competence.code in codes)


def total_pix(scores: Mapping[str, CompetenceScore]) -> int:
    return sum(score.pix for score in scores.values())
