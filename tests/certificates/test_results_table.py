"""The school's file: the columns of the domain, no formula, the order people look for."""

import csv
import io

from jalon.certificates.certificate import Outcome, PublishedResult
from jalon.certificates.results_table import as_csv
from jalon.kernel.ids import VerificationCode
from tests.certificates.fakes import NOON, a_result

CODE = VerificationCode("P-BCDFGHJKMPQ3")


def rows(*lines):
    text = as_csv(lines)
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_the_columns_are_those_of_the_domain():
    header, row = rows(PublishedResult(a_result(external_id="ext-1", comment_for_organisation="Vu;relu"), CODE, NOON))
    assert header[:4] == ["Numéro de certification", "Prénom", "Nom", "Date de naissance"]
    assert header[4:8] == ["Lieu de naissance", "Identifiant externe", "Statut", "Nombre de pix"]
    assert header[8:24] == [f"{d}.{n}" for d, count in zip("12345", (3, 4, 4, 3, 2), strict=True) for n in range(1, count + 1)]
    assert header[24:] == ["Commentaire jury pour l’organisation", "Session", "Centre de certification", "Date de passage"]
    assert row[1:8] == ["Élève-Test", "Numéro 1", "03/05/2011", "Exempleville", "ext-1", "Validée", "312"]
    assert row[8:11] == ["4", "3", "-"]
    assert row[24:] == ["Vu;relu", "12345678", "Collège des Exemples", "20/11/2026"]


def test_what_does_not_count_shows_no_score():
    _, rejected, revoked = rows(
        PublishedResult(a_result(1, outcome=Outcome.REJECTED), None, NOON), PublishedResult(a_result(2), CODE, NOON, revoked_at=NOON)
    )
    assert rejected[6:9] == ["Rejetée", "-", "-"]
    assert revoked[6:9] == ["Révoquée", "-", "-"]


def test_no_cell_is_run_as_a_formula():
    for start in "=+-@\t\r":
        _, row = rows(PublishedResult(a_result(last_name=f"{start}cmd|x"), CODE, NOON))
        assert row[2] == f"'{start}cmd|x"


def test_lines_are_by_last_name_whatever_the_case():
    names = ["zeste", "Abricot", "banane"]
    lines = [PublishedResult(a_result(number, last_name=name), CODE, NOON) for number, name in enumerate(names)]
    assert [row[2] for row in rows(*lines)[1:]] == ["Abricot", "banane", "zeste"]
