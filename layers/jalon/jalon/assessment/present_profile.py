"""A profile as the pupil's home page shows it: pix, levels, cards, and whether a certification is open, in one read."""

from datetime import datetime
from typing import Any

from engine.content import Competence, Release
from engine.knowledge import days_to_reset
from engine.scoring import COMPETENCES_TO_CERTIFY, CompetenceScore, maximum_pix
from jalon.assessment.improving import days_before_asking, days_before_improving
from jalon.assessment.offer import target_of_competence
from jalon.assessment.present_entries import days_before_retrying, present_certifications, present_parcours
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


def present_profile(release: Release, profile: UserProfile, now: datetime, site_url: str) -> Json:
    """The whole profile; ``site_url`` is where certificates are checked.

    A card's ``state`` is ``to_start``, ``in_progress``, ``done`` (with the days until it can be improved, null when there is nothing
    left to improve) or ``to_improve``.
    """
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
        "tests": [_test(profile, card, now) for card in sorted(tests, key=lambda card: (card.at, card.key))],
        "parcours": present_parcours(profile, now),
        "certifications": present_certifications(profile, site_url),
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
    card = _present_card(profile, competence.code)
    state, days_left = _card_state(release, profile, card, competence.code, now)
    return {
        "code": competence.code,
        "name": competence.name,
        "domain": competence.domain,
        "pix": score.pix,
        "level": score.level,
        "state": state,
        "assessment_id": None if card is None else card.assessment_id,
        "days_before_improving": days_left,
        "days_before_reset": _days_before_reset(release, profile, competence.code, now),
    }


def _present_card(profile: UserProfile, code: str) -> AttemptCard | None:
    """The competence's attempt that still counts: one that was ended, that a reset has made forgotten or that asked nothing, does not."""
    card, reset_at = profile.card(Purpose.COMPETENCE, code), profile.resets.get(code)
    if card is None or card.status is Status.ENDED or card.asked_nothing or (reset_at is not None and reset_at >= card.at):
        return None
    return card


def _card_state(release: Release, profile: UserProfile, card: AttemptCard | None, code: str, now: datetime) -> tuple[str, int | None]:
    """The state and the days before improving. A competence whose every skill is validated is done, whatever validated them."""
    if card is not None and card.status is Status.STARTED:
        return "in_progress", None
    target = target_of_competence(release, code)
    if target and days_before_asking(profile.knowledge, target, now) is None:
        return "done", None
    if card is None:
        return "to_start", None
    days_left = days_before_improving(profile.knowledge, target, card.at, now)
    return ("done" if days_left else "to_improve"), days_left


def _days_before_reset(release: Release, profile: UserProfile, code: str, now: datetime) -> int | None:
    """None when there is nothing to reset."""
    last_at = max((element.at for element in profile.knowledge.within(release.competence_skills(code))), default=None)
    return None if last_at is None else days_to_reset(last_at, int(now.timestamp()))


def _test(profile: UserProfile, card: AttemptCard, now: datetime) -> Json:
    """Days are null where nothing is taken again: a campaign's finished test is while its campaign allows it, the others are not."""
    again = card.purpose is Purpose.CAMPAIGN
    return {
        "assessment_id": card.assessment_id,
        "purpose": card.purpose.value,
        "subject": card.subject,
        "attempt": card.attempt,
        "status": card.status.value,
        "answered": card.answered,
        "updated_at": iso(card.at),
        "days_before_retrying": days_before_retrying(profile, card.subject, now) if again else None,
        "link": _LINKS[card.purpose].format(subject=card.subject, assessment_id=card.assessment_id),
    }
