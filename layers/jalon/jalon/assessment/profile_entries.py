"""*Mes parcours* and *Mes certifications* as they lie in a profile: noted by the contexts they come from, never read back by them.

An entry tells everything the pupil's page shows of one participation or one certification, so that the page is one read. Each has a
version of its own: of two entries of the same thing the greater counts, in whatever order and however often they come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from jalon.kernel.ids import AssessmentId, CampaignCode, CampaignId, CertificationId, SessionNumber, Uai, VerificationCode

#: Of each kind. A participation takes about 70 bytes of the item, which is written whole at each change.
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class ParcoursEntry:
    """A pupil's participation in a campaign.

    ``revision`` grows with each change of the participation. ``kind`` and ``status`` are the campaigns' words. ``may_retry`` and
    ``may_send`` say what the campaign allows as things stand, ``archived`` takes both away and is never taken back.
    ``mastery_percent`` (validated over assessed skills) is known once the test is over, ``pix`` once a profile is sent.
    """

    participation_id: str
    campaign_id: CampaignId
    revision: int
    kind: str
    name: str
    code: CampaignCode
    uai: Uai
    school: str | None
    status: str
    progress_percent: int
    started_at: datetime
    shared_at: datetime | None = None
    assessment_id: AssessmentId | None = None
    mastery_percent: int | None = None
    pix: int | None = None
    may_retry: bool = False
    may_send: bool = False
    archived: bool = False

    @property
    def key(self) -> str:
        return self.participation_id

    def joined(self, other: "ParcoursEntry") -> "ParcoursEntry":
        """What both say together: the later one, archived if either is."""
        later = max(self, other, key=_revision)
        return replace(later, archived=self.archived or other.archived)


class CertificationStanding(StrEnum):
    """What a pupil may know of a certification: nothing of its result before it is published."""

    AWAITING_RESULTS = "awaiting_results"
    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CertificationEntry:
    """A pupil's certification; ``version`` is that of its published result, 0 before there is one.

    ``taken_on`` is the day on the wall of the session's room. ``pix``, ``max_pix`` and ``code`` are those of a certificate that counts.
    """

    certification_id: CertificationId
    version: int
    session_number: SessionNumber
    centre: str
    taken_on: date
    standing: CertificationStanding = CertificationStanding.AWAITING_RESULTS
    published_at: datetime | None = None
    pix: int | None = None
    max_pix: int | None = None
    code: VerificationCode | None = None

    @property
    def key(self) -> str:
        return self.certification_id

    def joined(self, other: "CertificationEntry") -> "CertificationEntry":
        """The later version; of the same one, the revoked."""
        return max(self, other, key=_version)


ProfileEntry = ParcoursEntry | CertificationEntry


@dataclass(frozen=True, slots=True)
class Entries:
    """All the entries of one profile, each under its key."""

    parcours: Mapping[str, ParcoursEntry]
    certifications: Mapping[str, CertificationEntry]


def entries_of(noted: Iterable[ProfileEntry], before: Entries | None = None) -> Entries:
    """These entries joined with those before: the same in whatever order and however often they come, within :data:`MOST_ENTRIES`.

    Beyond it the participations that were sent longest ago fall out, then the oldest of the others; and the oldest certifications.
    """
    parcours = dict(before.parcours) if before else {}
    certifications = dict(before.certifications) if before else {}
    for entry in noted:
        if isinstance(entry, ParcoursEntry):
            parcours[entry.key] = entry.joined(parcours.get(entry.key, entry))
        else:
            certifications[entry.key] = entry.joined(certifications.get(entry.key, entry))
    return Entries(
        parcours={entry.key: entry for entry in sorted(parcours.values(), key=_worth_keeping, reverse=True)[:MOST_ENTRIES]},
        certifications={entry.key: entry for entry in sorted(certifications.values(), key=_recent, reverse=True)[:MOST_ENTRIES]},
    )


def _revision(entry: ParcoursEntry) -> int:
    return entry.revision


def _version(entry: CertificationEntry) -> tuple[int, bool]:
    return entry.version, entry.standing is CertificationStanding.REVOKED


def _worth_keeping(entry: ParcoursEntry) -> tuple[bool, datetime, str]:
    return entry.shared_at is None, entry.shared_at or entry.started_at, entry.key


def _recent(entry: CertificationEntry) -> tuple[date, str]:
    return entry.taken_on, entry.key
