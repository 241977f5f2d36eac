"""Note participations in their pupils' profiles, where the pupil's page finds them (docs/protocol.md, "Profiles").

What is noted is always what the tables say at that moment, under the participation's revision: a change that is announced twice, late or
after the next one brings nothing back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from jalon.assessment.note_in_profile import note_in_profile
from jalon.assessment.profile_entries import ParcoursEntry
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.releases import Releases
from jalon.assessment.store import AssessmentStore
from jalon.campaigns.campaign import Campaign, CampaignStore, CampaignType
from jalon.campaigns.export_participations import every_participation
from jalon.campaigns.own_parcours import may_send
from jalon.campaigns.participation import SHARDS, Participation, ParticipationStatus, ParticipationStore, key_of
from jalon.campaigns.shared_results import AssessmentResults, ProfileResults, SharedResults, assessment_results
from jalon.campaigns.track_participation import catch_up
from jalon.kernel.ids import CampaignId, Uai, UserId
from jalon.organisations.organisation import Organisation


class FindSchool(Protocol):
    def __call__(self, uai: Uai) -> Organisation | None: ...


@dataclass(frozen=True, slots=True)
class Following:
    """What tells of a participation all that the pupil's page shows."""

    campaigns: CampaignStore
    participations: ParticipationStore
    schools: FindSchool
    assessments: AssessmentStore
    releases: Releases


def note_participation(following: Following, profiles: ProfileStore, campaign_id: CampaignId, user_id: UserId) -> bool:
    """Bring the pupil's profile up to this participation; False when there was nothing to write, or no such participation.

    Raises :class:`~jalon.assessment.change_profile.ProfileBusyError`.
    """
    participation = following.participations.find(campaign_id, user_id)
    entry = None if participation is None else _entry(following, participation)
    return entry is not None and note_in_profile(profiles, following.releases, user_id, entry)


def participants_of(following: Following, campaign_id: CampaignId) -> Iterator[UserId]:
    """Everybody who takes part in a campaign: whose profiles change when it is archived."""
    for shard in range(SHARDS):
        yield from (participation.user_id for participation in following.participations.of_shard(campaign_id, shard))


def every_parcours(following: Following, user_id: UserId, noted: Iterable[str]) -> Iterator[ParcoursEntry]:
    """All of a pupil's participations as the tables have them, each brought up to its test first.

    The list of a pupil's own lags by a moment, so those ``noted`` in the profile (by participation id) are looked up as well.
    """
    listed = {participation.participation_id: participation for participation in every_participation(following.participations, user_id)}
    missing = (following.participations.find(*key_of(identifier)) for identifier in noted if identifier not in listed)
    for participation in (*listed.values(), *missing):
        entry = None if participation is None else _entry(following, _caught_up(following, participation))
        if entry is not None:
            yield entry


def _caught_up(following: Following, participation: Participation) -> Participation:
    return catch_up(following.participations, following.assessments, following.releases, participation)


def _entry(following: Following, participation: Participation) -> ParcoursEntry | None:
    campaign = following.campaigns.find(participation.campaign_id)
    if campaign is None:
        return None
    school = following.schools(participation.uai)
    results = _results(following, campaign, participation)
    return ParcoursEntry(
        participation_id=participation.participation_id,
        campaign_id=campaign.campaign_id,
        revision=participation.revision,
        kind=campaign.type.value,
        name=campaign.name,
        code=campaign.code,
        uai=participation.uai,
        school=None if school is None else school.name,
        status=participation.status.value,
        progress_percent=participation.progress_percent,
        started_at=participation.started_at,
        shared_at=participation.shared_at,
        assessment_id=participation.assessment_id,
        mastery_percent=results.total.mastery_percent if isinstance(results, AssessmentResults) else None,
        pix=results.pix if isinstance(results, ProfileResults) else None,
        may_retry=_may_retry(participation, results),
        may_send=may_send(campaign, participation),
        archived=campaign.archived_at is not None,
    )


def _results(following: Following, campaign: Campaign, participation: Participation) -> SharedResults | None:
    """What was sent, or what the finished test would send."""
    waits = participation.status is ParticipationStatus.TO_SHARE and campaign.type is CampaignType.ASSESSMENT
    if not waits or participation.assessment_id is None:
        return participation.results
    state = following.assessments.get(participation.assessment_id)
    return None if state is None else assessment_results(following.releases.pinned(state.release), state)


def _may_retry(participation: Participation, results: SharedResults | None) -> bool:
    """Before anything is sent, and while the test has left something to improve (docs/domain.md §3)."""
    return not participation.sendings and isinstance(results, AssessmentResults) and results.total.validated < results.total.total
