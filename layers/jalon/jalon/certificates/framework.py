"""The sixteen competences in their order (``docs/domain.md`` §2), as certificates and tables of results name them."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]

#: Levels of the whole framework, and the pix they add up to; a certificate prints both beside the day's maximum.
FRAMEWORK_LEVELS = 8
FRAMEWORK_PIX = 1024


@dataclass(frozen=True, slots=True)
class Competence:
    """One of the sixteen; ``code`` is ``domain.rank``."""

    code: str
    fr: str
    en: str

    def name(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the five, with its competences in order."""

    code: str
    fr: str
    en: str
    competences: tuple[Competence, ...]

    def name(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


DOMAINS: tuple[Domain, ...] = (
    Domain(
        "1",
        "Information et données",
        "Information and data",
        (
            Competence("1.1", "Mener une recherche et une veille d’information", "Searching for and monitoring information"),
            Competence("1.2", "Gérer des données", "Managing data"),
            Competence("1.3", "Traiter des données", "Processing data"),
        ),
    ),
    Domain(
        "2",
        "Communication et collaboration",
        "Communication and collaboration",
        (
            Competence("2.1", "Interagir", "Interacting"),
            Competence("2.2", "Partager et publier", "Sharing and publishing"),
            Competence("2.3", "Collaborer", "Collaborating"),
            Competence("2.4", "S’insérer dans le monde numérique", "Finding one’s place in the digital world"),
        ),
    ),
    Domain(
        "3",
        "Création de contenu",
        "Content creation",
        (
            Competence("3.1", "Développer des documents textuels", "Developing text documents"),
            Competence("3.2", "Développer des documents multimédia", "Developing multimedia documents"),
            Competence("3.3", "Adapter les documents à leur finalité", "Adapting documents to their purpose"),
            Competence("3.4", "Programmer", "Programming"),
        ),
    ),
    Domain(
        "4",
        "Protection et sécurité",
        "Protection and security",
        (
            Competence("4.1", "Sécuriser l’environnement numérique", "Securing the digital environment"),
            Competence("4.2", "Protéger les données personnelles et la vie privée", "Protecting personal data and privacy"),
            Competence("4.3", "Protéger la santé, le bien-être et l’environnement", "Protecting health, well-being and the environment"),
        ),
    ),
    Domain(
        "5",
        "Environnement numérique",
        "Digital environment",
        (
            Competence("5.1", "Résoudre des problèmes techniques", "Solving technical problems"),
            Competence("5.2", "Construire un environnement numérique", "Building a digital environment"),
        ),
    ),
)

COMPETENCES: tuple[Competence, ...] = tuple(competence for domain in DOMAINS for competence in domain.competences)
COMPETENCE_CODES: tuple[str, ...] = tuple(competence.code for competence in COMPETENCES)
