"""A synthetic SIECLE export, for tests and for the journey: standard library only, the same file for the same seed.

Sixty pupils in two classes, with the accents and compound names of real lists; two more who left; and one group, a
structure that is not a class (type G). Nobody in it exists: names are drawn from lists of common French ones.

    python local/siecle_sample.py --uai 0990001N --seed 7 --out ElevesSansAdresses.xml
"""

import argparse
import random
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

ENCODING = "ISO-8859-15"
CLASSES = ("4A", "4B")
GROUP = "4LATIN"
PUPILS_PER_CLASS = 30
LEAVERS = 2

_LAST_NAMES = (
    "ABADIE BÉNARD BÖHM CARRÉ CHÂTEL COLIN D'ALMEIDA DA_COSTA DE_LA_TOUR DELAÎTRE DIALLO DUPRÉ ÉTIENNE FAŸ FERNÁNDEZ FRANÇOIS GARÇON "
    "GOMÈS GRÂCE GUÉRIN HAÏDARA HÉBERT JOSÉ KADDOUR LACÔTE LE_BRETON LE_GOFF LEFÈVRE LEMAÎTRE MAËS MARÉCHAL MARTIN MÉNARD MOREAU MÜLLER "
    "N'DIAYE NGUYEN NUÑEZ O'BRIEN OLLIVIER PÂRIS PÉREZ PREVÔT QUÉRÉ RENÉ ROCHÉ SŒUR SAINT-GERMAIN SÉNÉCHAL TAÏEB THÉVENOT TRAORÉ VÉRON "
    "VIVÈS WÜRTZ YILMAZ ZAÏDI"
)
_GIRLS = (
    "Adèle Agnès Aïcha Anaïs Anne-Lise Bérénice Camille Chloé Cléa Éléonore Élise Éloïse Faÿ Fatoumata Gaëlle Héloïse Inès Jade Jeanne "
    "Léa Léonie Lou-Anne Maëlys Maï-Linh Marie-Thérèse Mélissa Naïma Noémie Océane Raphaëlle Salomé Solène Thaïs Yaëlle Zoé"
)
_BOYS = (
    "Adrien Aurèle Bénédict Cédric Clément Côme Élie Éric Félix François-Xavier Gaël Grégoire Hélio Ibrahim Jean-Noël Jérémy Joël Jules "
    "Léo Loïc Lucas Maël Matéo Mickaël Noé Noël Raphaël Rémi Sacha Samuël Sébastien Théo Timothé Ulysse Yanis"
)
_TOWNS = (("093", "93008"), ("031", "31555"), ("013", "13055"), ("059", "59350"), ("974", "97411"), ("02A", "2A004"))
_ABROAD = (("352", "Alger"), ("350", "Fès"), ("139", "Póvoa de Varzim"), ("109", "Köln"))


