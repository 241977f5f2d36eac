"""The framework and target profiles as the API shows them."""

from typing import Any

from engine.content import Competence, Release, TargetProfile, Tube
from functions.campaigns.target_profile_schemas import (
    CompetenceTopicsView,
    DomainView,
    FrameworkView,
    SchoolTargetProfilesView,
    SchoolTargetProfileView,
    TargetProfilesView,
    TargetProfileTopicsView,
    TargetProfileView,
    TopicCeilingView,
    TopicView,
)
from jalon.campaigns.made_to_measure import MadeToMeasure, MadeToMeasurePage
from jalon.edge.paging import encode_cursor


def framework(release: Release) -> FrameworkView:
    return FrameworkView(
        release=release.version,
        max_level=release.max_level,
        domains=[
            DomainView(
                code=domain.code,
                name=domain.name,
                competences=[_competence(release, each) for each in release.competences if each.domain == domain.code],
            )
            for domain in release.domains
        ],
    )


def _competence(release: Release, competence: Competence) -> CompetenceTopicsView:
    topics = [_topic(release, tube) for tube in release.tubes if tube.competence == competence.code]
    return CompetenceTopicsView(code=competence.code, name=competence.name, topics=topics)


def _topic(release: Release, tube: Tube) -> TopicView:
    levels = {skill.level for skill in release.skills if skill.tube == tube.id and skill.level <= release.max_level}
    return TopicView(id=tube.id, name=tube.name, levels=sorted(levels))


def target_profiles(release: Release) -> TargetProfilesView:
    return TargetProfilesView(items=[TargetProfileView(**_summary(release, each)) for each in release.target_profiles])


def target_profile(release: Release, profile: TargetProfile) -> TargetProfileTopicsView:
    return TargetProfileTopicsView(**_summary(release, profile), topics=_topics(release, profile.skills))


def school_target_profiles(release: Release, page: MadeToMeasurePage) -> SchoolTargetProfilesView:
    items = [school_target_profile(release, made) for made in page.profiles]
    return SchoolTargetProfilesView(items=items, next_cursor=encode_cursor(page.cursor))


def school_target_profile(release: Release, made: MadeToMeasure) -> SchoolTargetProfileView:
    profile = TargetProfile(made.profile_id, made.name, release.skills_within(made.ceilings))
    topics = _topics(release, profile.skills)
    for topic in topics:  # as it was asked for, even where no skill stands at that very level
        topic.max_level = made.ceilings[topic.id]
    return SchoolTargetProfileView(**_summary(release, profile), topics=topics, created_at=made.created_at, withdrawn_at=made.withdrawn_at)


def _summary(release: Release, profile: TargetProfile) -> dict[str, Any]:
    codes = {release.skills[index].competence for index in profile.skills}
    return {
        "id": profile.id,
        "name": profile.name,
        "kind": profile.kind,
        "locales": release.offered_locales(profile.skills),
        "skills": len(profile.skills),
        "competences": sorted(codes),
    }


def _topics(release: Release, skills: tuple[int, ...]) -> list[TopicCeilingView]:
    """The topics of these skills in the framework's order, each with its hardest skill's level."""
    highest: dict[str, int] = {}
    for index in skills:
        skill = release.skills[index]
        highest[skill.tube] = max(skill.level, highest.get(skill.tube, 0))
    return [
        TopicCeilingView(id=tube.id, name=tube.name, competence=tube.competence, max_level=highest[tube.id])
        for tube in release.tubes
        if tube.id in highest
    ]
