"""Participations and certifications as a profile notes them, to test with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from jalon.assessment.profile_entries import CertificationEntry, ParcoursEntry
from jalon.kernel.ids import CampaignCode, CampaignId, CertificationId, SessionNumber, Uai

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def parcours(number: int = 1, **changes: Any) -> ParcoursEntry:
    """The ``number``-th participation, begun so many hours after :data:`NOW`; an assessment just begun."""
    values: dict[str, Any] = {
        "participation_id": f"par_{number:032x}_{1:032x}",
        "campaign_id": CampaignId(f"cmp_{number:032x}"),
        "revision": 1,
        "kind": "assessment",
        "name": f"Parcours {number}",
        "code": CampaignCode("BCDFGH234"),
        "uai": Uai("0990001N"),
        "school": "Collège des Exemples",
        "status": "STARTED",
        "progress_percent": 0,
        "started_at": NOW + timedelta(hours=number),
    }
    return ParcoursEntry(**values | changes)


def certification(number: int = 1, **changes: Any) -> CertificationEntry:
    """The ``number``-th certification, taken so many days after the first; its results are awaited."""
    values: dict[str, Any] = {
        "certification_id": CertificationId(f"crt_{number:032x}"),
        "version": 0,
        "session_number": SessionNumber("12345678"),
        "centre": "Collège des Exemples",
        "taken_on": date(2026, 11, 20) + timedelta(days=number),
    }
    return CertificationEntry(**values | changes)
