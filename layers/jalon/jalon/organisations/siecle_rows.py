"""From the rows of a SIECLE export to the pupils of a school, or to everything that is wrong (docs/domain.md §6).

Left out without a word: who left the school (``DATE_SORTIE``), who has no ``ID_NATIONAL`` yet, who is in no class. An
``ID_NATIONAL`` that is there but empty is an error: SIECLE leaves the element out for a pupil without a number.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from jalon.kernel.ids import Ine, Uai
from jalon.organisations.imports import ImportCounts, ImportProblem, ImportRefusedError, ProblemCode, PupilReference
from jalon.organisations.names import tidy
from jalon.organisations.pupils import Birthplace, Pupil, Sex
from jalon.organisations.siecle_xml import SiecleExport, SiecleRow

_FRANCE = "100"
_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}
_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_EARLIEST = date(1900, 1, 1)
_NAME_FIELDS = ("NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "PRENOM2", "PRENOM3", "VILLE_NAISS")
#: Controls, unassigned, private and currency, mathematical or other symbols: never in a name.
_FOREIGN_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs", "Sc", "Sm", "So"})

#: SIECLE's own codes have at most eight characters; class names are part of keys, which have a limit.
CLASS_NAME_MAX_LENGTH = 40

Report = Callable[[ProblemCode, str, str], None]


@dataclass(frozen=True, slots=True)
class PupilList:
    """The pupils to put in force, in the file's order, and how many were left out."""

    pupils: tuple[Pupil, ...]
    counts: ImportCounts


def pupils_of(export: SiecleExport, uai: Uai, today: date) -> PupilList:
    """The list of a school, read ``today``; raises :class:`ImportRefusedError` with every problem of the file at once."""
    problems: list[ImportProblem] = []
    if export.uaj.upper() != uai:
        detail = f"This file is the list of {export.uaj[:20] or 'no school'}, not of {uai}."
        problems.append(ImportProblem(ProblemCode.UAI_MISMATCHED, detail, "UAJ"))
    kept, counts = _kept(export)
    pupils: list[Pupil] = []
    seen: set[str] = set()
    for row in kept:
        pupil = _pupil(row, export, today, seen, problems)
        if pupil is not None:
            pupils.append(pupil)
    if not kept:
        problems.append(ImportProblem(ProblemCode.NO_PUPIL, "The file holds no pupil with a class and a national number."))
    if problems:
        raise ImportRefusedError(*problems)
    return PupilList(tuple(pupils), replace(counts, imported=len(pupils)))


def _kept(export: SiecleExport) -> tuple[list[SiecleRow], ImportCounts]:
    kept: list[SiecleRow] = []
    left = without_ine = without_class = 0
    for row in export.rows:
        if row.text("DATE_SORTIE"):
            left += 1
        elif "ID_NATIONAL" not in row.fields:
            without_ine += 1
        elif row.pupil_id not in export.classes:
            without_class += 1
        else:
            kept.append(row)
    return kept, ImportCounts(left_school=left, without_ine=without_ine, without_class=without_class)


def _pupil(row: SiecleRow, export: SiecleExport, today: date, seen: set[str], problems: list[ImportProblem]) -> Pupil | None:
    """The pupil of a row, or None after adding to ``problems`` all that is wrong with it."""
    reference = PupilReference(tidy(row.text("NOM_DE_FAMILLE")), tidy(row.text("PRENOM")), row.text("ID_NATIONAL").upper())
    before = len(problems)

    def report(code: ProblemCode, name: str, detail: str) -> None:
        problems.append(ImportProblem(code, detail, name, reference))

    _check_ine(reference.ine, seen, report)
    _check_names(row, export.encoding, report)
    sex = _SEXES.get(row.text("CODE_SEXE"))
    if sex is None:
        report(ProblemCode.SEX_CODE_REQUIRED, "CODE_SEXE", "The sex is given as 1 (M) or 2 (F).")
    birth_date = _birth_date(row.text("DATE_NAISS"), today, report)
    birthplace = _birthplace(row, report)
    if len(problems) > before or sex is None or birth_date is None:
        return None
    return Pupil(
        ine=Ine(reference.ine),
        last_name=reference.last_name,
        used_name=tidy(row.text("NOM_USAGE")) or None,
        first_name=reference.first_name,
        other_first_names=tuple(name for name in (tidy(row.text("PRENOM2")), tidy(row.text("PRENOM3"))) if name),
        sex=sex,
        birth_date=birth_date,
        birthplace=birthplace,
        class_name=tidy(export.classes[row.pupil_id])[:CLASS_NAME_MAX_LENGTH],
        mef_code=row.text("CODE_MEF") or None,
        status_code=row.text("CODE_STATUT") or None,
    )


