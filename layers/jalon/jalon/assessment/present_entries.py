"""*Mes parcours* and *Mes certifications* on the pupil's page, out of the profile alone."""

from datetime import datetime
from typing import Any

from engine.knowledge import days_to_improve
from jalon.assessment.profile_entries import CertificationEntry, CertificationStanding, ParcoursEntry
from jalon.assessment.profiles import UserProfile
from jalon.assessment.state import Purpose, Status
from jalon.kernel.clock import iso

Json = dict[str, Any]


def present_parcours(profile: UserProfile, now: datetime) -> list[Json]:
    """The user's participations, the latest begun first."""
    ordered = sorted(profile.parcours.values(), key=lambda entry: (entry.started_at, entry.key), reverse=True)
    return [_parcours(profile, entry, now) for entry in ordered]


def present_certifications(profile: UserProfile, site_url: str) -> list[Json]:
    """The user's certifications, the latest taken first; ``site_url`` is where their codes are checked."""
    ordered = sorted(profile.certifications.values(), key=lambda entry: (entry.taken_on, entry.key), reverse=True)
    return [_certification(entry, site_url) for entry in ordered]


def days_before_retrying(profile: UserProfile, participation_id: str, now: datetime) -> int | None:
    """Whole days until a campaign's test may be taken again; None where the campaign does not allow it, or not yet.

    Source: docs/domain.md §3 and §6: 4 days after its end, before anything is sent, while the campaign runs.
    """
    entry = profile.parcours.get(participation_id)
    card = profile.card(Purpose.CAMPAIGN, participation_id)
    if entry is None or not entry.may_retry or entry.archived or card is None or card.status is not Status.COMPLETED:
        return None
    return days_to_improve(int(card.at.timestamp()), int(now.timestamp()))


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
        "shared_at": None if entry.shared_at is None else iso(entry.shared_at),
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
        "published_at": None if entry.published_at is None else iso(entry.published_at),
        "pix": entry.pix,
        "max_pix": entry.max_pix,
        "code": entry.code,
        "verification": f"{site_url.rstrip('/')}/v" if entry.code else None,
        "certificate": f"/v1/me/certifications/{entry.certification_id}/certificate.pdf" if counts else None,
    }
