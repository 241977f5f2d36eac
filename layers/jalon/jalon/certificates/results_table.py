"""The school's table of a session's results, as JSON and as the CSV of ``docs/domain.md`` §8."""

import csv
import io
from collections.abc import Iterable, Sequence

from jalon.certificates.certificate import Outcome, PublishedResult
from jalon.certificates.framework import COMPETENCE_CODES

#: Spreadsheets of French schools expect a byte order mark and semicolons.
BYTE_ORDER_MARK = "\ufeff"
HEADER: tuple[str, ...] = (
    "Numéro de certification",
    "Prénom",
    "Nom",
    "Date de naissance",
    "Lieu de naissance",
    "Identifiant externe",
    "Statut",
    "Nombre de pix",
    *COMPETENCE_CODES,
    "Commentaire jury pour l’organisation",
    "Session",
    "Centre de certification",
    "Date de passage",
)
STATUS_WORDS = {Outcome.VALIDATED: "Validée", Outcome.REJECTED: "Rejetée", Outcome.CANCELLED: "Annulée"}
REVOKED_WORD = "Révoquée"
#: A spreadsheet would run a cell that starts with one of these as a formula (OWASP, *CSV injection*).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NOTHING = "-"


def in_order(lines: Iterable[PublishedResult]) -> list[PublishedResult]:
    """Lines by last name, first name and certification, whatever the case."""
    return sorted(
        lines, key=lambda line: (line.result.last_name.casefold(), line.result.first_name.casefold(), line.result.certification_id)
    )


def as_csv(lines: Sequence[PublishedResult]) -> str:
    """The whole file: UTF-8 with a byte order mark, ``;``, CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for line in in_order(lines):
        writer.writerow(_row(line))
    return BYTE_ORDER_MARK + text.getvalue()


def _row(line: PublishedResult) -> list[str]:
    """A candidate's row. What was not certified is ``-`` for a competence and for the score of a result that does not count."""
    result = line.result
    counts = line.counts
    levels = [str(result.levels.get(code) or _NOTHING) if counts else _NOTHING for code in COMPETENCE_CODES]
    status = REVOKED_WORD if line.revoked_at else STATUS_WORDS[result.outcome]
    return [
        str(result.certification_id),
        _plain(result.first_name),
        _plain(result.last_name),
        f"{result.birth_date:%d/%m/%Y}",
        _plain(result.birth_place),
        _plain(result.external_id),
        status,
        str(result.score) if counts else _NOTHING,
        *levels,
        _plain(result.comment_for_organisation),
        str(result.session_number),
        _plain(result.centre),
        f"{result.taken_on:%d/%m/%Y}",
    ]


def _plain(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
