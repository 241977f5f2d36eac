"""A campaign's participants as a file for spreadsheets (docs/domain.md §6): UTF-8 with a byte order mark, ``;``.

Headings are in French, as schools know them. What a participant has not sent is left empty.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.content import Release
from engine.errors import UnknownReferenceError
from jalon.campaigns.campaign import Campaign, CampaignType
from jalon.campaigns.participation import Participation
from jalon.campaigns.shared_results import AssessmentResults, CompetenceLevel, ProfileResults, SkillCount

BYTE_ORDER_MARK = "\ufeff"
#: A spreadsheet would run a cell that starts with one of these as a formula (OWASP, *CSV injection*).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NONE = SkillCount(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Framework:
    """The columns of a campaign: its *parcours*, and the competences and domains it looks at, by code with their names."""

    target_profile: str
    competences: Mapping[str, str]
    domains: Mapping[str, str]


def framework_of(release: Release, campaign: Campaign) -> Framework:
    """All of the current content for a collection; for an assessment, what its target profile looks at."""
    name, codes = "", {competence.code for competence in release.competences}
    if campaign.parcours is not None:
        name, codes = campaign.parcours.name, _competences(release, release.skills_within(campaign.parcours.ceilings))
    elif campaign.target_profile_id is not None:
        try:
            profile = release.target_profile(campaign.target_profile_id)
        except UnknownReferenceError:  # the content has dropped it since: its columns are those of every competence
            name = campaign.target_profile_id
        else:
            name, codes = profile.name, _competences(release, profile.skills)
    competences = {each.code: each.name for each in release.competences if each.code in codes}
    held = {each.domain for each in release.competences if each.code in codes}
    return Framework(name, competences, {each.code: each.name for each in release.domains if each.code in held})


def _competences(release: Release, skills: Iterable[int]) -> set[str]:
    return {release.skills[index].competence for index in skills}


def campaign_csv(organisation: str, campaign: Campaign, framework: Framework, participations: Iterable[Participation]) -> str:
    """The whole file, one row for each participant in the order given."""
    collection = campaign.type is CampaignType.PROFILE_COLLECTION
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*_common_heading(collection), *(_profile_heading(framework) if collection else _skills_heading(framework))])
    for participation in participations:
        row = [organisation, campaign.campaign_id, campaign.code, campaign.name]
        row += [] if collection else [framework.target_profile]
        row += _participant(participation)
        row += _profile(framework, participation) if collection else _skills(framework, participation)
        writer.writerow([_plain(cell) for cell in row])
    return BYTE_ORDER_MARK + text.getvalue()


def _common_heading(collection: bool) -> list[str]:
    campaign = ["Nom de l’organisation", "ID Campagne", "Code", "Nom de la campagne", *([] if collection else ["Parcours"])]
    return [*campaign, "Nom", "Prénom", "Classe", "% de progression", "Date de début", "Partage (O/N)", "Date du partage"]


def _participant(participation: Participation) -> list[str]:
    who = participation.participant
    return [
        who.last_name,
        who.first_name,
        who.class_name,
        str(participation.progress_percent),
        f"{participation.started_at:%d/%m/%Y}",
        _yes(participation.shared_at is not None),
        f"{participation.shared_at:%d/%m/%Y}" if participation.shared_at else "",
    ]


def _skills_heading(framework: Framework) -> list[str]:
    heading = ["% de maîtrise de l’ensemble des acquis"]
    for kind, names in (("la compétence", framework.competences), ("le domaine", framework.domains)):
        for name in names.values():
            heading += [f"% de maîtrise dans {kind} {name}", f"Nombre d’acquis dans {kind} {name}", f"Acquis maîtrisés dans {kind} {name}"]
    return heading


def _skills(framework: Framework, participation: Participation) -> list[str]:
    results = participation.results
    if not isinstance(results, AssessmentResults):
        return [""] * (1 + 3 * (len(framework.competences) + len(framework.domains)))
    cells = [str(results.total.mastery_percent)]
    for code in framework.competences:
        cells += _counted(results.competences.get(code, _NONE))
    for domain in framework.domains:
        cells += _counted(_sum(count for code, count in results.competences.items() if code.startswith(f"{domain}.")))
    return cells


def _counted(count: SkillCount) -> list[str]:
    return [str(count.mastery_percent), str(count.total), str(count.validated)]


def _sum(counts: Iterable[SkillCount]) -> SkillCount:
    total = _NONE
    for count in counts:
        total = SkillCount(total.total + count.total, total.assessed + count.assessed, total.validated + count.validated)
    return total


def _profile_heading(framework: Framework) -> list[str]:
    heading = ["Nombre de pix", "Certifiable (O/N)", "Nombre de compétences certifiables"]
    for name in framework.competences.values():
        heading += [f"Niveau pour la compétence {name}", f"Nombre de pix pour la compétence {name}"]
    return heading


def _profile(framework: Framework, participation: Participation) -> list[str]:
    results = participation.results
    if not isinstance(results, ProfileResults):
        return [""] * (3 + 2 * len(framework.competences))
    cells = [str(results.pix), _yes(results.certifiable), str(results.certifiable_competences)]
    for code in framework.competences:
        competence = results.competences.get(code, CompetenceLevel(0, 0))
        cells += [str(competence.level), str(competence.pix)]
    return cells


def _yes(answer: bool) -> str:
    return "O" if answer else "N"


def _plain(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
