"""The pupil's page in the API's words, with the addresses to go on from: *mes parcours*, *mes certifications*, *mes tutos*."""

from datetime import date, datetime
from typing import Any

from engine.content import Competence, Release
from engine.scoring import COMPETENCES_TO_CERTIFY, CompetenceScore, maximum_pix
from functions.answers.profile_schemas import ProfileView, SavedTutorialsView
from jalon.assessment.competence_card import competence_card
from jalon.assessment.improving import days_before_another, days_before_retrying
from jalon.assessment.presentation import present_tutorial
from jalon.assessment.profile_entries import CertificationEntry, CertificationStanding, ParcoursEntry
from jalon.assessment.profiles import AttemptCard, UserProfile
from jalon.assessment.state import Purpose
from jalon.kernel.clock import iso

Json = dict[str, Any]

#: *Mes parcours*, *Mes certifications*, *Mes tutos*.
_LINKS = {"participations": "/v1/participations", "certifications": "/v1/me/certifications", "tutorials": "/v1/me/tutorials"}
#: Where each test that is not a competence's is gone on with or looked at.
_TEST_LINKS = {
    Purpose.CAMPAIGN: "/v1/participations/{subject}",
    Purpose.CERTIFICATION: "/v1/certifications/{subject}",
    Purpose.DISCOVERY: "/v1/assessments/{assessment_id}",
}


def profile_view(release: Release, profile: UserProfile, now: datetime, site_url: str) -> ProfileView:
    """The whole profile, which is in ``release``; ``site_url`` is where certificates are checked."""
    scores = profile.scores
    tests = [card for card in profile.cards.values() if card.purpose is not Purpose.COMPETENCE]
    document = {
        "pix": scores.pix,
        "max_pix": maximum_pix(release),
        "max_level": release.max_level,
        "release": release.version,
        "certifiable": scores.certifiable,
        "certification": {
            "competences_reached": len(scores.certifiable_competences),
            "competences_needed": COMPETENCES_TO_CERTIFY,
            "reason": None if scores.certifiable else "too_few_competences",
        },
        "competences": [_competence(release, profile, competence, now) for competence in release.competences],
        "tests": [_test(profile, card, now) for card in sorted(tests, key=lambda card: (card.at, card.key))],
        "parcours": [_parcours(profile, entry, now) for entry in sorted(profile.parcours.values(), key=_begun, reverse=True)],
        "certifications": [_certification(entry, site_url) for entry in sorted(profile.certifications.values(), key=_taken, reverse=True)],
        "tutorials": _saved_tutorials(release, profile),
        "links": _LINKS,
        "updated_at": _optional_iso(profile.updated_at),
    }
    return ProfileView.model_validate(document)


def tutorials_view(release: Release, profile: UserProfile) -> SavedTutorialsView:
    """The saved tutorials that the learning content still has, the latest saved first."""
    return SavedTutorialsView.model_validate({"items": _saved_tutorials(release, profile)})


def _saved_tutorials(release: Release, profile: UserProfile) -> list[Json]:
    saved = sorted(profile.tutorials.items(), key=lambda item: (item[1], item[0]), reverse=True)
    return [present_tutorial(release.tutorials[name]) | {"saved_at": iso(at)} for name, at in saved if name in release.tutorials]


def _competence(release: Release, profile: UserProfile, competence: Competence, now: datetime) -> Json:
    score = profile.scores.competences.get(competence.code, CompetenceScore(0, 0))
    card = competence_card(release, profile, competence.code, now)
    return {
        "code": competence.code,
        "name": competence.name,
        "domain": competence.domain,
        "pix": score.pix,
        "level": score.level,
        "state": card.progress.value,
        "assessment_id": card.assessment_id,
        "days_before_improving": card.days_before_improving,
        "days_before_reset": card.days_before_reset,
    }


def _test(profile: UserProfile, card: AttemptCard, now: datetime) -> Json:
    """One test that is not a competence's."""
    return {
        "assessment_id": card.assessment_id,
        "purpose": card.purpose.value,
        "subject": card.subject,
        "attempt": card.attempt,
        "status": card.status.value,
        "answered": card.answered if card.follows_answers else None,
        "updated_at": iso(card.at),
        "days_before_retrying": _days_before_retrying(profile, card, now),
        "link": _TEST_LINKS[card.purpose].format(subject=card.subject, assessment_id=card.assessment_id),
    }


def _days_before_retrying(profile: UserProfile, card: AttemptCard, now: datetime) -> int | None:
    """None where nothing is taken again: a campaign's finished test is while its campaign allows it, a discovery test always."""
    if card.purpose is Purpose.DISCOVERY:
        return days_before_another(card, now)
    return days_before_retrying(profile, card.subject, now) if card.purpose is Purpose.CAMPAIGN else None


def _parcours(profile: UserProfile, entry: ParcoursEntry, now: datetime) -> Json:
    return {
        "id": entry.participation_id,
        "campaign_id": entry.campaign_id,
        "type": entry.kind,
        "name": entry.name,
        "code": entry.code,
        "uai": entry.uai,
        "school": entry.school,
        "status": entry.status,
        "archived": entry.archived,
        "progress_percent": entry.progress_percent,
        "mastery_percent": entry.mastery_percent,
        "pix": entry.pix,
        "started_at": iso(entry.started_at),
        "shared_at": _optional_iso(entry.shared_at),
        "assessment_id": entry.assessment_id,
        "can_send": entry.may_send and not entry.archived,
        "days_before_retrying": days_before_retrying(profile, entry.participation_id, now),
        "link": f"/v1/participations/{entry.participation_id}",
    }


def _certification(entry: CertificationEntry, site_url: str) -> Json:
    counts = entry.standing is CertificationStanding.VALIDATED
    return {
        "id": entry.certification_id,
        "session_number": entry.session_number,
        "taken_on": entry.taken_on.isoformat(),
        "centre": entry.centre,
        "status": entry.standing.value,
        "published_at": _optional_iso(entry.published_at),
        "pix": entry.pix,
        "max_pix": entry.max_pix,
        "code": entry.code,
        "verification": f"{site_url.rstrip('/')}/v" if entry.code else None,
        "certificate": f"/v1/me/certifications/{entry.certification_id}/certificate.pdf" if counts else None,
    }


def _begun(entry: ParcoursEntry) -> tuple[datetime, str]:
    return entry.started_at, entry.key


def _taken(entry: CertificationEntry) -> tuple[date, str]:
    return entry.taken_on, entry.key


def _optional_iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
