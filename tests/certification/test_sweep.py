"""The sweep: no finalisation is lost, whatever died (docs/architecture.md, *What is never lost*)."""

from datetime import timedelta

import pytest

from jalon.certification.finalisations import ExecutionStatus
from jalon.certification.run_finalisation import MAX_ATTEMPTS, Sweep, begin_execution, keep_jury_waiting, pause_before, resume_finalisations
from jalon.certification.sessions import Session
from jalon.certification.workflow_tasks import mark_published
from tests.certification.centre import NAMES, Centre

LOST = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.ABORTED)


def finalised(centre: Centre, *, broken: bool = False) -> Session:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.executions.broken = broken
    centre.finalise(session)
    centre.executions.broken = False
    return session


def sweep(centre: Centre) -> Sweep:
    return resume_finalisations(centre.sessions, centre.open_finalisations, centre.executions, centre.clock)


def test_what_runs_is_left_alone(centre: Centre) -> None:
    finalised(centre)
    centre.wait(days=2)
    assert sweep(centre) == Sweep(open=1)
    assert len(centre.executions.statuses) == 1


def test_a_finalisation_whose_starter_died_before_the_claim_is_begun(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jalon.certification.finalise_session.begin_if_reachable", lambda *_: None)
    session = finalised(centre)
    assert centre.executions.statuses == {}
    assert sweep(centre) == Sweep(open=1, begun=1)
    assert list(centre.executions.statuses) == [f"{session.number}-1"]


def test_a_claim_without_an_execution_is_started_under_the_same_name_after_a_while(centre: Centre) -> None:
    session = finalised(centre, broken=True)
    assert sweep(centre) == Sweep(open=1)
    centre.wait(minutes=2)
    assert sweep(centre) == Sweep(open=1, begun=1)
    assert list(centre.executions.statuses) == [f"{session.number}-1"]


@pytest.mark.parametrize("status", LOST)
def test_a_lost_execution_is_begun_again_under_the_next_name_after_a_pause(centre: Centre, status: ExecutionStatus) -> None:
    session = finalised(centre)
    centre.executions.statuses[f"{session.number}-1"] = status
    assert sweep(centre) == Sweep(open=1)
    centre.wait(minutes=1)
    assert sweep(centre) == Sweep(open=1, begun=1)
    assert centre.executions.statuses == {f"{session.number}-1": status, f"{session.number}-1-2": ExecutionStatus.RUNNING}


def test_two_sweeps_at_once_begin_one_execution(centre: Centre) -> None:
    session = finalised(centre)
    entry = centre.open_finalisations.items[session.number]
    assert begin_execution(centre.open_finalisations, centre.executions, centre.clock, entry)
    assert not begin_execution(centre.open_finalisations, centre.executions, centre.clock, entry)
    assert len(centre.executions.statuses) == 2


def test_after_eight_attempts_a_human_must_look(centre: Centre) -> None:
    session = finalised(centre)
    for _ in range(MAX_ATTEMPTS - 1):
        centre.executions.statuses = dict.fromkeys(centre.executions.statuses, ExecutionStatus.FAILED)
        centre.wait(hours=1)
        assert sweep(centre).begun == 1
    centre.executions.statuses = dict.fromkeys(centre.executions.statuses, ExecutionStatus.FAILED)
    centre.wait(days=1)
    assert sweep(centre) == Sweep(open=1, stuck=1)
    assert len(centre.executions.statuses) == MAX_ATTEMPTS
    assert centre.open_finalisations.items[session.number].attempt == MAX_ATTEMPTS


def test_an_execution_that_succeeded_but_left_its_entry_is_closed_once_published(centre: Centre) -> None:
    session = finalised(centre)
    centre.sessions.mark_published(session.number, 1, centre.clock.now())
    assert sweep(centre) == Sweep(closed=1)
    assert sweep(centre) == Sweep()


def test_pauses_double_and_end_at_an_hour() -> None:
    assert [pause_before(attempt) for attempt in range(2, 10)] == [timedelta(minutes=n) for n in (1, 2, 4, 8, 16, 32, 60, 60)]


def test_one_that_cannot_be_looked_at_is_counted_and_does_not_stop_the_others(centre: Centre) -> None:
    first, second = finalised(centre), finalised(centre)
    centre.executions.unreachable = f"{first.number}-1"
    centre.executions.statuses[f"{second.number}-1"] = ExecutionStatus.FAILED
    centre.wait(hours=1)
    assert sweep(centre) == Sweep(open=2, begun=1, failed=1)


def test_the_jurys_tokens_are_kept_alive_while_their_sessions_wait(centre: Centre) -> None:
    session = finalised(centre)
    centre.score(centre.candidates.of_session(session.number)[0])
    centre.to_jury(session)
    assert keep_jury_waiting(centre.worklist, centre.executions) == 1
    centre.executions.waiting.clear()
    assert keep_jury_waiting(centre.worklist, centre.executions) == 0
    centre.executions.broken = True
    assert keep_jury_waiting(centre.worklist, centre.executions) == 0
    centre.executions.broken = False
    mark_published(centre.sessions, centre.worklist, centre.open_finalisations, centre.clock, session.number, 1)
    assert keep_jury_waiting(centre.worklist, centre.executions) == 0
    assert centre.executions.heartbeats == ["token-1", "token-1"]
