"""What the page says, in both languages, and dates in words."""

from dataclasses import dataclass
from datetime import date

from jalon.certificates.framework import Language

_FRENCH_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_ENGLISH_MONTHS = "January February March April May June July August September October November December"
_MONTHS: dict[Language, list[str]] = {"fr": _FRENCH_MONTHS.split(), "en": _ENGLISH_MONTHS.split()}


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of the page; braces are filled in when it is printed."""

    title: str
    document_title: str
    body: str
    awarded: str
    born: str
    score: str
    score_of: str
    centre: str
    taken: str
    issued: str
    valid: str
    note: str
    competence: str
    level: str
    uncertified: str
    check: str
    check_how: tuple[str, str]
    check_where: str
    code: str
    qr_alt: str
    director: str
    signature_alt: str
    attachment: str
    seal: str


FRENCH = Words(
    title="Certificat de compétences numériques",
    document_title="Certificat de compétences numériques de {name}",
    body="Certification nationale des compétences numériques",
    awarded="décerné à",
    born="Né(e) le {date}, {place}",
    score="Score certifié",
    score_of="pix sur {maximum}",
    centre="Centre de certification",
    taken="Épreuve passée le",
    issued="Délivré le",
    valid="Valable trois ans, jusqu’au",
    note="Le jour de l’épreuve, les niveaux 1 à {level} étaient ouverts, soit {maximum} pix au plus. "
    "Le cadre de référence compte {levels} niveaux et {pix} pix.",
    competence="Domaines et compétences",
    level="Niveau certifié",
    uncertified="non certifié",
    check="Vérifier ce certificat",
    check_how=("Scannez le QR code, ou saisissez le code ci-dessous", "avec la date de naissance, à l’adresse"),
    check_where="Ne vous fiez à aucune autre adresse.",
    code="Code de vérification",
    qr_alt="QR code qui mène à la vérification de ce certificat",
    director="La direction de la certification",
    signature_alt="Signature de la direction de la certification",
    attachment="Ce certificat en Open Badge 3.0 signé",
    seal="Cachet électronique de l’organisme certificateur",
)
ENGLISH = Words(
    title="Certificate of digital competence",
    document_title="Certificate of digital competence of {name}",
    body="National certification of digital competence",
    awarded="awarded to",
    born="Born on {date}, {place}",
    score="Certified score",
    score_of="pix out of {maximum}",
    centre="Certification centre",
    taken="Test taken on",
    issued="Issued on",
    valid="Valid for three years, until",
    note="On the day, levels 1 to {level} were open, that is {maximum} pix at most. The whole framework has {levels} levels and {pix} pix.",
    competence="Domains and competences",
    level="Certified level",
    uncertified="not certified",
    check="Check this certificate",
    check_how=("Scan the QR code, or type the code below", "with the date of birth, at the address"),
    check_where="Trust no other address.",
    code="Verification code",
    qr_alt="QR code that leads to the verification of this certificate",
    director="The head of certification",
    signature_alt="Signature of the head of certification",
    attachment="This certificate as a signed Open Badge 3.0",
    seal="Electronic seal of the certifying body",
)
WORDS: dict[Language, Words] = {"fr": FRENCH, "en": ENGLISH}


def in_words(day: date, language: Language) -> str:
    """A day as people write it.

    >>> in_words(date(2026, 11, 1), "fr"), in_words(date(2026, 11, 1), "en")
    ('1er novembre 2026', '1 November 2026')
    """
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[language][day.month - 1]} {day.year}"


def spaced(code: str) -> str:
    """A code in groups that are easy to copy.

    >>> spaced("P-BCDFGHJKMPQ3")
    'P-BCDF GHJK MPQ3'
    """
    return f"{code[:6]} {code[6:10]} {code[10:]}"


def thousands(number: int, language: Language) -> str:
    """A number with its thousands apart: by a narrow no-break space in French, by a comma in English.

    >>> thousands(1024, "en"), thousands(895, "fr")
    ('1,024', '895')
    """
    return f"{number:,}".replace(",", "\u202f" if language == "fr" else ",")
