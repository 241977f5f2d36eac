"""Imports in DynamoDB, kept for a school year."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from jalon.edge.tables import Applied, conditional_update, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import ImportId, Uai, UserId
from jalon.organisations.imports import ImportCounts, ImportProblem, ImportStatus, ProblemCode, PupilImport, PupilReference
from jalon.organisations.records import ENDED, optional_instant
from jalon.organisations.tables import ImportItem

KEPT_FOR = timedelta(days=366)
#: A list has at most 20 000 pupils; beyond this many problems it is the export that is wrong, not the pupils.
MAX_PROBLEMS = 10_000


class DynamoImports:
    """An :class:`~jalon.organisations.imports.ImportStore`."""

    def create(self, pupil_import: PupilImport) -> None:
        item = ImportItem(
            pupil_import.uai,
            pupil_import.import_id,
            requested_by=pupil_import.requested_by,
            requested_at=epoch_ms(pupil_import.requested_at),
            status=pupil_import.status.value,
            expires_at=int((pupil_import.requested_at + KEPT_FOR).timestamp()),
        )
        with translated():
            item.save(condition=ImportItem.import_id.does_not_exist())

    def find(self, uai: Uai, import_id: ImportId) -> PupilImport | None:
        try:
            with translated():
                return _import(ImportItem.get(uai, import_id, consistent_read=True))
        except DoesNotExist:
            return None

    def advance(self, pupil_import: PupilImport, status: ImportStatus, at: datetime) -> PupilImport:
        return self._update(pupil_import, [ImportItem.status.set(status.value), ImportItem.updated_at.set(epoch_ms(at))])

    def refuse(self, pupil_import: PupilImport, status: ImportStatus, problems: Sequence[ImportProblem], at: datetime) -> PupilImport:
        actions: list[Action] = [
            ImportItem.status.set(status.value),
            ImportItem.updated_at.set(epoch_ms(at)),
            ImportItem.problems.set(pack_problems(problems[:MAX_PROBLEMS])),
        ]
        return self._update(pupil_import, actions)

    def _update(self, pupil_import: PupilImport, actions: Sequence[Action]) -> PupilImport:
        condition = ImportItem.import_id.exists() & ~ImportItem.status.is_in(*ENDED)
        outcome = conditional_update(ImportItem, pupil_import.uai, pupil_import.import_id, actions, condition)
        stored = outcome.attributes if isinstance(outcome, Applied) else (outcome.attributes or {})
        return _import(ImportItem.from_raw_data(dict(stored))) if stored else pupil_import


def pack_problems(problems: Sequence[ImportProblem]) -> bytes:
    """Problems as deflated JSON: ten thousand fit an item."""
    return zlib.compress(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False).encode())


def unpack_problems(packed: bytes) -> tuple[ImportProblem, ...]:
    """The inverse of :func:`pack_problems`."""
    return tuple(
        ImportProblem(
            code=ProblemCode(problem["code"]),
            detail=problem["detail"],
            field=problem["field"],
            pupil=PupilReference(**problem["pupil"]) if problem["pupil"] else None,
        )
        for problem in json.loads(zlib.decompress(packed))
    )


def _import(item: ImportItem) -> PupilImport:
    return PupilImport(
        import_id=ImportId(item.import_id),
        uai=Uai(item.uai),
        requested_by=UserId(item.requested_by),
        requested_at=from_epoch_ms(item.requested_at),
        status=ImportStatus(item.status),
        updated_at=optional_instant(item.updated_at),
        counts=ImportCounts(**item.counts) if item.counts else ImportCounts(),
        problems=unpack_problems(item.problems) if item.problems else (),
    )
