"""Campaigns and participations as the API shows them."""

from functions.campaigns.campaign_schemas import (
    AssessmentResultsView,
    CampaignResultsView,
    CampaignsView,
    CampaignView,
    CodeView,
    CompetenceLevelView,
    CompetenceMeansView,
    ParticipantCountsView,
    ParticipantsView,
    ParticipantView,
    ParticipationsView,
    ParticipationView,
    ProfileResultsView,
    SkillCountView,
)
from jalon.campaigns.campaign import Campaign, CampaignPage, CampaignType
from jalon.campaigns.campaign_stats import CampaignCount, CompetenceSum
from jalon.campaigns.enter_code import CodeEntry
from jalon.campaigns.own_parcours import OwnParcours, OwnParcoursPage
from jalon.campaigns.participation import Participation, ParticipationPage, ParticipationStatus
from jalon.campaigns.shared_results import AssessmentResults, SharedResults, SkillCount
from jalon.edge.paging import encode_cursor


def campaign(stored: Campaign) -> CampaignView:
    return CampaignView(
        id=stored.campaign_id,
        code=stored.code,
        type=stored.type.value,
        name=stored.name,
        target_profile_id=stored.target_profile_id,
        multiple_sendings=stored.multiple_sendings,
        created_at=stored.created_at,
        archived_at=stored.archived_at,
    )


def campaigns(page: CampaignPage) -> CampaignsView:
    return CampaignsView(items=[campaign(stored) for stored in page.campaigns], next_cursor=encode_cursor(page.cursor))


def participants(page: ParticipationPage) -> ParticipantsView:
    return ParticipantsView(items=[_participant(each) for each in page.participations], next_cursor=encode_cursor(page.cursor))


def _participant(participation: Participation) -> ParticipantView:
    return ParticipantView(
        participation_id=participation.participation_id,
        last_name=participation.participant.last_name,
        first_name=participation.participant.first_name,
        class_name=participation.participant.class_name,
        status=participation.status.value,
        progress_percent=participation.progress_percent,
        started_at=participation.started_at,
        shared_at=participation.shared_at,
        results=_results(participation.results),
    )


def participation(parcours: OwnParcours) -> ParticipationView:
    own = parcours.participation
    return ParticipationView(
        id=own.participation_id,
        campaign_id=own.campaign_id,
        type=parcours.campaign.type.value,
        name=parcours.campaign.name,
        code=parcours.campaign.code,
        uai=parcours.school.uai,
        school=parcours.school.name,
        archived=parcours.campaign.archived_at is not None,
        status=own.status.value,
        progress_percent=own.progress_percent,
        assessment_id=own.assessment_id,
        sendings=own.sendings,
        started_at=own.started_at,
        shared_at=own.shared_at,
        can_send=parcours.can_send,
        days_before_retrying=parcours.days_before_retrying,
        results=_results(own.results),
    )


def participations(page: OwnParcoursPage) -> ParticipationsView:
    return ParticipationsView(items=[participation(each) for each in page.parcours], next_cursor=encode_cursor(page.cursor))


def code(entry: CodeEntry, own: OwnParcours | None) -> CodeView:
    return CodeView(
        code=entry.campaign.code,
        type=entry.campaign.type.value,
        name=entry.campaign.name,
        uai=entry.school.uai,
        school=entry.school.name,
        reconciliation_required=entry.ine is None,
        participation=participation(own) if own else None,
    )


def results(asked: Campaign, count: CampaignCount) -> CampaignResultsView:
    collection = asked.type is CampaignType.PROFILE_COLLECTION
    return CampaignResultsView(
        participants=ParticipantCountsView(
            started=count.statuses.get(ParticipationStatus.STARTED, 0),
            to_share=count.statuses.get(ParticipationStatus.TO_SHARE, 0),
            shared=count.statuses.get(ParticipationStatus.SHARED, 0),
            total=sum(count.statuses.values()),
        ),
        overall=_means(count.overall, pix=collection, level=False),
        certifiable=count.certifiable if collection else None,
        competences={name: _means(total, pix=collection, level=collection) for name, total in count.competences.items()},
    )


def _means(total: CompetenceSum, *, pix: bool, level: bool) -> CompetenceMeansView:
    def mean(amount: int, *, wanted: bool) -> float | None:
        return round(amount / total.results, 1) if wanted and total.results else None

    return CompetenceMeansView(
        results=total.results,
        mastery_percent=mean(total.mastery_percent, wanted=not pix),
        pix=mean(total.pix, wanted=pix),
        level=mean(total.level, wanted=level),
    )


def _results(sent: SharedResults | None) -> AssessmentResultsView | ProfileResultsView | None:
    if sent is None:
        return None
    if isinstance(sent, AssessmentResults):
        return AssessmentResultsView(
            overall=_count(sent.total), competences={name: _count(each) for name, each in sent.competences.items()}
        )
    return ProfileResultsView(
        pix=sent.pix,
        certifiable=sent.certifiable,
        certifiable_competences=sent.certifiable_competences,
        competences={name: CompetenceLevelView(pix=each.pix, level=each.level) for name, each in sent.competences.items()},
    )


def _count(skills: SkillCount) -> SkillCountView:
    return SkillCountView(total=skills.total, assessed=skills.assessed, validated=skills.validated, mastery_percent=skills.mastery_percent)