@dataclass(frozen=True, slots=True)
class SamplePupil:
    """What a test or the journey needs to know of one pupil of the file."""

    pupil_id: str
    ine: str
    last_name: str
    used_name: str
    first_name: str
    other_first_names: tuple[str, ...]
    sex_code: str
    birth_date: date
    birthplace: tuple[tuple[str, str], ...]
    class_name: str
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The file and the pupils an import of it must put in force (``leavers`` must stay out)."""

    xml: bytes
    pupils: tuple[SamplePupil, ...]
    leavers: tuple[SamplePupil, ...] = field(default=())


def siecle_sample(uai: str, seed: int) -> Sample:
    """The export of a school. National numbers and names are unique within it, so that reconciliation is not ambiguous."""
    rng = random.Random(f"{uai}/{seed}")
    taken: set[tuple[str, str]] = set()
    pupils = [_pupil(rng, uai, number, CLASSES[number % len(CLASSES)], taken) for number in range(PUPILS_PER_CLASS * len(CLASSES))]
    leavers = [_pupil(rng, uai, len(pupils) + number, CLASSES[number % 2], taken, left_on=date(2026, 10, 16)) for number in range(LEAVERS)]
    return Sample(_document(uai, [*pupils, *leavers]).encode(ENCODING), tuple(pupils), tuple(leavers))


def _pupil(
    rng: random.Random, uai: str, number: int, class_name: str, taken: set[tuple[str, str]], left_on: date | None = None
) -> SamplePupil:
    girl = rng.random() < 0.5
    firsts, lasts = (_GIRLS if girl else _BOYS).split(), _LAST_NAMES.split()
    while True:
        last_name, first_name = _last_name(rng, lasts), rng.choice(firsts)
        if (last_name, first_name) not in taken:
            taken.add((last_name, first_name))
            break
    others = tuple(rng.sample(firsts, k=rng.choice((0, 0, 1, 2))))
    return SamplePupil(
        pupil_id=str(700_000 + number),
        ine=f"{uai[:7]}{number:03d}{rng.choice('ABCDEFGHJK')}",
        last_name=last_name,
        used_name=_last_name(rng, lasts) if rng.random() < 0.1 else "",
        first_name=first_name,
        other_first_names=others,
        sex_code="2" if girl else "1",
        birth_date=date(2013, 1, 1) + timedelta(days=rng.randrange(365)),
        birthplace=_birthplace(rng),
        class_name=class_name,
        left_on=left_on,
    )


def _last_name(rng: random.Random, lasts: list[str]) -> str:
    name = rng.choice(lasts).replace("_", " ")
    return f"{name}-{rng.choice(lasts).replace('_', ' ')}" if rng.random() < 0.15 else name


def _birthplace(rng: random.Random) -> tuple[tuple[str, str], ...]:
    if rng.random() < 0.08:
        country, town = rng.choice(_ABROAD)
        return (("CODE_PAYS", country), ("VILLE_NAISS", town))
    department, town_code = rng.choice(_TOWNS)
    return (("CODE_PAYS", "100"), ("CODE_DEPARTEMENT_NAISS", department), ("CODE_COMMUNE_INSEE_NAISS", town_code))


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _pupil_xml(pupil: SamplePupil) -> str:
    other = (*pupil.other_first_names, "", "")
    fields = [
        ("ID_NATIONAL", pupil.ine),
        ("NOM_DE_FAMILLE", pupil.last_name),
        ("NOM_USAGE", pupil.used_name),
        ("PRENOM", pupil.first_name),
        ("PRENOM2", other[0]),
        ("PRENOM3", other[1]),
        ("DATE_NAISS", pupil.birth_date.strftime("%d/%m/%Y")),
        ("CODE_SEXE", pupil.sex_code),
        *pupil.birthplace,
        ("CODE_MEF", "10210001110"),
        ("CODE_STATUT", "ST"),
        ("DATE_SORTIE", pupil.left_on.strftime("%d/%m/%Y") if pupil.left_on else ""),
    ]
    last_year = "<SCOLARITE_AN_DERNIER><CODE_STRUCTURE>5C</CODE_STRUCTURE></SCOLARITE_AN_DERNIER>"
    return f"<ELEVE ELEVE_ID={quoteattr(pupil.pupil_id)}>{''.join(_element(*item) for item in fields)}{last_year}</ELEVE>"


def _structures_xml(pupil: SamplePupil) -> str:
    codes = [(pupil.class_name, "D")] if pupil.left_on is None else []
    if int(pupil.pupil_id) % 3 == 0:
        codes.insert(0, (GROUP, "G"))
    structures = "".join(
        f"<STRUCTURE><CODE_STRUCTURE>{code}</CODE_STRUCTURE><TYPE_STRUCTURE>{kind}</TYPE_STRUCTURE></STRUCTURE>" for code, kind in codes
    )
    return f"<STRUCTURES_ELEVE ELEVE_ID={quoteattr(pupil.pupil_id)}>{structures}</STRUCTURES_ELEVE>" if structures else ""


def _document(uai: str, pupils: list[SamplePupil]) -> str:
    eleves = "\n".join(_pupil_xml(pupil) for pupil in pupils)
    structures = "\n".join(line for line in map(_structures_xml, pupils) if line)
    return (
        f'<?xml version="1.0" encoding="{ENCODING}"?>\n<BEE_ELEVES VERSION="2.1">\n'
        f"<PARAMETRES><UAJ>{uai}</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE><DATE_EXPORT>16/11/2026</DATE_EXPORT></PARAMETRES>\n"
        f"<DONNEES>\n<ELEVES>\n{eleves}\n</ELEVES>\n<STRUCTURES>\n{structures}\n</STRUCTURES>\n</DONNEES>\n</BEE_ELEVES>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uai", required=True, help="the school's UAI, such as 0990001N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write; standard output when left out")
    arguments = parser.parse_args()
    xml = siecle_sample(arguments.uai, arguments.seed).xml
    if arguments.out:
        arguments.out.write_bytes(xml)
    else:
        sys.stdout.buffer.write(xml)


if __name__ == "__main__":
    main()
