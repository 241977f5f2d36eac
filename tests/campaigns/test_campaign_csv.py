"""The file of a campaign's participants: docs/domain.md §6."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

from jalon.campaigns.campaign import CampaignType, Parcours
from jalon.campaigns.campaign_csv import Framework, campaign_csv, framework_of
from jalon.campaigns.participation import Participant, ParticipationStatus
from tests.assessment.content import CAMPAIGN_PROFILE, COMPETENCES, release
from tests.campaigns.samples import ASSESSED, NOW, PROFILE, campaign, participation

FRAMEWORK = Framework("Parcours", {"1.1": "Rechercher", "1.2": "Gérer"}, {"1": "Information"})
SHARED = {"status": ParticipationStatus.SHARED, "shared_at": NOW + timedelta(days=1), "progress_percent": 100}


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_an_assessments_row_says_progress_and_mastery_by_competence_and_domain() -> None:
    sent, under_way = participation(1, results=ASSESSED, **SHARED), participation(2, progress_percent=40)
    first, second = rows(campaign_csv("Collège des Exemples", campaign(), FRAMEWORK, [sent, under_way]))
    assert first == {
        "Nom de l’organisation": "Collège des Exemples",
        "ID Campagne": campaign().campaign_id,
        "Code": "BCDFGH234",
        "Nom de la campagne": "Rentrée",
        "Parcours": "Parcours",
        "Nom": "EXEMPLE B",
        "Prénom": "Zoé",
        "Classe": "4A",
        "% de progression": "100",
        "Date de début": "23/11/2026",
        "Partage (O/N)": "O",
        "Date du partage": "24/11/2026",
        "% de maîtrise de l’ensemble des acquis": "67",
        "% de maîtrise dans la compétence Rechercher": "100",
        "Nombre d’acquis dans la compétence Rechercher": "2",
        "Acquis maîtrisés dans la compétence Rechercher": "2",
        "% de maîtrise dans la compétence Gérer": "0",
        "Nombre d’acquis dans la compétence Gérer": "2",
        "Acquis maîtrisés dans la compétence Gérer": "0",
        "% de maîtrise dans le domaine Information": "67",
        "Nombre d’acquis dans le domaine Information": "4",
        "Acquis maîtrisés dans le domaine Information": "2",
    }
    assert (second["Partage (O/N)"], second["Date du partage"], second["% de progression"]) == ("N", "", "40")
    assert second["% de maîtrise de l’ensemble des acquis"] == ""


def test_a_collections_row_says_pix_and_levels() -> None:
    collection = campaign(type=CampaignType.PROFILE_COLLECTION, target_profile_id=None)
    sent, waiting = participation(1, results=PROFILE, **SHARED), participation(2, status=ParticipationStatus.TO_SHARE)
    first, second = rows(campaign_csv("Collège des Exemples", collection, FRAMEWORK, [sent, waiting]))
    assert "Parcours" not in first
    assert (first["Nombre de pix"], first["Certifiable (O/N)"], first["Nombre de compétences certifiables"]) == ("27", "O", "5")
    assert (first["Niveau pour la compétence Rechercher"], first["Nombre de pix pour la compétence Rechercher"]) == ("3", "27")
    assert first["Niveau pour la compétence Gérer"] == "0"
    assert (second["Nombre de pix"], second["Certifiable (O/N)"]) == ("", "")


def test_no_cell_runs_as_a_formula() -> None:
    evil = replace(participation(1), participant=Participant("=1+1", '@"; DROP', "4A"))
    (row,) = rows(campaign_csv("+33", campaign(name="-2"), FRAMEWORK, [evil]))
    assert [row["Nom"], row["Prénom"], row["Nom de l’organisation"], row["Nom de la campagne"]] == ["'=1+1", "'@\"; DROP", "'+33", "'-2"]


def test_columns_are_those_of_the_target_profile_or_of_all_the_content() -> None:
    of_profile = framework_of(release(), campaign(target_profile_id=CAMPAIGN_PROFILE))
    assert (of_profile.target_profile, list(of_profile.competences), list(of_profile.domains)) == ("Parcours", ["1.1", "1.2"], ["1"])
    measured = framework_of(release(), campaign(target_profile_id="tpf_1", parcours=Parcours("Club", {"tube51b": 7, "tube_gone": 3})))
    assert (measured.target_profile, list(measured.competences), list(measured.domains)) == ("Club", ["5.1"], ["5"])
    everything = framework_of(release(), campaign(type=CampaignType.PROFILE_COLLECTION, target_profile_id=None))
    assert list(everything.competences) == list(COMPETENCES)
    assert framework_of(release(), campaign(target_profile_id="tp_gone")).target_profile == "tp_gone"
