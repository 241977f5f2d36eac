"""A small share of ``python -m tests.assessment.faults`` with every test run: the model check, the fault run, the mutants."""

import json

import pytest

from tests.assessment.fakes import EACH_CONDITION
from tests.assessment.faults.__main__ import main
from tests.assessment.faults.fault_run import run
from tests.assessment.faults.model_check import Bounds, ModelCheck, Report
from tests.assessment.faults.mutants import RULES, SMALL, TICKET_CHECKS, noticed_by_faults

OPEN_TO_ALL = Bounds(questions=1, in_flight=2, epochs=2, open_to_all=True)


@pytest.mark.parametrize(("bounds", "at_least"), [(SMALL, 100_000), (OPEN_TO_ALL, 5_000)])
def test_no_reachable_state_loses_doubles_or_changes_an_answer_or_has_two_holders(bounds: Bounds, at_least: int) -> None:
    report = ModelCheck(bounds).run()
    assert report == Report(states=report.states, steps=report.steps)
    assert report.states > at_least


def test_no_fault_loses_doubles_or_changes_an_answer() -> None:
    tally = run(faults=10_000, seed=7)
    assert tally.violations == 0
    assert tally.faults >= 10_000


@pytest.mark.parametrize("mutant", EACH_CONDITION)
def test_both_checks_notice_a_missing_condition_of_a_write(mutant: str) -> None:
    assert ModelCheck(SMALL, mutant=mutant, stop_at_first=True).run().violations
    assert noticed_by_faults(mutant=mutant)


@pytest.mark.parametrize("check", TICKET_CHECKS)
def test_the_fault_run_notices_a_missing_check_of_the_ticket(check: str) -> None:
    assert noticed_by_faults(TICKET_CHECKS[check])


@pytest.mark.parametrize("rule", RULES)
def test_the_fault_run_notices_a_missing_rule_beside_the_writes(rule: str) -> None:
    assert noticed_by_faults(RULES[rule])


def test_the_command_ends_with_one_line_of_json_with_the_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["faults", "--faults", "500", "--questions", "1"])
    monkeypatch.setattr("tests.assessment.faults.__main__.killed_mutants", lambda: iter([("answer without epoch", True)]))
    assert main() == 0
    *_, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    zero = {"lost", "doubled", "changed", "stale_writes", "two_holders", "unfinished"}
    assert figures.keys() == {"states", "faults", "sessions", "mutants", "mutants_killed"} | zero
    assert all(figures[name] == 0 for name in zero)