def _check_ine(ine: str, seen: set[str], report: Report) -> None:
    if not ine:
        report(ProblemCode.INE_REQUIRED, "ID_NATIONAL", "The national student number is empty.")
    elif not (ine.isascii() and ine.isalnum()):
        report(ProblemCode.INVALID_CHAR_DETECTED, "ID_NATIONAL", "A national student number has letters and digits only.")
    elif ine in seen:
        report(ProblemCode.INE_UNIQUE, "ID_NATIONAL", "Another pupil of the file has the same national student number.")
    seen.add(ine)


def _check_names(row: SiecleRow, encoding: str, report: Report) -> None:
    if not row.text("NOM_DE_FAMILLE"):
        report(ProblemCode.LAST_NAME_REQUIRED, "NOM_DE_FAMILLE", "The last name is empty.")
    if not row.text("PRENOM"):
        report(ProblemCode.FIRST_NAME_REQUIRED, "PRENOM", "The first name is empty.")
    for name in _NAME_FIELDS:
        text = row.text(name)
        if is_garbled(text, encoding) or (text and not any(symbol.isalpha() for symbol in text)):
            detail = "The text holds a character that no name has: the file's encoding and its header may differ."
            report(ProblemCode.INVALID_CHAR_DETECTED, name, detail)


def is_garbled(text: str, encoding: str) -> bool:
    """Whether a text was read in another encoding than it was written in.

    Either it holds a character that no name has, or its bytes are UTF-8 although the header says otherwise.

    >>> is_garbled("ZoÃ©", "iso8859-15"), is_garbled("Zoé", "iso8859-15")
    (True, False)
    """
    if any(symbol == "\ufffd" or unicodedata.category(symbol) in _FOREIGN_CATEGORIES for symbol in text):
        return True
    if text.isascii() or encoding == "utf-8":
        return False
    try:
        text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _birth_date(text: str, today: date, report: Report) -> date | None:
    if not text:
        report(ProblemCode.BIRTHDATE_REQUIRED, "DATE_NAISS", "The birth date is empty.")
        return None
    match = _DATE.fullmatch(text)
    try:
        birth_date = date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:  # such as 31/02/2012
        birth_date = None
    if birth_date is not None and _EARLIEST <= birth_date <= today:
        return birth_date
    report(ProblemCode.INVALID_BIRTHDATE_FORMAT, "DATE_NAISS", "A birth date reads dd/mm/yyyy, such as 04/09/2012, and lies in the past.")
    return None


def _birthplace(row: SiecleRow, report: Report) -> Birthplace:
    country = row.text("CODE_PAYS") or _FRANCE
    city_code = row.text("CODE_COMMUNE_INSEE_NAISS") or None
    if country == _FRANCE and city_code is None:
        detail = "A pupil born in France (country 100) needs the INSEE code of the town of birth."
        report(ProblemCode.BIRTH_CITY_CODE_REQUIRED_FOR_FR_STUDENT, "CODE_COMMUNE_INSEE_NAISS", detail)
    return Birthplace(country, row.text("CODE_DEPARTEMENT_NAISS") or None, city_code, tidy(row.text("VILLE_NAISS")) or None)
