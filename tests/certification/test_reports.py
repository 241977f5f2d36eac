"""Reports: what each code needs, and what is settled without a human (docs/domain.md §7)."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grading import Result
from jalon.certification.candidates import AbortReason
from jalon.certification.errors import InvalidReportError, SessionFinalisedError
from jalon.certification.report_incident import withdraw_report
from jalon.certification.reports import DESCRIBED, MAX_REPORTS, Report, ReportCode, check_report
from jalon.certification.results import QuestionMark, Settled
from jalon.certification.scoring import UNANSWERED
from jalon.certification.settle_reports import Equipment, settle_reports
from tests.certification.centre import INVIGILATOR, NAMES, NOW, Centre

RESULTS = (*[result.value for result in Result], UNANSWERED)
AT_ONCE = ("E4", "E5", "E9", "E11", "E12")
NEEDS = {"E1": "image", "E2": "simulator", "E3": "attachment", "E8": "timer"}


def report(code: str, **details: Any) -> Report:
    details.setdefault("question_number", 1 if code.startswith("E") else None)
    return Report(details.pop("report_id", "rpt_1"), ReportCode(code), INVIGILATOR, NOW, **details)


def complete(code: ReportCode) -> Report:
    description = "Ce qui s'est passé" if code in DESCRIBED else ""
    return report(code.value, description=description, hour="10:45" if code is ReportCode.C3 else "")


def settled(code: str, result: str, **equipment: bool) -> tuple[Settled, QuestionMark]:
    settling = settle_reports([report(code)], [QuestionMark(1, "1.1", "ch", result)], {1: Equipment(**equipment)})
    return settling.settlements[0].outcome, settling.marks[0]


def expected(code: str, result: str, equipment: frozenset[str]) -> Settled:
    """The rule of docs/domain.md §7, said a second time in other words."""
    if code in {"C4", "C7", "C8"}:
        return Settled.NO_EFFECT
    if code == "E10":
        return {"focusedout": Settled.COUNTED_RIGHT, "skipped": Settled.NEUTRALISED, "ok": Settled.NO_EFFECT}.get(result, Settled.WAITING)
    if code in AT_ONCE or NEEDS.get(code) in equipment:
        return {"ko": Settled.NEUTRALISED, "skipped": Settled.NEUTRALISED, "ok": Settled.NO_EFFECT}.get(result, Settled.WAITING)
    return Settled.WAITING


@pytest.mark.parametrize("code", list(ReportCode))
def test_a_complete_report_of_each_category_is_accepted(code: ReportCode) -> None:
    check_report(complete(code), ())


@pytest.mark.parametrize("code", [code for code in ReportCode if code.value.startswith("E")])
@pytest.mark.parametrize("number", [None, 0, 49])
def test_an_e_code_carries_the_number_of_a_question(code: ReportCode, number: int | None) -> None:
    with pytest.raises(InvalidReportError) as refusal:
        check_report(report(code.value, question_number=number, description="x"), ())
    assert refusal.value.violations[0].code == "question_number_required"


@pytest.mark.parametrize("code", [code for code in ReportCode if not code.value.startswith("E")])
def test_no_other_code_carries_one(code: ReportCode) -> None:
    with pytest.raises(InvalidReportError) as refusal:
        check_report(report(code.value, question_number=3, description="x", hour="10:45" if code is ReportCode.C3 else ""), ())
    assert [violation.code for violation in refusal.value.violations] == ["question_number_superfluous"]


@pytest.mark.parametrize("code", sorted(DESCRIBED))
def test_what_says_nothing_without_words_needs_words(code: ReportCode) -> None:
    with pytest.raises(InvalidReportError) as refusal:
        check_report(report(code.value, description="  "), ())
    assert [violation.code for violation in refusal.value.violations] == ["description_required"]


@pytest.mark.parametrize("hour", ["", "24:00", "9:30", "10h45", "10:60", "٠٩:٣٠"])
def test_c3_gives_the_hour(hour: str) -> None:
    with pytest.raises(InvalidReportError):
        check_report(report("C3", hour=hour), ())


def test_an_hour_elsewhere_and_too_many_reports_are_refused() -> None:
    with pytest.raises(InvalidReportError):
        check_report(report("C4", hour="10:45"), ())
    with pytest.raises(InvalidReportError):
        check_report(report("C4"), [report("C4")] * MAX_REPORTS)
    with pytest.raises(InvalidReportError):
        check_report(report("A2", description="x" * 1001), ())


@pytest.mark.parametrize("code", list(ReportCode))
def test_settlement_follows_the_table_for_every_code_result_and_equipment(code: ReportCode) -> None:
    kinds = ("image", "simulator", "attachment", "timer")
    for result, size in itertools.product(RESULTS, range(5)):
        for equipment in map(frozenset, itertools.combinations(kinds, size)):
            outcome, mark = settled(code.value, result, **dict.fromkeys(equipment, True))
            assert outcome is expected(code.value, result, equipment), (code, result, equipment)
            on_question = code.on_a_question
            assert mark.neutralised == (on_question and outcome is Settled.NEUTRALISED)
            assert mark.counted_right == (on_question and outcome is Settled.COUNTED_RIGHT)


@given(codes=st.lists(st.sampled_from(sorted(ReportCode)), max_size=8), result=st.sampled_from(RESULTS))
def test_a_question_is_neutralised_only_if_its_answer_is_ko_or_skipped(codes: list[ReportCode], result: str) -> None:
    reports = [report(code.value, report_id=f"rpt_{index}") for index, code in enumerate(codes)]
    everything = Equipment(image=True, simulator=True, attachment=True, timer=True)
    settling = settle_reports(reports, [QuestionMark(1, "1.1", "ch", result)], {1: everything})
    assert not settling.marks[0].neutralised or result in {"ko", "skipped"}
    assert [item.report_id for item in settling.settlements] == [item.report_id for item in reports]


def test_a_question_the_test_does_not_have_waits_for_a_human() -> None:
    settling = settle_reports([report("E4", question_number=9)], [QuestionMark(1, "1.1", "ch", "ko")], {})
    assert settling.settlements[0].outcome is Settled.WAITING
    assert not settling.marks[0].neutralised


def test_a_report_is_written_and_withdrawn_until_the_session_is_finalised(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    candidate = begun.candidate
    written = centre.report(candidate, ReportCode.E4, question_number=2)
    other = centre.report(candidate, ReportCode.C4)
    assert centre.candidates.get(session.number, candidate.candidate_id).reports == (written, other)
    withdraw_report(centre.room, session.number, candidate.candidate_id, written.report_id)
    withdraw_report(centre.room, session.number, candidate.candidate_id, written.report_id)
    assert centre.candidates.get(session.number, candidate.candidate_id).reports == (other,)
    centre.finalise(session, {candidate.candidate_id: AbortReason.TECHNICAL})
    for act in (
        lambda: centre.report(candidate, ReportCode.C4),
        lambda: withdraw_report(centre.room, session.number, candidate.candidate_id, "x"),
    ):
        with pytest.raises(SessionFinalisedError):
            act()


def test_a_report_that_races_with_scoring_is_refused_rather_than_lost(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.candidates.freeze(session.number, begun.candidate.candidate_id, 1)
    with pytest.raises(SessionFinalisedError):
        centre.report(begun.candidate, ReportCode.C4)
