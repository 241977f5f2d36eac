"""A profile as the pupil's home page shows it: pix, levels, cards, and whether a certification is open, in one read."""

from datetime import datetime
from typing import Any

from engine.content import Competence, Release
from engine.knowledge import days_to_improve, days_to_reset
from engine.scoring import COMPETENCES_TO_CERTIFY, CompetenceScore, maximum_pix
from jalon.assessment.presentation import present_tutorial
from jalon.assessment.profiles import AttemptCard, UserProfile
from jalon.assessment.state import Purpose, Status
from jalon.kernel.clock import iso

Json = dict[str, Any]

#: *Mes parcours*, *Mes certifications*, *Mes tutos*.
LINKS = {"participations": "/v1/participations", "certifications": "/v1/me/certifications", "tutorials": "/v1/me/tutorials"}
#: Where each test that is not a competence's is gone on with or looked at.
_LINKS = {
    Purpose.CAMPAIGN: "/v1/participations/{subject}",
    Purpose.CERTIFICATION: "/v1/certifications/{subject}",
    Purpose.DISCOVERY: "/v1/assessments/{assessment_id}",
}


def present_profile(release: Release, profile: UserProfile, now: datetime) -> Json:
    """The whole profile. A card's ``state`` is ``to_start``, ``in_progress``, ``done`` (with days left) or ``to_improve``."""
    scores = profile.scores
    reached = len(scores.certifiable_competences)
    tests = [card for card in profile.cards.values() if card.purpose is not Purpose.COMPETENCE]
    return {
        "pix": scores.pix,
        "max_pix": maximum_pix(release),
        "max_level": release.max_level,
        "release": release.version,
        "certifiable": scores.certifiable,
        "certification": {
            "competences_reached": reached,
            "competences_needed": COMPETENCES_TO_CERTIFY,
            "reason": None if scores.certifiable else "too_few_competences",
        },
        "competences": [_competence(release, profile, competence, now) for competence in release.competences],
        "tests": [_test(card, now) for card in sorted(tests, key=lambda card: (card.at, card.key))],
        "tutorials": present_saved_tutorials(release, profile),
        "links": LINKS,
        "updated_at": None if profile.updated_at is None else iso(profile.updated_at),
    }


def present_saved_tutorials(release: Release, profile: UserProfile) -> list[Json]:
    """The saved tutorials that the learning content still has, the latest saved first."""
    saved = sorted(profile.tutorials.items(), key=lambda item: (item[1], item[0]), reverse=True)
    return [present_tutorial(release.tutorials[name]) | {"saved_at": iso(at)} for name, at in saved if name in release.tutorials]


def _competence(release: Release, profile: UserProfile, competence: Competence, now: datetime) -> Json:
    score = profile.scores.competences.get(competence.code, CompetenceScore(0, 0))
    card = profile.cards.get(f"{Purpose.COMPETENCE.value}#{competence.code}")
    state, days_left = _card_state(card, profile.resets.get(competence.code), now)
    return {
        "code": competence.code,
        "name": competence.name,
        "domain": competence.domain,
        "pix": score.pix,
        "level": score.level,
        "state": state,
        "assessment_id": None if card is None or state == "to_start" else card.assessment_id,
        "days_before_improving": days_left,
        "days_before_reset": _days_before_reset(release, profile, competence.code, now),
    }


def _card_state(card: AttemptCard | None, reset_at: datetime | None, now: datetime) -> tuple[str, int | None]:
    if card is None or card.status is Status.ENDED or (reset_at is not None and reset_at >= card.at):
        return "to_start", None
    if card.status is Status.STARTED:
        return "in_progress", None
    days_left = days_to_improve(int(card.at.timestamp()), int(now.timestamp()))
    return ("done" if days_left else "to_improve"), days_left


def _days_before_reset(release: Release, profile: UserProfile, code: str, now: datetime) -> int | None:
    """None when there is nothing to reset."""
    last_at = max((element.at for element in profile.knowledge.within(release.competence_skills(code))), default=None)
    return None if last_at is None else days_to_reset(last_at, int(now.timestamp()))


def _test(card: AttemptCard, now: datetime) -> Json:
    """Days are null where there is nothing to take again: a campaign's finished test is, the others are not."""
    again = card.purpose is Purpose.CAMPAIGN and card.status is Status.COMPLETED
    return {
        "assessment_id": card.assessment_id,
        "purpose": card.purpose.value,
        "subject": card.subject,
        "attempt": card.attempt,
        "status": card.status.value,
        "answered": card.answered,
        "updated_at": iso(card.at),
        "days_before_retrying": days_to_improve(int(card.at.timestamp()), int(now.timestamp())) if again else None,
        "link": _LINKS[card.purpose].format(subject=card.subject, assessment_id=card.assessment_id),
    }
