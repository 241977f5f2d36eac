"""Settle reports without a human where the rule is plain (docs/domain.md §7, *automatic settlement*).

A question is neutralised only if its answer is ko or skipped. E4, E5, E9, E11 and E12 are settled at once; E1 and E2 if the challenge
has an image or a simulator, E3 an attachment, E8 a timer; E10 counts a focusedout answer right and neutralises a skipped one. C4, C7
and C8 block nothing. A right answer leaves nothing to settle. All else waits for a human: also a question number the test does not
have, and an answer that is none of these (too late, or never given).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.grading import Result
from jalon.certification.reports import Report, ReportCode
from jalon.certification.results import QuestionMark, Settled, Settlement

_BLOCKS_NOTHING = frozenset({ReportCode.C4, ReportCode.C7, ReportCode.C8})
_AT_ONCE = frozenset({ReportCode.E4, ReportCode.E5, ReportCode.E9, ReportCode.E11, ReportCode.E12})
_NEUTRALISABLE = frozenset({Result.KO.value, Result.SKIPPED.value})


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a challenge has, as far as a report can be about it."""

    image: bool = False
    simulator: bool = False
    attachment: bool = False
    timer: bool = False


@dataclass(frozen=True, slots=True)
class Settling:
    """The settlements, in the order of the reports, and the marks as they count after them."""

    settlements: tuple[Settlement, ...]
    marks: tuple[QuestionMark, ...]


def settle_reports(reports: Iterable[Report], marks: Sequence[QuestionMark], equipment: Mapping[int, Equipment]) -> Settling:
    """Settles ``reports`` on a test; ``equipment`` is by question number."""
    by_number = {mark.number: mark for mark in marks}
    settlements = []
    effects: dict[int, set[Settled]] = {}
    for report in reports:
        mark = by_number.get(report.question_number or 0)
        outcome = _outcome(report.code, mark, equipment.get(report.question_number or 0, Equipment()))
        settlements.append(Settlement(report.report_id, report.code, outcome, report.question_number))
        if mark is not None:
            effects.setdefault(mark.number, set()).add(outcome)
    return Settling(tuple(settlements), tuple(_marked(mark, effects.get(mark.number, set())) for mark in marks))


def _outcome(code: ReportCode, mark: QuestionMark | None, equipment: Equipment) -> Settled:
    if code in _BLOCKS_NOTHING:
        return Settled.NO_EFFECT
    if mark is None:
        return Settled.WAITING
    if code is ReportCode.E10:
        return _focus_outcome(mark.result)
    return _answer_outcome(mark.result) if code in _AT_ONCE or _concerns(code, equipment) else Settled.WAITING


def _concerns(code: ReportCode, equipment: Equipment) -> bool:
    return {
        ReportCode.E1: equipment.image,
        ReportCode.E2: equipment.simulator,
        ReportCode.E3: equipment.attachment,
        ReportCode.E8: equipment.timer,
    }.get(code, False)


def _answer_outcome(result: str) -> Settled:
    if result in _NEUTRALISABLE:
        return Settled.NEUTRALISED
    return Settled.NO_EFFECT if result == Result.OK.value else Settled.WAITING


def _focus_outcome(result: str) -> Settled:
    return {
        Result.FOCUSEDOUT.value: Settled.COUNTED_RIGHT,
        Result.SKIPPED.value: Settled.NEUTRALISED,
        Result.OK.value: Settled.NO_EFFECT,
    }.get(result, Settled.WAITING)


def _marked(mark: QuestionMark, effects: set[Settled]) -> QuestionMark:
    return replace(mark, neutralised=Settled.NEUTRALISED in effects, counted_right=Settled.COUNTED_RIGHT in effects)
