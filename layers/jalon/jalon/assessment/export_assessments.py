"""Tests and the profile, as their owner takes them along (docs/personal-data.schema.json, ``assessments`` and ``profile``).

Positions become the names they have in the release that the test was pinned to, so that the document can be read without it.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from engine.content import Release
from engine.packing import Answered
from jalon.assessment.abridged_answer import as_given
from jalon.assessment.profile_entries import CertificationEntry, ParcoursEntry
from jalon.assessment.profiles import UserProfile
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState, Purpose
from jalon.kernel.clock import iso
from jalon.kernel.ids import CertificationId


def assessments_document(
    states: Iterable[AssessmentState], releases: Releases, published: Collection[CertificationId]
) -> list[dict[str, Any]]:
    """Every test with every answer, oldest first.

    ``published`` are the certifications whose results are: of any other one the answers are given without what came of them.
    """
    by_release = sorted(states, key=lambda state: state.release)  # each release is opened once, whatever there are of them
    tests = {state.assessment_id: _test(state, releases.pinned(state.release), _tells(state, published)) for state in by_release}
    return [tests[state.assessment_id] for state in sorted(by_release, key=lambda state: (state.started_at, state.assessment_id))]


def profile_document(profile: UserProfile, release: Release) -> dict[str, Any]:
    """What is known of the person, skill by skill, the scores that follow from it, what they saved, and what is noted from elsewhere."""
    return {
        "release": profile.release,
        "updated_at": iso(profile.updated_at) if profile.updated_at else None,
        "pix": profile.scores.pix,
        "certifiable": profile.scores.certifiable,
        "competences": {code: {"pix": score.pix, "level": score.level} for code, score in profile.scores.competences.items()},
        "skills": [
            {
                "skill": release.skills[element.skill_index].id,
                "name": release.skills[element.skill_index].name,
                "validated": element.validated,
                "inferred": not element.direct,
                "at": _iso_s(element.at),
            }
            for element in profile.knowledge
        ],
        "skills_no_longer_in_the_content": [
            {"skill": name, "validated": item.validated, "inferred": not item.direct, "at": _iso_s(item.at)}
            for name, item in sorted(profile.unplaced.items())
        ],
        "resets": {code: iso(at) for code, at in profile.resets.items()},
        "saved_tutorials": [
            {"id": tutorial, "title": _title(release, tutorial), "saved_at": iso(at)} for tutorial, at in profile.tutorials.items()
        ],
        "parcours": [_parcours(entry) for entry in profile.parcours.values()],
        "certifications": [_certification(entry) for entry in profile.certifications.values()],
    }


def _parcours(entry: ParcoursEntry) -> dict[str, Any]:
    return {
        "participation": entry.participation_id,
        "revision": entry.revision,
        "type": entry.kind,
        "campaign": entry.name,
        "code": entry.code,
        "uai": entry.uai,
        "school": entry.school,
        "status": entry.status,
        "archived": entry.archived,
        "progress_percent": entry.progress_percent,
        "mastery_percent": entry.mastery_percent,
        "pix": entry.pix,
        "assessment": entry.assessment_id,
        "started_at": iso(entry.started_at),
        "sent_at": iso(entry.shared_at) if entry.shared_at else None,
    }


def _certification(entry: CertificationEntry) -> dict[str, Any]:
    return {
        "certification": entry.certification_id,
        "version": entry.version,
        "session_number": entry.session_number,
        "centre": entry.centre,
        "taken_on": entry.taken_on.isoformat(),
        "status": entry.standing.value,
        "published_at": iso(entry.published_at) if entry.published_at else None,
        "pix": entry.pix,
        "max_pix": entry.max_pix,
        "code": entry.code,
    }


def _tells(state: AssessmentState, published: Collection[CertificationId]) -> bool:
    return state.certification_id is None or state.certification_id in published


def _test(state: AssessmentState, release: Release, tells_results: bool) -> dict[str, Any]:
    return {
        "id": state.assessment_id,
        "purpose": state.purpose.value,
        "subject": state.subject,
        "attempt": state.attempt,
        "status": state.status.value,
        "end_reason": state.end_reason,
        "release": state.release,
        "locale": state.locale,
        "started_at": iso(state.started_at),
        "updated_at": iso(state.updated_at),
        "deadline_at": iso(state.deadline_at) if state.deadline_at else None,
        "extra_time_percent": state.extra_time_percent if state.purpose is Purpose.CERTIFICATION else None,
        "levels_at_start": {code: {"pix": score.pix, "level": score.level} for code, score in state.profile_at_start.items()},
        "devices": state.epoch,
        "focus_losses": sorted(state.focus_losses),
        "results_published": tells_results,
        "answers": [_answer(number, answered, release, tells_results) for number, answered in enumerate(state.answers, start=1)],
    }


def _answer(number: int, stored: Answered, release: Release, tells_results: bool) -> dict[str, Any]:
    answered = as_given(release, stored)
    challenge = release.challenges[answered.challenge_index]
    skill = release.skills[challenge.skill_index]
    return {
        "number": number,
        "challenge": challenge.id,
        "variant": answered.variant_index,
        "skill": skill.id,
        "competence": skill.competence,
        "given": answered.answer.as_dict() if answered.answer else None,
        "result": answered.result.value if tells_results else None,
        "elapsed_ms": answered.elapsed_ms,
        "at": _iso_s(answered.at),
        "focus_lost": answered.focus_lost,
    }


def _title(release: Release, tutorial: str) -> str | None:
    known = release.tutorials.get(tutorial)
    return known.title if known else None


def _iso_s(seconds: int) -> str:
    return iso(datetime.fromtimestamp(seconds, UTC))
